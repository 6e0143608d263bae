//! Secrets in the operating system's keyring: `keyring:SERVICE/ACCOUNT`.

use crate::keyring_entry::read;
use async_trait::async_trait;
use lamplight_domain::{ErrorCode, SecretRef};
use lamplight_ports::{PortError, PortErrorKind, SecretResolver, SecretString};

/// [`SecretResolver`] over the keyring of the user who runs the process: Keychain on macOS, Credential Manager
/// on Windows, the Secret Service of the session on every other system.
///
/// An entry is looked for by its service and its account; in a Secret Service these are the attributes `service`
/// and `username`. A keyring that does not answer within five seconds, such as one that waits for a person to
/// unlock it, is given up. Whether there is a keyring is found out once in a process.
#[derive(Debug, Clone, Copy, Default)]
pub struct KeyringSecrets;

#[async_trait]
impl SecretResolver for KeyringSecrets {
    async fn resolve(&self, reference: &SecretRef) -> Result<SecretString, PortError> {
        match reference {
            SecretRef::Keyring { service, account } => read(service, account, reference).await,
            other => {
                let message = format!("secret {other} is not kept in the keyring");
                Err(PortError::new(PortErrorKind::Unsupported, ErrorCode::SecretUnsupported, message))
            }
        }
    }
}
