//! Cancels executions.

use crate::PortError;
use async_trait::async_trait;
use lamplight_domain::FunctionRef;
use std::fmt::Debug;

/// The result of a cancellation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cancellation {
    /// The provider says that it stopped the execution, or that it will not start it.
    Cancelled,
    /// The provider could not cancel the execution.
    Refused {
        /// Why not: lower case, without a final period.
        reason: String,
    },
}

/// Cancels executions, if the provider supports it.
///
/// # Guarantees
/// - [`Cancelled`](Cancellation::Cancelled) is what the provider said, never a guess. If the answer is lost, the result
///   is an error.
/// - Only the given execution is stopped, and a call may be repeated.
#[async_trait]
pub trait Canceller: Debug + Send + Sync + 'static {
    /// Cancels the execution of a function with this request ID of the provider.
    async fn cancel(&self, function: &FunctionRef, request_id: &str) -> Result<Cancellation, PortError>;
}
