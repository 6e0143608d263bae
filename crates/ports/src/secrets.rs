//! Reading secrets where they are kept.

use crate::{PortError, PortErrorKind};
use async_trait::async_trait;
use lamplight_domain::{ErrorCode, SecretRef};
use secrecy::SecretString;
use std::fmt::Debug;

/// Reads secrets by reference.
///
/// # Guarantees
/// - Each reading is a new one: a secret that was replaced is given from the next reading on.
/// - No secret appears in an error, a log or `Debug`.
/// - A reference that leads nowhere is [`NotFound`](PortErrorKind::NotFound) and the error names it.
#[async_trait]
pub trait SecretResolver: Debug + Send + Sync + 'static {
    /// Reads one secret.
    async fn resolve(&self, reference: &SecretRef) -> Result<SecretString, PortError>;
}

/// Reads no secret: for programs without secret parameters and connections without references.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoSecrets;

#[async_trait]
impl SecretResolver for NoSecrets {
    async fn resolve(&self, reference: &SecretRef) -> Result<SecretString, PortError> {
        let message = format!("nothing is set up to read secret {reference}");
        Err(PortError::new(PortErrorKind::Unsupported, ErrorCode::SecretUnsupported, message))
    }
}
