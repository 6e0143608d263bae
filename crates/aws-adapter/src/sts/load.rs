//! What every source of credentials does.

use crate::error::CredentialsFailure;
use async_trait::async_trait;
use aws_credential_types::Credentials;
use std::fmt::Debug;

/// One way to get credentials. What it gives is kept by [`Refreshing`](super::Refreshing), so it asks anew each time.
#[async_trait]
pub(crate) trait Source: Debug + Send + Sync + 'static {
    /// What it is, in words for a failure.
    fn name(&self) -> String;

    /// Gets credentials.
    async fn load(&self) -> Result<Loaded, CredentialsFailure>;
}

/// Credentials, and where they came from in words.
#[derive(Debug, Clone)]
pub(crate) struct Loaded {
    pub(crate) credentials: Credentials,
    pub(crate) origin: String,
}
