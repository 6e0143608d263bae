//! URLs of services: which texts are one, which of them a secret may be sent to, and how a text becomes a part of one.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC};
use std::net::IpAddr;

/// Everything but the unreserved characters of RFC 3986.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Why a URL is refused. `Display` never repeats the URL, for it may hold a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EndpointError {
    /// Its scheme is neither `http` nor `https`.
    #[error("is not a valid URL: it begins with neither http:// nor https://")]
    Scheme,
    /// It names no host.
    #[error("is not a valid URL: it names no host")]
    Host,
    /// What follows the host's colon is not a port.
    #[error("is not a valid URL: its port is not a number from 1 to 65535")]
    Port,
    /// It has a user or a password.
    #[error("has a user or a password in it: leave out what stands before the @")]
    User,
    /// It has spaces or signs that hide what its host is.
    #[error("is not a valid URL: it has spaces, control characters or backslashes")]
    Signs,
    /// A secret on its way there could be read by others.
    #[error("uses plain HTTP, over which no secret is sent to another machine")]
    Plain,
}

/// How far packets to a host travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum HostScope {
    /// They stay on this machine.
    Machine,
    /// They are not routed beyond this machine's link, where clouds put their metadata services.
    Link,
    /// Anywhere.
    Network,
}

impl HostScope {
    /// The scope of a host as it stands in a URL. Names are not looked up: of them only `localhost` is known to be near.
    pub fn of(host: &str) -> Self {
        let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        match bare.parse::<IpAddr>().map(|address| address.to_canonical()) {
            Ok(address) if address.is_loopback() => Self::Machine,
            Ok(IpAddr::V4(address)) if address.is_link_local() => Self::Link,
            Ok(IpAddr::V6(address)) if address.is_unicast_link_local() => Self::Link,
            // The metadata services of EC2 over IPv6 are in fd00:ec2::/32.
            Ok(IpAddr::V6(address)) if address.segments().starts_with(&[0xfd00, 0x0ec2]) => Self::Link,
            Err(_) if host.eq_ignore_ascii_case("localhost") => Self::Machine,
            _ => Self::Network,
        }
    }
}

/// Checks that `url` is an `http` or `https` URL with a host and without a user.
///
/// ```
/// use lamplight_domain::{EndpointError, check_endpoint};
/// assert_eq!(check_endpoint("http://127.0.0.1:4566"), Ok(()));
/// assert_eq!(check_endpoint("https://user:password@example.com"), Err(EndpointError::User));
/// ```
///
/// # Errors
/// What is wrong with it.
pub fn check_endpoint(url: &str) -> Result<(), EndpointError> {
    parse(url).map(|_| ())
}

/// Checks that a secret may be sent to `url`: over HTTPS to any host, over plain HTTP within `plain_within` alone.
///
/// # Errors
/// What is wrong with it.
pub fn check_secret_endpoint(url: &str, plain_within: HostScope) -> Result<(), EndpointError> {
    let (is_https, host) = parse(url)?;
    if is_https || HostScope::of(host) <= plain_within { Ok(()) } else { Err(EndpointError::Plain) }
}

/// Whether the scheme is `https`, and the host.
///
/// Not by the `url` crate: it reads `https:host`, `https:///host` and backslashes as browsers do, and so finds a host
/// where the HTTP client finds another one or none.
fn parse(url: &str) -> Result<(bool, &str), EndpointError> {
    if url.contains(|sign: char| sign.is_whitespace() || sign.is_control() || sign == '\\') {
        return Err(EndpointError::Signs);
    }
    let (scheme, rest) = url.split_once("://").ok_or(EndpointError::Scheme)?;
    let is_https = scheme.eq_ignore_ascii_case("https");
    if !is_https && !scheme.eq_ignore_ascii_case("http") {
        return Err(EndpointError::Scheme);
    }
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.contains('@') {
        return Err(EndpointError::User);
    }
    // The colons within brackets are those of an IPv6 address.
    let host_end = match authority.find(']') {
        Some(end) if authority.starts_with('[') => end + 1,
        _ => authority.find([':', '[', ']']).unwrap_or(authority.len()),
    };
    let (host, after) = authority.split_at(host_end);
    match after.strip_prefix(':') {
        _ if matches!(host, "" | "[]") => Err(EndpointError::Host),
        None if after.is_empty() => Ok((is_https, host)),
        None => Err(EndpointError::Host),
        Some(port) if is_port(port) => Ok((is_https, host)),
        // A password with a slash in it looks like a port.
        Some(_) if rest.contains('@') => Err(EndpointError::User),
        Some(_) => Err(EndpointError::Port),
    }
}

fn is_port(text: &str) -> bool {
    text.bytes().all(|digit| digit.is_ascii_digit()) && text.parse::<u16>().is_ok_and(|port| port != 0)
}

