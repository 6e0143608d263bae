//! Refuses requests for hosts that the server does not serve, so that a name of another site that points at this
//! machine does not reach it (DNS rebinding).

use crate::{Problem, Settings};
use axum::http::{HeaderMap, Uri, header};
use lamplight_domain::ErrorCode;

/// Checks the host of a request, and returns it with its port.
pub(super) fn check<'a>(
    settings: &Settings,
    headers: &'a HeaderMap,
    uri: &'a Uri,
) -> Result<&'a str, Problem> {
    // HTTP/2 has the host in the address. If both are there, they must be the same.
    let mut given = headers.get_all(header::HOST).iter().map(|value| value.to_str().ok());
    let in_header = match (given.next(), given.next()) {
        (Some(host), None) => host,
        _ => None,
    };
    let in_address = uri.authority().map(axum::http::uri::Authority::as_str);
    let host = match (in_header, in_address) {
        (Some(header), Some(address)) if !header.eq_ignore_ascii_case(address) => return Err(refused()),
        (Some(host), _) | (None, Some(host)) => host,
        (None, None) => return Err(refused()),
    };
    let name = without_port(host);
    let is_ours = settings.hosts.iter().any(|own| own.eq_ignore_ascii_case(name));
    if is_ours { Ok(host) } else { Err(refused()) }
}

fn refused() -> Problem {
    // The host is not repeated: the request may come from a page of another site.
    Problem::new(ErrorCode::HostNotAllowed, "the request is for a host that this server does not serve")
        .with_hint("use one of the server's names, or add this one to its settings")
}

/// The host without its port; brackets of an IPv6 address stay.
fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) && !name.is_empty() => {
            // In `[::1]` the last colon is inside of the address.
            if name.starts_with('[') && !name.ends_with(']') { host } else { name }
        }
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_left_out() {
        for (host, name) in [
            ("localhost", "localhost"),
            ("localhost:8080", "localhost"),
            ("[::1]", "[::1]"),
            ("[::1]:8080", "[::1]"),
            ("a:b", "a:b"),
            (":80", ":80"),
            ("localhost:", "localhost"),
        ] {
            assert_eq!(without_port(host), name, "{host}");
        }
    }
}
