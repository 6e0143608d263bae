//! Reads tokens that are stored as secrets, for example in environment variables.

use crate::token;
use async_trait::async_trait;
use lamplight_domain::SecretRef;
use lamplight_ports::{ExposeSecret, PortError, SecretResolver, SecretString, TokenSource};
use std::sync::Arc;

/// A token that is read through a secret reference, again at each call.
#[derive(Debug, Clone)]
pub struct ReferencedToken {
    reference: SecretRef,
    secrets: Arc<dyn SecretResolver>,
}

impl ReferencedToken {
    /// The token that `reference` refers to.
    pub fn new(reference: SecretRef, secrets: Arc<dyn SecretResolver>) -> Self {
        Self { reference, secrets }
    }
}

#[async_trait]
impl TokenSource for ReferencedToken {
    async fn token(&self) -> Result<SecretString, PortError> {
        let secret = self.secrets.resolve(&self.reference).await?;
        token::token(secret.expose_secret(), &self.reference.to_string())
    }
}