/// A text as one segment of a path or one value of a query: everything but letters, digits and `-._~` is
/// percent-encoded.
pub fn percent_encode(text: impl AsRef<[u8]>) -> String {
    percent_encoding::percent_encode(text.as_ref(), RESERVED).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_has_scheme_and_host_and_no_user() {
        for good in [
            "http://127.0.0.1:4566",
            "https://lambda.example.com/base/",
            "HTTPS://example.com:65535/a@b?c",
            "http://[::1]:4566",
            "http://[::1]",
            "http://localhost",
        ] {
            assert_eq!(check_endpoint(good), Ok(()), "{good}");
        }
        for (bad, error) in [
            ("https://hunter2@example.com", EndpointError::User),
            ("https://user:hunter2@example.com", EndpointError::User),
            ("https://user:hunter2/b@example.com/", EndpointError::User),
            ("https://user:#hunter2@example.com/", EndpointError::User),
            ("https://[::1]@hunter2", EndpointError::User),
            ("https://example.com\\@hunter2", EndpointError::Signs),
            ("https://example.com hunter2", EndpointError::Signs),
            ("https://example.com\thunter2", EndpointError::Signs),
            ("https://example.com:hunter2", EndpointError::Port),
            ("https://example.com:0", EndpointError::Port),
            ("https://example.com:65536", EndpointError::Port),
            ("https://example.com:+80", EndpointError::Port),
            ("https://example.com:", EndpointError::Port),
            ("https://[::1]:", EndpointError::Port),
            ("https://:80", EndpointError::Host),
            ("https:///hunter2", EndpointError::Host),
            ("https://", EndpointError::Host),
            ("https://[::1", EndpointError::Host),
            ("https://[]:80", EndpointError::Host),
            ("https://[::1]hunter2", EndpointError::Host),
            ("https://hunter2[::1]", EndpointError::Host),
            ("https:hunter2", EndpointError::Scheme),
            ("localhost:4566", EndpointError::Scheme),
            ("ftp://hunter2", EndpointError::Scheme),
            ("", EndpointError::Scheme),
        ] {
            assert_eq!(check_endpoint(bad), Err(error), "{bad}");
            assert!(!error.to_string().contains("hunter2"));
        }
    }

    #[test]
    fn a_secret_is_sent_over_https_or_as_far_as_allowed() {
        use HostScope::{Link, Machine, Network};
        for (url, nearest) in [
            ("https://example.com", Machine),
            ("HTTPS://example.com:1/", Machine),
            ("http://localhost:42356/msi/token", Machine),
            ("HTTP://LOCALHOST", Machine),
            ("http://127.0.0.1:8080/a", Machine),
            ("http://127.8.9.1", Machine),
            ("http://127.255.255.255", Machine),
            ("http://[::1]:80/x", Machine),
            ("http://[::ffff:127.0.0.1]/", Machine),
            ("http://169.254.129.2:8081/msi/token", Link),
            ("http://[::ffff:169.254.169.254]/", Link),
            ("http://[fe80::1]/x", Link),
            ("http://[fd00:ec2::254]/latest", Link),
            ("http://[fd00:ec3::254]/", Network),
            ("http://example.com/", Network),
            ("HTTP://example.com/", Network),
            ("http://localhost./", Network),
            ("http://localhost.example.com", Network),
            ("http://example.localhost", Network),
            ("http://127.0.0.1.example.com", Network),
            ("http://127.0.0.1./", Network),
            ("http://127.1/", Network),
            ("http://0.0.0.0/", Network),
            ("http://[::]/", Network),
            ("http://10.0.0.1:8080", Network),
            ("http://[::ffff:10.0.0.1]/", Network),
            ("http://[2001:db8::1]/", Network),
            ("http://[localhost]/", Network),
            ("http://example.com/http://localhost/", Network),
            ("http://example.com?@localhost", Network),
        ] {
            for scope in [Machine, Link] {
                let expected = if nearest <= scope { Ok(()) } else { Err(EndpointError::Plain) };
                assert_eq!(check_secret_endpoint(url, scope), expected, "{url} within {scope:?}");
            }
        }
        for (url, error) in [
            ("http://localhost@example.com/", EndpointError::User),
            ("http://127.0.0.1@example.com", EndpointError::User),
            ("http://localhost:hunter2@example.com/token", EndpointError::User),
            ("https://user:hunter2@example.com", EndpointError::User),
            ("http://example.com\\@127.0.0.1/", EndpointError::Signs),
            ("http:///localhost", EndpointError::Host),
            ("ftp://localhost/x", EndpointError::Scheme),
            ("localhost", EndpointError::Scheme),
        ] {
            assert_eq!(check_secret_endpoint(url, Machine), Err(error), "{url}");
        }
    }

    #[test]
    fn what_a_url_reserves_is_encoded() {
        assert_eq!(percent_encode("aZ09-._~"), "aZ09-._~");
        assert_eq!(percent_encode("a/b c%é"), "a%2Fb%20c%25%C3%A9");
        assert_eq!(percent_encode([0xff, 0x0a]), "%FF%0A");
    }
}
