//! Types of values that only the configuration file has.

use lamplight_domain::{HostScope, SECRET_REF_FORMS, SecretRef, check_endpoint, check_secret_endpoint};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Why a value is not valid. The value may be a secret, so the message does not repeat it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ValueError(String);

/// An access key ID, which is not a secret, or a secret reference to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum AccessKeyId {
    /// The ID itself: 16-128 capital letters and digits.
    Itself(String),
    /// A reference to the ID.
    Reference(SecretRef),
}

impl TryFrom<String> for AccessKeyId {
    type Error = ValueError;

    fn try_from(text: String) -> Result<Self, ValueError> {
        let id_like = text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
        if id_like && (16..=128).contains(&text.len()) {
            return Ok(Self::Itself(text));
        }
        let reference: SecretRef = text.parse().map_err(|_| {
            ValueError(format!(
                "an access key ID is 16-128 capital letters and digits, or a reference: {SECRET_REF_FORMS}"
            ))
        })?;
        match crate::references::mistake(&reference) {
            None => Ok(Self::Reference(reference)),
            Some(mistake) => Err(ValueError(mistake.to_owned())),
        }
    }
}

impl From<AccessKeyId> for String {
    fn from(id: AccessKeyId) -> Self {
        id.to_string()
    }
}

impl fmt::Display for AccessKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Itself(id) => f.write_str(id),
            Self::Reference(reference) => reference.fmt(f),
        }
    }
}

/// An `http` or `https` URL without user and password, which would be a secret in the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct HttpUrl(String);

impl HttpUrl {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether secrets may be sent to this URL: it uses HTTPS, or its host is this machine or a link-local address.
    pub(crate) fn hides_secrets(&self) -> bool {
        check_secret_endpoint(&self.0, HostScope::Link).is_ok()
    }
}

impl TryFrom<String> for HttpUrl {
    type Error = ValueError;

    fn try_from(text: String) -> Result<Self, ValueError> {
        match check_endpoint(&text) {
            Ok(()) => Ok(Self(text)),
            Err(error) => Err(ValueError(format!("this {error}; a URL looks like https://example.com"))),
        }
    }
}

impl From<HttpUrl> for String {
    fn from(url: HttpUrl) -> Self {
        url.0
    }
}

impl fmt::Display for HttpUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_id_is_itself_or_a_reference_and_never_repeated() {
        let id = |text: &str| AccessKeyId::try_from(text.to_owned());
        assert!(matches!(id("AKIDEXAMPLE00000"), Ok(AccessKeyId::Itself(_))));
        assert!(matches!(id("env:KEY_ID"), Ok(AccessKeyId::Reference(_))));
        for wrong in ["hunter2", "AKIDhunter2/xxxxx", ""] {
            assert!(!id(wrong).unwrap_err().to_string().contains("hunter2"));
        }
    }

    #[test]
    fn a_secret_is_sent_over_https_or_to_this_machine() {
        let hides = |text: &str| HttpUrl::try_from(text.to_owned()).unwrap().hides_secrets();
        assert!(
            hides("https://example.com") && hides("http://127.0.0.1:8080/a") && hides("http://169.254.1.1")
        );
        assert!(!hides("http://example.com/") && !hides("http://10.0.0.1:8080"));
    }

    #[test]
    fn a_url_has_scheme_and_host_and_no_password() {
        let url = |text: &str| HttpUrl::try_from(text.to_owned());
        for good in ["http://127.0.0.1:4566", "https://example.com/a@b"] {
            assert_eq!(url(good).unwrap().as_str(), good);
        }
        for wrong in [
            "https://u:hunter2@example.com",
            "https://u:hunter2/b@example.com/",
            "https://example.com:hunter2",
            "http://",
            "example.com",
            "https:///x",
            "http://a b",
        ] {
            assert!(!url(wrong).unwrap_err().to_string().contains("hunter2"), "{wrong}");
        }
    }
}
