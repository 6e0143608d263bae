//! Secrets in the operating system's keyring: `keyring:SERVICE/ACCOUNT`.

use crate::codes;
use async_trait::async_trait;
use lamplight_domain::SecretRef;
use lamplight_ports::{PortError, PortErrorKind, SecretResolver, SecretString};

/// [`SecretResolver`] over the keyring of the user who runs the process: Keychain on macOS, Credential Manager
/// on Windows, the Secret Service of the session on every other system.
///
/// An entry is looked for by its service and its account (the attribute `username`). A keyring that does not
/// answer within five seconds, such as one that waits to be unlocked, is given up.
#[derive(Debug, Clone, Copy, Default)]
pub struct KeyringSecrets;

#[async_trait]
impl SecretResolver for KeyringSecrets {
    async fn resolve(&self, reference: &SecretRef) -> Result<SecretString, PortError> {
        match reference {
            SecretRef::Keyring { service, account } => read(service, account, reference).await,
            other => {
                let message = format!("secret {other} is not kept in the keyring");
                Err(PortError::new(PortErrorKind::Unsupported, codes::SECRET_UNSUPPORTED, message))
            }
        }
    }
}

#[cfg(not(feature = "keyring"))]
async fn read(_: &str, _: &str, reference: &SecretRef) -> Result<SecretString, PortError> {
    let message = format!("secret {reference} cannot be read: this build knows no keyring");
    Err(PortError::new(PortErrorKind::Unsupported, codes::SECRET_UNSUPPORTED, message)
        .with_hint("use env: or file:, or a build with the keyring"))
}

#[cfg(feature = "keyring")]
async fn read(service: &str, account: &str, reference: &SecretRef) -> Result<SecretString, PortError> {
    use std::time::Duration;

    /// How long the keyring is given; a person is not waited for.
    const PATIENCE: Duration = Duration::from_secs(5);

    let (own_service, own_account) = (service.to_owned(), account.to_owned());
    let asking = tokio::task::spawn_blocking(move || {
        let entry = keyring::v1::Entry::new(&own_service, &own_account).map_err(|error| {
            // The reason why there is no store at all is kept apart from the entry's own failure.
            match keyring::v1::Entry::store_status() {
                Err(reason) => (keyring::v1::Error::NoDefaultStore, Some(reason.to_string())),
                Ok(()) => (error, None),
            }
        })?;
        entry.get_password().map_err(|error| (error, None))
    });
    match tokio::time::timeout(PATIENCE, asking).await {
        Ok(Ok(Ok(secret))) => Ok(SecretString::from(secret)),
        Ok(Ok(Err((error, reason)))) => Err(told(&error, reason, service, account, reference)),
        Ok(Err(_)) | Err(_) => {
            let message = format!("the keyring gave no answer about secret {reference}");
            Err(PortError::new(PortErrorKind::Unavailable, codes::SECRET_UNREADABLE, message)
                .with_hint("unlock it, or use file: with a file of mode 0600"))
        }
    }
}

#[cfg(feature = "keyring")]
fn told(
    error: &keyring::v1::Error,
    reason: Option<String>,
    service: &str,
    account: &str,
    reference: &SecretRef,
) -> PortError {
    use keyring::v1::Error;

    let (kind, code, what, hint) = match error {
        Error::NoEntry => (
            PortErrorKind::NotFound,
            codes::SECRET_NOT_FOUND,
            format!("the keyring holds no secret {reference}"),
            how_to_store(service, account),
        ),
        Error::Ambiguous(_) => (
            PortErrorKind::InvalidRequest,
            codes::SECRET_INVALID,
            format!("the keyring holds several entries for secret {reference}"),
            "remove all but one of them".to_owned(),
        ),
        Error::BadEncoding(_) | Error::BadDataFormat(..) => (
            PortErrorKind::InvalidRequest,
            codes::SECRET_INVALID,
            format!("secret {reference} is no UTF-8 text"),
            how_to_store(service, account),
        ),
        Error::NoStorageAccess(_) => (
            PortErrorKind::Unavailable,
            codes::SECRET_UNREADABLE,
            format!("the keyring that is to hold secret {reference} is locked or out of reach"),
            "unlock it, or use file: with a file of mode 0600, or env:".to_owned(),
        ),
        _ => (
            PortErrorKind::Unavailable,
            codes::SECRET_UNREADABLE,
            format!("there is no keyring that could hold secret {reference}"),
            "servers, containers and CI have none as a rule: use file: with a file of mode 0600, or env:"
                .to_owned(),
        ),
    };
    // Some errors of the keyring hold the secret's bytes, so only those without any are repeated.
    let words = match error {
        Error::PlatformFailure(cause) | Error::NoStorageAccess(cause) => Some(cause.to_string()),
        _ => reason,
    };
    let port_error = PortError::new(kind, code, what).with_hint(hint);
    match words {
        Some(words) => port_error.with_source(words),
        None => port_error,
    }
}

#[cfg(feature = "keyring")]
fn how_to_store(service: &str, account: &str) -> String {
    if cfg!(target_os = "macos") {
        format!("store it: security add-generic-password -s {service} -a {account} -w")
    } else if cfg!(windows) {
        format!("store it in Credential Manager as a generic credential {account}.{service}")
    } else {
        format!("store it: secret-tool store --label=Lamplight service {service} username {account}")
    }
}
