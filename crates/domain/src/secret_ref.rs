//! References to secrets. A reference says where to read a secret; it never contains the secret.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// The formats of a reference, for messages and schemas.
pub const SECRET_REF_FORMS: &str =
    "env:NAME, file:PATH, keyring:SERVICE/ACCOUNT, vault:MOUNT/PATH#FIELD or aws-sm:NAME#FIELD";

/// The stores whose references may contain any text after the colon. References to other stores follow
/// [stricter rules](SecretRef), so that a password with a colon in it is not accepted as a reference.
const STORES: [&str; 2] = ["vault", "aws-sm"];

/// Where to read a secret when it is needed.
///
/// # Schemes
/// The text before the colon is the scheme. Any well-formed scheme is accepted, so that an adapter can add its own; the
/// resolver refuses the schemes that it does not support.
/// - A scheme is 2-32 lower-case letters, digits and dashes; it begins with a letter and does not end with a dash.
/// - For `env`, `file`, `keyring`, `vault` and `aws-sm` the format is the one in [`SECRET_REF_FORMS`].
/// - For any other scheme the rest is a path of at least two segments, a name with a field, or both:
///   `SCHEME:PATH/NAME`, `SCHEME:NAME#FIELD`, `SCHEME:PATH/NAME#FIELD`. Segments and field consist of ASCII letters,
///   digits and `._~%-`; other characters must be percent-encoded.
///
/// These rules refuse a literal `user:password`, a URL, base64 text with `+` or `=`, and text with spaces. A literal
/// that looks like a path, such as `ab:c/d`, cannot be recognised here, so a later error about it must show only the
/// scheme.
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
    /// An environment variable of this process.
    Env(String),
    /// The content of a file, without the final line break.
    File(String),
    /// An entry in the keyring of the operating system.
    Keyring {
        /// The service; it contains no `/`.
        service: String,
        /// The account at the service.
        account: String,
    },
    /// An entry in a secret store on the network.
    Store(StoreRef),
}

/// An entry in a secret store: `scheme:name` or `scheme:name#field`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct StoreRef {
    scheme: String,
    name: String,
    field: Option<String>,
}

impl StoreRef {
    /// The scheme, which says which store.
    pub fn scheme(&self) -> &str {
        &self.scheme
    }

    /// The name of the entry; not empty.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The field of the entry, if given; not empty.
    pub fn field(&self) -> Option<&str> {
        self.field.as_deref()
    }
}

/// A text that is not a secret reference. The text may be the secret, so it is not repeated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a secret must be given by reference, not as the secret itself; use {SECRET_REF_FORMS}")]
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
            _ => parse_store_ref(scheme, rest).map(Self::Store),
        }
    }
}

fn parse_store_ref(scheme: &str, rest: &str) -> Result<StoreRef, SecretRefError> {
    let (name, field) = match rest.split_once('#') {
        Some((name, field)) => (name, Some(field)),
        None => (rest, None),
    };
    let is_reference = if STORES.contains(&scheme) {
        !name.is_empty() && field.is_none_or(|field| !field.is_empty())
    } else {
        is_scheme(scheme)
            && name.split('/').all(is_plain)
            && field.is_none_or(is_plain)
            && (name.contains('/') || field.is_some())
    };
    if !is_reference {
        return Err(SecretRefError);
    }
    Ok(StoreRef { scheme: scheme.to_owned(), name: name.to_owned(), field: field.map(str::to_owned) })
}

fn is_scheme(text: &str) -> bool {
    (2..=32).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && !text.ends_with('-')
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        // These schemes have their own formats, and the text did not match them.
        && !["env", "file", "keyring"].contains(&text)
}

fn is_plain(segment: &str) -> bool {
    !segment.is_empty() && segment.bytes().all(|b| b.is_ascii_alphanumeric() || b"._~%-".contains(&b))
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
            "gcp-sm:project-1/db_password",
            "k8s:namespace/secret#key",
            "op:vault%20of%20us/item/field.a",
            "store:entry#field",
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
            "env:hunter2=/x",
            "Store:a/hunter2",
            "C:/hunter2/x",
            "C:\\hunter2",
            "1store:a/hunter2",
            "st_ore:a/hunter2",
            "store-:a/hunter2",
            "user:hunter2",
            "user:hunter2!/x",
            "user:hunter2+x/y==",
            "user:a/hunter2 x",
            "user:hunter2@host/db",
            "user:/hunter2",
            "user:hunter2/",
            "user:a//hunter2",
            "store:hunter2#",
            "store:#hunter2",
            "https://hunter2.example.com/x",
            "postgres://user:hunter2@host/db",
            "a-scheme-longer-than-any-that-is-known:a/hunter2",
            "file:hunter2\n",
            "",
        ] {
            let error = text.parse::<SecretRef>().unwrap_err().to_string();
            assert!(!error.contains("hunter2"), "{text}");
            assert!(error.contains("env:NAME") && error.contains("aws-sm:"), "{error}");
        }
    }
}
