//! Who we are to the provider.

use crate::PortError;
use async_trait::async_trait;
use std::fmt::Debug;

/// Who the provider takes us for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// The account.
    pub account: String,
    /// The provider's full reference of the user or role.
    pub reference: String,
}

/// Tells who we are.
///
/// # Guarantees
/// - Asking changes nothing and may be repeated.
#[async_trait]
pub trait Identity: Debug + Send + Sync + 'static {
    /// Asks the provider.
    async fn who_am_i(&self) -> Result<Principal, PortError>;
}
