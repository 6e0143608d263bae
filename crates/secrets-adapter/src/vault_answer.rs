//! What Vault's answers mean.

use lamplight_domain::{ErrorCode, Scrubber, StoreRef};
use lamplight_ports::{ExposeSecret, HttpAnswer, PortError, PortErrorKind, SecretString};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::{collections::BTreeMap, time::Duration};

/// How much of Vault's own words is shown.
const LONGEST_WORDS: usize = 300;

/// A login that went well.
#[derive(Debug)]
pub(crate) struct Login {
    pub(crate) token: SecretString,
    /// How long the token can be used; `None` is for ever.
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

/// An answer that Vault never gives.
pub(crate) fn unexpected(address: &str, about: &StoreRef) -> PortError {
    let message = format!("Vault at {address} gave no usable answer about secret {about}");
    PortError::new(PortErrorKind::Corrupt, ErrorCode::SecretUnreadable, message)
        .with_hint("check that the address is Vault's")
}

/// The token of a login.
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
    if let Some(error) = out_of_order(answer, address, about, &words) {
        return Err(error);
    }
    let message = format!("Vault at {address} does not let us in to read secret {about}");
    Err(PortError::new(PortErrorKind::Denied, ErrorCode::SecretDenied, message)
        .with_hint("check [secrets.vault] auth: its role, its secret and its mount")
        .with_source(words))
}

/// The secret in an entry's answer. `path` is what a policy names.
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
            let message = format!("Vault at {address} does not let secret {about} be read");
            Err(PortError::new(PortErrorKind::Denied, ErrorCode::SecretDenied, message)
                .with_hint(format!("the token's policy must have `read` on {path}; is the token still good?"))
                .with_source(words(answer, sent)))
        }
        _ => {
            let words = words(answer, sent);
            Err(out_of_order(answer, address, about, &words).unwrap_or_else(|| {
                let message = format!("Vault at {address} refused to read secret {about}");
                PortError::new(PortErrorKind::InvalidRequest, ErrorCode::SecretInvalid, message)
                    .with_hint("check the reference, and that the mount is a key-value engine of version 2")
                    .with_source(words)
            }))
        }
    }
}

/// Sealed, standby, overloaded or moved.
fn out_of_order(answer: &HttpAnswer, address: &str, about: &StoreRef, words: &str) -> Option<PortError> {
    let (what, hint) = match answer.status {
        307 | 308 | 301 | 302 => ("sends us elsewhere", "set the address to the one that is active"),
        472 | 473 => ("is a standby", "set the address to the one that is active"),
        503 => ("is sealed or in maintenance", "have it unsealed, and try again"),
        429 => ("is asked too often", "wait a moment"),
        500.. => ("failed", "try again later"),
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
        let hint = "check the mount: its engine must be of version 2";
        return not_found(about, "is not where a key-value engine of version 2 is", hint);
    }
    let hint = "check mount and path: the mount is the first part, or [secrets.vault] mount";
    not_found(about, "does not exist", hint)
}

fn deleted(about: &StoreRef) -> PortError {
    not_found(about, "was deleted", "undelete it, or store it again: vault kv put")
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
            "comes from a key-value engine of version 1",
            "only version 2 is read: vault kv enable-versioning MOUNT".to_owned(),
        )
    };
    // The body is the secret, so the parser's own words are not repeated.
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
        Some(wanted) => fields
            .get(wanted)
            .ok_or_else(|| not_found(about, "has no such field", &format!("its fields are: {}", names())))?,
        None => match fields.values().next() {
            Some(only) if fields.len() == 1 => only,
            _ => {
                return Err(invalid(
                    "has not exactly one field",
                    format!("name one as vault:…#FIELD; its fields are: {}", names()),
                ));
            }
        },
    };
    match raw.get().as_bytes().first() {
        Some(b'"') => serde_json::from_str::<String>(raw.get())
            .map(SecretString::from)
            .map_err(|_| invalid("is no text", "store it as text".to_owned())),
        Some(b'{' | b'[' | b'n') | None => {
            Err(invalid("is no text or number", "name a field that holds a text".to_owned()))
        }
        Some(_) => Ok(SecretString::from(raw.get())),
    }
}

/// Vault's own words, without what it was sent.
fn words(answer: &HttpAnswer, sent: &SecretString) -> String {
    let told: Refused = serde_json::from_str(answer.body.expose_secret()).unwrap_or_default();
    let words = if told.errors.is_empty() {
        format!("HTTP {}", answer.status)
    } else {
        format!("HTTP {}: {}", answer.status, told.errors.join("; "))
    };
    let clean =
        Scrubber::new([sent.expose_secret()]).scrub(words.split_whitespace().collect::<Vec<_>>().join(" "));
    clean.chars().take(LONGEST_WORDS).collect()
}
