//! Stopping what was started.

use crate::PortError;
use async_trait::async_trait;
use lamplight_domain::FunctionRef;
use std::fmt::Debug;

/// What became of a cancellation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cancellation {
    /// The provider says that it has stopped the execution, or will not start it any more.
    Cancelled,
    /// The provider could not.
    Refused {
        /// Why not, as a sentence without full stop.
        reason: String,
    },
}

/// Stops executions, for a provider that can.
///
/// # Guarantees
/// - [`Cancelled`](Cancellation::Cancelled) is what the provider said, never a guess: after an answer that was lost it
///   is an error.
/// - Nothing but the one execution is stopped, and asking again does no harm.
#[async_trait]
pub trait Canceller: Debug + Send + Sync + 'static {
    /// Stops the execution of a function that the provider's request id names.
    async fn cancel(&self, function: &FunctionRef, request_id: &str) -> Result<Cancellation, PortError>;
}
