//! Interprets the responses of Vault.

use lamplight_domain::{ErrorCode, Scrubber, StoreRef};
use lamplight_ports::{ExposeSecret, HttpAnswer, PortError, PortErrorKind, SecretString};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::{collections::BTreeMap, time::Duration};

/// The maximum length of Vault's own message in an error, in characters.
const LONGEST_WORDS: usize = 300;

/// A successful login.
#[derive(Debug)]
pub(crate) struct Login {
    pub(crate) token: SecretString,
    /// How long the token is valid; `None` if it does not expire.
    pub(crate) lease: Option<Duration>,
}

#[derive(Deserialize)]
struct LoginAnswer {
    auth: Auth,
}

#[derive(Deserialize)]
struct Auth {
    client_token: String,
    #[serde(default)]
    lease_duration: u64,
}

#[derive(Deserialize)]
struct Entry<'a> {
    #[serde(borrow)]
    data: EntryData<'a>,
}

#[derive(Deserialize)]
struct EntryData<'a> {
    #[serde(borrow)]
    data: Option<BTreeMap<String, &'a RawValue>>,
    metadata: Option<serde::de::IgnoredAny>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Refused {
    errors: Vec<String>,
    warnings: Option<Vec<String>>,
    data: Option<Deleted>,
}

#[derive(Deserialize)]
struct Deleted {
    metadata: Option<serde::de::IgnoredAny>,
}

/// The error for a response that does not come from Vault.
pub(crate) fn unexpected(address: &str, about: &StoreRef) -> PortError {
    let message = format!("the response of Vault at {address} for secret {about} is not valid");
    PortError::new(PortErrorKind::Corrupt, ErrorCode::SecretUnreadable, message)
        .with_hint("check that this is the address of Vault")
}

/// Reads the token from the response to a login.
pub(crate) fn login(
    answer: &HttpAnswer,
    address: &str,
    about: &StoreRef,
    sent: &SecretString,
) -> Result<Login, PortError> {
    if answer.status == 200 {
        let given: LoginAnswer =
            serde_json::from_str(answer.body.expose_secret()).map_err(|_| unexpected(address, about))?;
        let lease = given.auth.lease_duration;
        return Ok(Login {
            token: given.auth.client_token.into(),
            lease: (lease > 0).then(|| Duration::from_secs(lease)),
        });
    }
    let words = words(answer, sent);
    if let Some(error) = not_ready(answer, address, about, &words) {
        return Err(error);
    }
    let message = format!("Vault at {address} rejected the login to read secret {about}");
    Err(PortError::new(PortErrorKind::Denied, ErrorCode::SecretDenied, message)
        .with_hint("check [secrets.vault] auth: its role, secret and mount")
        .with_source(words))
}

/// Reads the secret from the response. `path` is the path as policies name it.
pub(crate) fn secret(
    answer: &HttpAnswer,
    address: &str,
    about: &StoreRef,
    path: &str,
    sent: &SecretString,
) -> Result<SecretString, PortError> {
    match answer.status {
        200 => read(answer.body.expose_secret(), address, about),
        404 => Err(absent(answer, about)),
        403 => {
            let message = format!("Vault at {address} denied reading secret {about}");
            Err(PortError::new(PortErrorKind::Denied, ErrorCode::SecretDenied, message)
                .with_hint(format!(
                    "the token's policy needs `read` on {path}; also check that the token has not expired"
                ))
                .with_source(words(answer, sent)))
        }
        _ => {
            let words = words(answer, sent);
            Err(not_ready(answer, address, about, &words).unwrap_or_else(|| {
                let message = format!("Vault at {address} refused to read secret {about}");
                PortError::new(PortErrorKind::InvalidRequest, ErrorCode::SecretInvalid, message)
                    .with_hint("check the reference, and that the mount is a KV secrets engine, version 2")
                    .with_source(words)
            }))
        }
    }
}

