//! Which processes that make calls are still there.

use crate::PortError;
use async_trait::async_trait;
use lamplight_domain::RunnerId;
use std::fmt::Debug;

/// Tells living runners from those that ended.
///
/// # Guarantees
/// - A runner is alive from when [`enlist`](Self::enlist) returns until its process ends, however it ends.
/// - [`is_alive`](Self::is_alive) never says that a living runner has ended; it may take a short lease's
///   time to see that one has.
#[async_trait]
pub trait Runners: Debug + Send + Sync + 'static {
    /// Makes this process a runner and tells its id. Repeating it gives the same id.
    async fn enlist(&self) -> Result<RunnerId, PortError>;

    /// Whether a runner's process is still there.
    async fn is_alive(&self, runner: &RunnerId) -> Result<bool, PortError>;
}
