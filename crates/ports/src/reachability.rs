//! Whether the provider's service can be reached at all.

use crate::PortError;
use async_trait::async_trait;
use lamplight_domain::FunctionRef;
use std::fmt::Debug;

/// Tells whether the service of a connection can be reached, whoever asks.
///
/// # Guarantees
/// - No credentials are asked for and none are sent.
/// - Any answer of the service is `Ok`, a refusal included: something is there and speaks.
/// - Asking changes nothing and may be repeated.
#[async_trait]
pub trait Reachability: Debug + Send + Sync + 'static {
    /// Asks the service for anything, and gives the address that answered. Where functions have servers of their own, it is
    /// that of `function`, and all of them where none is named.
    async fn reach(&self, function: Option<&FunctionRef>) -> Result<String, PortError>;
}
