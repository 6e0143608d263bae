//! To which URLs a secret may travel, and how URLs are shown.

use lamplight_domain::ErrorCode;
use lamplight_ports::{PortError, PortErrorKind};
use std::net::IpAddr;

/// Refuses a URL that no secret is sent to: plain HTTP is for this machine and its link alone, and a user before
/// the host hides which host it is. A scheme in capitals is the same scheme (RFC 3986, section 3.1).
pub(crate) fn check(url: &str, origin: &str) -> Result<(), PortError> {
    let refused = |what: &str, hint: &str| {
        let message = format!("{origin}: {what}");
        Err(PortError::new(PortErrorKind::InvalidRequest, ErrorCode::InvalidEndpoint, message)
            .with_hint(hint))
    };
    let Some((scheme, rest)) = url.split_once("://") else {
        return refused("this is no URL", "give scheme and host, as in https://example.com/token");
    };
    let authority = authority(rest);
    if authority.contains('@') {
        return refused("its URL has a user in it", "leave out what stands before the @");
    }
    if scheme.eq_ignore_ascii_case("https") {
        return Ok(());
    }
    if !scheme.eq_ignore_ascii_case("http") {
        return refused("its URL is neither https nor http", "use an https URL");
    }
    let host = match authority.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    let is_near = match host.parse() {
        Ok(IpAddr::V4(address)) => address.is_loopback() || address.is_link_local(),
        Ok(IpAddr::V6(address)) => address.is_loopback() || address.is_unicast_link_local(),
        Err(_) => host.eq_ignore_ascii_case("localhost"),
    };
    if is_near {
        return Ok(());
    }
    refused("a secret is not sent over plain HTTP", "use an https URL")
}

/// A URL for messages: without user, password, query and fragment, any of which may be secret.
pub(crate) fn shown(url: &str) -> String {
    let bare = url.split(['?', '#']).next().unwrap_or_default();
    let Some((scheme, rest)) = bare.split_once("://") else { return bare.to_owned() };
    let whole = authority(rest);
    let host = whole.rsplit('@').next().unwrap_or_default();
    format!("{scheme}://{host}{}", rest.get(whole.len()..).unwrap_or_default())
}

fn authority(rest: &str) -> &str {
    rest.split(['/', '\\', '?', '#']).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_travels_encrypted_or_on_this_machine() {
        for good in [
            "https://example.com/token",
            "HTTPS://example.com",
            "http://localhost:42356/msi/token",
            "http://127.8.9.1",
            "http://169.254.129.2:8081/msi/token",
            "http://[::1]:80/x",
            "http://[fe80::1]/x",
        ] {
            assert!(check(good, "x").is_ok(), "{good}");
        }
        for bad in [
            "http://example.com/token",
            "HTTP://example.com/token",
            "http://localhost:hunter2@example.com/token",
            "http://127.0.0.1@example.com",
            "http://localhost.example.com",
            "http://10.0.0.1/x",
            "http://[2001:db8::1]/x",
            "http://example.com\\@127.0.0.1/",
            "https://user:hunter2@example.com",
            "ftp://localhost/x",
            "example.com",
            "",
        ] {
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
            assert_eq!(shown(url), expected);
        }
    }
}
