//! Reading one entry of the operating system's keyring, and what its failures mean.

use keyring::v1::{Entry, Error};
use lamplight_domain::ErrorCode;
use lamplight_domain::SecretRef;
use lamplight_ports::{PortError, PortErrorKind, SecretString};
use std::time::Duration;
use tokio::sync::{Semaphore, oneshot};

/// How long the keyring is given; a person is not waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// The system's keyring is asked by one reading at a time: one that waits for a person holds one thread, and readings
/// that were given up meanwhile do not ask that person again, one after another.
static TURN: Semaphore = Semaphore::const_new(1);

/// What to use where there is no keyring.
const INSTEAD: &str =
    "servers, containers and CI have none as a rule: use file: with a file of mode 0600, or env:";

/// Why an entry was not read.
#[derive(Debug)]
enum Failure {
    /// There is no keyring, for this reason where one is told.
    None(Option<String>),
    /// There is one, and it gave this error.
    Told(Error),
}

/// Reads one entry of the system's keyring.
pub(crate) async fn read(
    service: &str,
    account: &str,
    reference: &SecretRef,
) -> Result<SecretString, PortError> {
    ask(&TURN, service, account, reference, from_system).await
}

fn from_system(service: &str, account: &str) -> Result<String, Failure> {
    if let Err(reason) = Entry::store_status() {
        return Err(Failure::None(words(reason)));
    }
    Entry::new(service, account).and_then(|entry| entry.get_password()).map_err(Failure::Told)
}

/// Asks on a thread of its own: a runtime waits at its end for every blocking task, and so for a keyring that
/// waits for a person who is not there.
async fn ask(
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
            // Where nobody waits any more, the secret is wiped.
            let _ = answer.send(given);
        })?;
        Ok::<_, std::io::Error>(answered.await)
    };
    match tokio::time::timeout(PATIENCE, asking).await {
        Ok(Ok(Ok(Ok(secret)))) => Ok(secret),
        Ok(Ok(Ok(Err(failure)))) => Err(explained(&failure, service, account, reference)),
        Ok(Ok(Err(_))) => {
            Err(unavailable(format!("the keyring broke down over secret {reference}"), "use file: or env:"))
        }
        Ok(Err(error)) => {
            Err(unavailable(format!("the keyring cannot be asked for secret {reference}"), INSTEAD)
                .with_source(error))
        }
        Err(_) => Err(unavailable(
            format!("the keyring gave no answer about secret {reference} within {} s", PATIENCE.as_secs()),
            "it may wait to be unlocked: unlock it, or use file: with a file of mode 0600, or env:",
        )),
    }
}

fn unavailable(message: String, hint: &str) -> PortError {
    PortError::new(PortErrorKind::Unavailable, ErrorCode::SecretUnreadable, message).with_hint(hint)
}

fn explained(failure: &Failure, service: &str, account: &str, reference: &SecretRef) -> PortError {
    let error = match failure {
        Failure::Told(error) => error,
        Failure::None(reason) => {
            let told = unavailable(format!("there is no keyring to read secret {reference} from"), INSTEAD);
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
            let message = format!("the keyring holds no secret {reference}");
            PortError::new(PortErrorKind::NotFound, ErrorCode::SecretNotFound, message)
                .with_hint(how_to_store(service, account))
        }
        Error::Ambiguous(_) => invalid("stands more than once in the keyring", "leave one".to_owned()),
        Error::BadEncoding(_) | Error::BadDataFormat(..) => {
            invalid("is no UTF-8 text", how_to_store(service, account))
        }
        Error::Invalid(..) | Error::TooLong(..) | Error::NotSupportedByStore(_) => {
            invalid("has a name that this system's keyring does not take", "use another name".to_owned())
        }
        Error::NoStorageAccess(_) => unavailable(
            format!("the keyring that holds secret {reference} is locked"),
            "unlock it, or use file: with a file of mode 0600, or env:",
        ),
        Error::NoDefaultStore => {
            unavailable(format!("there is no keyring to read secret {reference} from"), INSTEAD)
        }
        _ => unavailable(format!("the keyring failed to read secret {reference}"), "use file: or env:"),
    };
    match words(error) {
        Some(words) => told.with_source(words),
        None => told,
    }
}

/// The system's own words. Some errors hold the secret's bytes, so only those that hold none are repeated.
fn words(error: &Error) -> Option<String> {
    match error {
        Error::PlatformFailure(cause) | Error::NoStorageAccess(cause) => Some(cause.to_string()),
        Error::Invalid(..) | Error::TooLong(..) | Error::NotSupportedByStore(_) => Some(error.to_string()),
        _ => None,
    }
}

fn how_to_store(service: &str, account: &str) -> String {
    let (quoted_service, quoted_account) = (quoted(service), quoted(account));
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

/// As a shell takes it for one word.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.:/@%+=,".contains(c);
    if word.chars().all(is_plain) { word.to_owned() } else { format!("'{}'", word.replace('\'', r"'\''")) }
}

#[cfg(test)]
#[path = "keyring_entry_tests.rs"]
mod tests;
