//! Checks to which URLs secrets may be sent, and formats URLs for messages.

use lamplight_domain::{ErrorCode, HostScope, check_secret_endpoint};
use lamplight_ports::{PortError, PortErrorKind};

/// Rejects a URL to which a secret must not be sent. Plain HTTP is allowed to link-local addresses, because Azure's token
/// services use them.
pub(crate) fn check(url: &str, origin: &str) -> Result<(), PortError> {
    check_secret_endpoint(url, HostScope::Link).map_err(|error| {
        let message = format!("the URL of {origin} {error}");
        PortError::new(PortErrorKind::InvalidRequest, ErrorCode::InvalidEndpoint, message)
            .with_hint("use an https URL with a host, as in https://example.com/token")
    })
}

/// A URL for messages, without user, password, query and fragment, which may contain secrets.
pub(crate) fn redact(url: &str) -> String {
    let bare = url.split(['?', '#']).next().unwrap_or_default();
    let Some((scheme, rest)) = bare.split_once("://") else { return bare.to_owned() };
    let (authority, path) = rest.split_at(rest.find(['/', '\\']).unwrap_or(rest.len()));
    let host = authority.rsplit('@').next().unwrap_or_default();
    format!("{scheme}://{host}{path}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_sent_over_https_or_within_the_link() {
        for good in ["https://example.com/token", "http://localhost:42356/x", "http://169.254.129.2:8081/x"] {
            assert!(check(good, "x").is_ok(), "{good}");
        }
        for bad in ["http://example.com/token", "https://user:hunter2@example.com", "example.com"] {
            let error = check(bad, "the issuer").unwrap_err();
            assert_eq!(
                (error.kind, error.code.clone()),
                (PortErrorKind::InvalidRequest, ErrorCode::InvalidEndpoint)
            );
            assert!(error.hint.is_some() && !format!("{error:?}").contains("hunter2"), "{bad}");
        }
    }

    #[test]
    fn a_url_is_shown_without_what_may_be_secret() {
        for (url, expected) in [
            ("https://u:hunter2@example.com:8443/a/b?key=hunter2#c", "https://example.com:8443/a/b"),
            ("https://example.com?key=hunter2", "https://example.com"),
            ("http://169.254.169.254/", "http://169.254.169.254/"),
            ("no url", "no url"),
        ] {
            assert_eq!(redact(url), expected);
        }
    }
}
