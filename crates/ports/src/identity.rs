//! Who we are to the provider.

use crate::PortError;
use async_trait::async_trait;
use lamplight_domain::Timestamp;
use std::fmt::Debug;

/// Who the provider takes us for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// The account, where the provider has accounts.
    pub account: Option<String>,
    /// The provider's full reference of the user or role.
    pub reference: String,
}

/// What is known of the credentials that requests are signed with; nothing of it is secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CredentialsSummary {
    /// Where they came from, in words: a profile, a role, an instance.
    pub source: String,
    /// Until when they can be used; `None` where they do not say.
    pub expires_at: Option<Timestamp>,
}

/// Tells who we are.
///
/// # Guarantees
/// - Asking changes nothing and may be repeated.
#[async_trait]
pub trait Identity: Debug + Send + Sync + 'static {
    /// Gets credentials, or those that are still good, and tells about them. What they say is not checked
    /// with the provider.
    async fn credentials(&self) -> Result<CredentialsSummary, PortError>;

    /// Asks the provider. `None` is a provider that does not say, which is the default.
    async fn who_am_i(&self) -> Result<Option<Principal>, PortError> {
        Ok(None)
    }
}
