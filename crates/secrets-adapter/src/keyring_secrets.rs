//! Reads secrets from the operating system's keyring: `keyring:SERVICE/ACCOUNT`.

use crate::keyring_entry::read;
use async_trait::async_trait;
use lamplight_domain::{ErrorCode, SecretRef};
use lamplight_ports::{PortError, PortErrorKind, SecretResolver, SecretString};

/// A [`SecretResolver`] that reads from the keyring of the user who runs the process: Keychain on macOS, Credential Manager
/// on Windows, the Secret Service of the session on all other systems.
///
/// An entry is found by its service and account; in a Secret Service these are the attributes `service` and `username`. A
/// keyring that does not respond within five seconds, for example because it waits for the user to unlock it, is an error.
/// Whether a keyring exists is checked once per process.
#[derive(Debug, Clone, Copy, Default)]
pub struct KeyringSecrets;

#[async_trait]
impl SecretResolver for KeyringSecrets {
    async fn resolve(&self, reference: &SecretRef) -> Result<SecretString, PortError> {
        match reference {
            SecretRef::Keyring { service, account } => read(service, account, reference).await,
            other => {
                let message = format!("secret {other} is not a reference to the keyring");
                Err(PortError::new(PortErrorKind::Unsupported, ErrorCode::SecretUnsupported, message))
            }
        }
    }
}
