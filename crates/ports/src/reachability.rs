//! Checks whether the provider can be reached.

use crate::PortError;
use async_trait::async_trait;
use lamplight_domain::FunctionRef;
use std::fmt::Debug;

/// Checks whether the provider of a connection can be reached, without authentication.
///
/// # Guarantees
/// - No credentials are loaded or sent.
/// - Any answer is `Ok`, even a refusal: it proves that the provider can be reached.
/// - Calls change nothing and may be repeated.
#[async_trait]
pub trait Reachability: Debug + Send + Sync + 'static {
    /// Sends a request to the provider and returns the address that answered. If every function has its own server,
    /// that of `function` is tried, or all of them without a function.
    async fn reach(&self, function: Option<&FunctionRef>) -> Result<String, PortError>;
}
