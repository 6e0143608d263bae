//! The credentials in use, and the identity that the provider sees.

use crate::PortError;
use async_trait::async_trait;
use lamplight_domain::Timestamp;
use std::fmt::Debug;

/// The identity that the provider sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// The account, if the provider has accounts.
    pub account: Option<String>,
    /// The provider's full reference of the user or role.
    pub reference: String,
}

/// What is known about the credentials in use. It contains no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CredentialsSummary {
    /// Where they come from, in words: a profile, a role, an instance.
    pub source: String,
    /// When they expire; `None` if that is not known.
    pub expires_at: Option<Timestamp>,
}

/// Reports the credentials in use and the identity that the provider sees.
///
/// # Guarantees
/// - Calls change nothing and may be repeated.
#[async_trait]
pub trait Identity: Debug + Send + Sync + 'static {
    /// Loads the credentials, unless valid ones are cached, and describes them. The provider is not asked whether it
    /// accepts them.
    async fn credentials(&self) -> Result<CredentialsSummary, PortError>;

    /// Asks the provider for the identity. `None`, the default, means that the provider cannot tell.
    async fn who_am_i(&self) -> Result<Option<Principal>, PortError> {
        Ok(None)
    }
}