/// The error if Vault is sealed, on standby, overloaded or moved.
fn not_ready(answer: &HttpAnswer, address: &str, about: &StoreRef, words: &str) -> Option<PortError> {
    let (what, hint) = match answer.status {
        307 | 308 | 301 | 302 => {
            ("redirects to another address", "set the address to that of the active node")
        }
        472 | 473 => ("is on standby", "set the address to that of the active node"),
        503 => ("is sealed or in maintenance", "unseal it and retry"),
        429 => ("limits the request rate", "wait a moment and retry"),
        500.. => ("failed", "retry later"),
        _ => return None,
    };
    let message = format!("Vault at {address} {what}; secret {about} was not read");
    let error = PortError::new(PortErrorKind::Unavailable, ErrorCode::SecretUnreadable, message);
    Some(error.with_hint(hint).with_source(words.to_owned()))
}

fn absent(answer: &HttpAnswer, about: &StoreRef) -> PortError {
    let told: Refused = serde_json::from_str(answer.body.expose_secret()).unwrap_or_default();
    let is_version_one = told.warnings.iter().flatten().any(|warning| warning.contains("versioned K/V"));
    if told.data.is_some_and(|data| data.metadata.is_some()) {
        return deleted(about);
    }
    if is_version_one {
        let hint = "check the mount: it must be a KV secrets engine, version 2";
        return not_found(about, "is not in a KV secrets engine, version 2", hint);
    }
    let hint = "check the mount and the path: the mount is the first part, or [secrets.vault] mount";
    not_found(about, "does not exist", hint)
}

fn deleted(about: &StoreRef) -> PortError {
    not_found(about, "was deleted", "restore it with vault kv undelete, or store it again with vault kv put")
}

fn not_found(about: &StoreRef, what: &str, hint: &str) -> PortError {
    PortError::new(PortErrorKind::NotFound, ErrorCode::SecretNotFound, format!("secret {about} {what}"))
        .with_hint(hint)
}

fn read(body: &str, address: &str, about: &StoreRef) -> Result<SecretString, PortError> {
    let invalid = |what: &str, hint: String| {
        let message = format!("secret {about} {what}");
        PortError::new(PortErrorKind::InvalidRequest, ErrorCode::SecretInvalid, message).with_hint(hint)
    };
    let version_one = || {
        invalid(
            "is in a KV secrets engine, version 1",
            "only version 2 is supported; to upgrade the mount, run vault kv enable-versioning MOUNT"
                .to_owned(),
        )
    };
    // The body contains the secret, so the parser's message is not shown.
    let Ok(entry) = serde_json::from_str::<Entry<'_>>(body) else {
        return match serde_json::from_str::<serde::de::IgnoredAny>(body) {
            Ok(_) if body.contains("\"data\"") => Err(version_one()),
            _ => Err(unexpected(address, about)),
        };
    };
    let fields = match (entry.data.data, entry.data.metadata) {
        (Some(fields), Some(_)) => fields,
        (None, Some(_)) => return Err(deleted(about)),
        (_, None) => return Err(version_one()),
    };
    let names = || fields.keys().map(String::as_str).take(10).collect::<Vec<_>>().join(", ");
    let raw = match about.field() {
        Some(wanted) => fields.get(wanted).ok_or_else(|| {
            not_found(about, "does not have this field", &format!("its fields are: {}", names()))
        })?,
        None => match fields.values().next() {
            Some(only) if fields.len() == 1 => only,
            _ => {
                return Err(invalid(
                    "does not have exactly one field",
                    format!(
                        "add the field to the reference, as in vault:…#FIELD; its fields are: {}",
                        names()
                    ),
                ));
            }
        },
    };
    match raw.get().as_bytes().first() {
        Some(b'"') => serde_json::from_str::<String>(raw.get())
            .map(SecretString::from)
            .map_err(|_| invalid("is not valid text", "store it as text".to_owned())),
        Some(b'{' | b'[' | b'n') | None => {
            Err(invalid("is not text or a number", "use a field that contains text".to_owned()))
        }
        Some(_) => Ok(SecretString::from(raw.get())),
    }
}

/// Vault's own message, with the secret that it was sent masked.
fn words(answer: &HttpAnswer, sent: &SecretString) -> String {
    let told: Refused = serde_json::from_str(answer.body.expose_secret()).unwrap_or_default();
    let words = if told.errors.is_empty() {
        format!("HTTP {}", answer.status)
    } else {
        format!("HTTP {}: {}", answer.status, told.errors.join("; "))
    };
    let clean = Scrubber::new([sent.expose_secret()]).scrub(words);
    clean.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(LONGEST_WORDS).collect()
}
