//! Tells which runners, the processes that make calls, are alive.

use crate::PortError;
use async_trait::async_trait;
use lamplight_domain::RunnerId;
use std::fmt::Debug;

/// Distinguishes runners that are alive from those whose process has ended.
///
/// # Guarantees
/// - A runner is alive from the moment when [`enlist`](Self::enlist) returns until its process ends for any reason.
/// - [`is_alive`](Self::is_alive) is never false for a runner that is alive. It may stay true for the time of a short
///   lease after the process has ended.
#[async_trait]
pub trait Runners: Debug + Send + Sync + 'static {
    /// Registers this process as a runner and returns its ID. Further calls return the same ID.
    async fn enlist(&self) -> Result<RunnerId, PortError>;

    /// Whether the process of a runner is alive.
    async fn is_alive(&self, runner: &RunnerId) -> Result<bool, PortError>;
}
