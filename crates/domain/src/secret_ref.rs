//! References to secrets: where one can be read when it is needed, and never the secret itself.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// The forms of a reference, for messages and schemas.
pub const SECRET_REF_FORMS: &str =
    "env:NAME, file:PATH, keyring:SERVICE/ACCOUNT, vault:MOUNT/PATH#FIELD or aws-sm:NAME#FIELD";

/// The stores of secrets that are reached over a network. Each is served by an adapter of its own; a further
/// provider's store is a further line.
const STORES: [&str; 2] = ["vault", "aws-sm"];

/// Where a secret can be read when it is needed.
///
/// ```
/// use lamplight_domain::SecretRef;
/// let reference: SecretRef = "vault:secret/lamplight/prod#secret_key".parse()?;
/// let SecretRef::Store(store) = &reference else { panic!("a store") };
/// assert_eq!((store.name(), store.field()), ("secret/lamplight/prod", Some("secret_key")));
/// assert_eq!(reference.to_string(), "vault:secret/lamplight/prod#secret_key");
/// # Ok::<(), lamplight_domain::SecretRefError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum SecretRef {
    /// An environment variable of our own process.
    Env(String),
    /// The content of a file, without the line end at its end.
    File(String),
    /// An entry of the operating system's keyring.
    Keyring {
        /// The service that the entry is for; it holds no `/`.
        service: String,
        /// The account at the service.
        account: String,
    },
    /// An entry of a store that is reached over the network.
    Store(StoreRef),
}

/// An entry of a secret store, `scheme:name` or `scheme:name#field`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct StoreRef {
    scheme: &'static str,
    name: String,
    field: Option<String>,
}

impl StoreRef {
    /// Which store: the word before the colon.
    pub fn scheme(&self) -> &'static str {
        self.scheme
    }

    /// The entry's name in the store; not empty.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The field of the entry, where it has several; not empty.
    pub fn field(&self) -> Option<&str> {
        self.field.as_deref()
    }
}

/// A text that is no secret reference. The text may be the secret, so it is not repeated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a secret is given by reference and never as itself: {SECRET_REF_FORMS}")]
pub struct SecretRefError;

impl FromStr for SecretRef {
    type Err = SecretRefError;

    fn from_str(text: &str) -> Result<Self, SecretRefError> {
        let (scheme, rest) = text.split_once(':').ok_or(SecretRefError)?;
        if rest.is_empty() || rest.contains(char::is_control) {
            return Err(SecretRefError);
        }
        match scheme {
            "env" if !rest.contains('=') => Ok(Self::Env(rest.to_owned())),
            "file" => Ok(Self::File(rest.to_owned())),
            "keyring" => match rest.split_once('/') {
                Some((service, account)) if !service.is_empty() && !account.is_empty() => {
                    Ok(Self::Keyring { service: service.to_owned(), account: account.to_owned() })
                }
                _ => Err(SecretRefError),
            },
            _ => store(scheme, rest).map(Self::Store),
        }
    }
}

fn store(scheme: &str, rest: &str) -> Result<StoreRef, SecretRefError> {
    let scheme = STORES.into_iter().find(|known| *known == scheme).ok_or(SecretRefError)?;
    let (name, field) = match rest.split_once('#') {
        Some((name, field)) => (name, Some(field)),
        None => (rest, None),
    };
    if name.is_empty() || field.is_some_and(str::is_empty) {
        return Err(SecretRefError);
    }
    Ok(StoreRef { scheme, name: name.to_owned(), field: field.map(str::to_owned) })
}

impl TryFrom<String> for SecretRef {
    type Error = SecretRefError;

    fn try_from(text: String) -> Result<Self, SecretRefError> {
        text.parse()
    }
}

impl From<SecretRef> for String {
    fn from(reference: SecretRef) -> Self {
        reference.to_string()
    }
}

impl fmt::Display for SecretRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Env(name) => write!(f, "env:{name}"),
            Self::File(path) => write!(f, "file:{path}"),
            Self::Keyring { service, account } => write!(f, "keyring:{service}/{account}"),
            Self::Store(store) => store.fmt(f),
        }
    }
}

impl fmt::Display for StoreRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.scheme, self.name)?;
        match &self.field {
            Some(field) => write!(f, "#{field}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_read_back() {
        for text in [
            "env:NAME",
            "file:/run/secrets/x",
            "file:C:\\secrets\\x#1",
            "keyring:lamplight/prod/key",
            "vault:secret/app/db#password",
            "vault:kv/app",
            "aws-sm:prod/db#password",
            "aws-sm:crn:cloud:sm:region:123:secret:name-AbCdEf#a#b",
        ] {
            assert_eq!(text.parse::<SecretRef>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn a_literal_is_refused_and_not_repeated() {
        for text in [
            "hunter2",
            "hunter2:hunter2",
            "env:",
            "env:hunter2=",
            "file:",
            "keyring:hunter2",
            "keyring:/hunter2",
            "keyring:hunter2/",
            "vault:#hunter2",
            "vault:hunter2#",
            "ENV:hunter2",
            "file:hunter2\n",
            "",
        ] {
            let error = text.parse::<SecretRef>().unwrap_err().to_string();
            assert!(!error.contains("hunter2"), "{text}");
            assert!(error.contains("env:NAME") && error.contains("aws-sm:"), "{error}");
        }
    }
}
