//! The interface of a source of credentials.

use crate::error::CredentialsFailure;
use async_trait::async_trait;
use aws_credential_types::Credentials;
use std::fmt::Debug;

/// A source of credentials. It does not cache; [`Refreshing`](super::Refreshing) does.
#[async_trait]
pub(crate) trait Source: Debug + Send + Sync + 'static {
    /// The source's name, for error messages.
    fn name(&self) -> String;

    /// Gets new credentials.
    async fn load(&self) -> Result<Loaded, CredentialsFailure>;
}

/// Credentials, and a description of their source for users.
#[derive(Debug, Clone)]
pub(crate) struct Loaded {
    pub(crate) credentials: Credentials,
    pub(crate) origin: String,
}
