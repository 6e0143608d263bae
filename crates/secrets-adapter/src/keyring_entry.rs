//! Reads an entry of the operating system's keyring and explains its failures.

use keyring::v1::{Entry, Error};
use lamplight_domain::ErrorCode;
use lamplight_domain::SecretRef;
use lamplight_ports::{PortError, PortErrorKind, SecretString};
use std::time::Duration;
use tokio::sync::{Semaphore, oneshot};

/// The time limit for the keyring. It is too short for the user to unlock it: commands must not wait for that.
const PATIENCE: Duration = Duration::from_secs(5);

/// Allows one read of the system's keyring at a time. A read that waits for the user to unlock the keyring then blocks
/// only one thread, and reads that have timed out meanwhile do not prompt the user again.
static TURN: Semaphore = Semaphore::const_new(1);

/// The hint for systems without a keyring.
const INSTEAD: &str =
    "servers, containers and CI usually have no keyring; use file: with a file of mode 0600, or env:";

/// Why an entry was not read.
#[derive(Debug)]
enum Failure {
    /// The system has no keyring; the reason, if it is known.
    None(Option<String>),
    /// The keyring returned this error.
    Told(Error),
}

/// Reads one entry of the system's keyring.
pub(crate) async fn read(
    service: &str,
    account: &str,
    reference: &SecretRef,
) -> Result<SecretString, PortError> {
    read_on_thread(&TURN, service, account, reference, from_system).await
}

fn from_system(service: &str, account: &str) -> Result<String, Failure> {
    if let Err(reason) = Entry::store_status() {
        return Err(Failure::None(words(reason)));
    }
    Entry::new(service, account).and_then(|entry| entry.get_password()).map_err(Failure::Told)
}

/// Calls `get` on a separate thread. A blocking task of the runtime would delay its shutdown for as long as the keyring
/// waits for the user to unlock it.
async fn read_on_thread(
    turn: &'static Semaphore,
    service: &str,
    account: &str,
    reference: &SecretRef,
    get: impl FnOnce(&str, &str) -> Result<String, Failure> + Send + 'static,
) -> Result<SecretString, PortError> {
    let (own_service, own_account) = (service.to_owned(), account.to_owned());
    let asking = async {
        let held = turn.acquire().await;
        let (answer, answered) = oneshot::channel();
        std::thread::Builder::new().name("keyring".to_owned()).spawn(move || {
            let given = get(&own_service, &own_account).map(SecretString::from);
            drop(held);
            // If the caller no longer waits, the secret is dropped, which wipes it.
            let _ = answer.send(given);
        })?;
        Ok::<_, std::io::Error>(answered.await)
    };
    match tokio::time::timeout(PATIENCE, asking).await {
        Ok(Ok(Ok(Ok(secret)))) => Ok(secret),
        Ok(Ok(Ok(Err(failure)))) => Err(port_error(&failure, service, account, reference)),
        Ok(Ok(Err(_))) => Err(unavailable(
            format!("the keyring crashed when it read secret {reference}"),
            "use file: or env:",
        )),
        Ok(Err(error)) => {
            Err(unavailable(format!("could not start reading secret {reference} from the keyring"), INSTEAD)
                .with_source(error))
        }
        Err(_) => Err(unavailable(
            format!("the keyring did not respond within {} s to read secret {reference}", PATIENCE.as_secs()),
            "it may be locked: unlock it, or use file: with a file of mode 0600, or env:",
        )),
    }
}

fn unavailable(message: String, hint: &str) -> PortError {
    PortError::new(PortErrorKind::Unavailable, ErrorCode::SecretUnreadable, message).with_hint(hint)
}

fn port_error(failure: &Failure, service: &str, account: &str, reference: &SecretRef) -> PortError {
    let error = match failure {
        Failure::Told(error) => error,
        Failure::None(reason) => {
            let told =
                unavailable(format!("cannot read secret {reference}: this system has no keyring"), INSTEAD);
            return match reason {
                Some(reason) => told.with_source(reason.clone()),
                None => told,
            };
        }
    };
    let invalid = |what: &str, hint: String| {
        let message = format!("secret {reference} {what}");
        PortError::new(PortErrorKind::InvalidRequest, ErrorCode::SecretInvalid, message).with_hint(hint)
    };
    let told = match error {
        Error::NoEntry => {
            let message = format!("secret {reference} not found in the keyring");
            PortError::new(PortErrorKind::NotFound, ErrorCode::SecretNotFound, message)
                .with_hint(how_to_store(service, account))
        }
        Error::Ambiguous(_) => {
            invalid("exists more than once in the keyring", "delete all but one".to_owned())
        }
        Error::BadEncoding(_) | Error::BadDataFormat(..) => {
            invalid("is not valid UTF-8", how_to_store(service, account))
        }
        Error::Invalid(..) | Error::TooLong(..) | Error::NotSupportedByStore(_) => {
            invalid("has a name that this system's keyring does not support", "use another name".to_owned())
        }
        Error::NoStorageAccess(_) => unavailable(
            format!("the keyring with secret {reference} is locked"),
            "unlock it, or use file: with a file of mode 0600, or env:",
        ),
        Error::NoDefaultStore => {
            unavailable(format!("cannot read secret {reference}: this system has no keyring"), INSTEAD)
        }
        _ => unavailable(format!("could not read secret {reference} from the keyring"), "use file: or env:"),
    };
    match words(error) {
        Some(words) => told.with_source(words),
        None => told,
    }
}

/// The system's own message. Some errors contain the secret, so only errors that cannot contain it are shown.
fn words(error: &Error) -> Option<String> {
    match error {
        Error::PlatformFailure(cause) | Error::NoStorageAccess(cause) => Some(cause.to_string()),
        Error::Invalid(..) | Error::TooLong(..) | Error::NotSupportedByStore(_) => Some(error.to_string()),
        _ => None,
    }
}

fn how_to_store(service: &str, account: &str) -> String {
    let (quoted_service, quoted_account) = (quote(service), quote(account));
    if cfg!(target_os = "macos") {
        format!("store it: `security add-generic-password -s {quoted_service} -a {quoted_account} -w`")
    } else if cfg!(windows) {
        format!("store it in Credential Manager as a generic credential {account}.{service}")
    } else {
        format!(
            "store it: `secret-tool store --label=Lamplight service {quoted_service} username {quoted_account}`"
        )
    }
}

/// Quotes `word` for a shell.
fn quote(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.:/@%+=,".contains(c);
    if word.chars().all(is_plain) { word.to_owned() } else { format!("'{}'", word.replace('\'', r"'\''")) }
}

#[cfg(test)]
#[path = "keyring_entry_tests.rs"]
mod tests;
