//! Reads secrets.

use crate::{PortError, PortErrorKind};
use async_trait::async_trait;
use lamplight_domain::{ErrorCode, SecretRef};
use secrecy::SecretString;
use std::fmt::Debug;

/// Reads secrets by reference.
///
/// # Guarantees
/// - Nothing is cached: after a secret was replaced, the next call returns the new one.
/// - Secrets do not appear in errors, logs or `Debug`.
/// - If the secret does not exist, the error is [`NotFound`](PortErrorKind::NotFound) and names the reference.
#[async_trait]
pub trait SecretResolver: Debug + Send + Sync + 'static {
    /// Reads one secret.
    async fn resolve(&self, reference: &SecretRef) -> Result<SecretString, PortError>;
}

/// Resolves no references, for programs that use no secrets.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoSecrets;

#[async_trait]
impl SecretResolver for NoSecrets {
    async fn resolve(&self, reference: &SecretRef) -> Result<SecretString, PortError> {
        let message = format!("could not read secret {reference}: no secret store is set up");
        Err(PortError::new(PortErrorKind::Unsupported, ErrorCode::SecretUnsupported, message))
    }
}
