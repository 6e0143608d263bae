//! Refuses changes that a browser requests for a page of another site, by the headers that browsers send with every such
//! request (`Sec-Fetch-Site`, and `Origin` from older ones). Programs send neither, and have no cookie to be misused.

use crate::Problem;
use axum::http::{HeaderMap, Method, header};
use lamplight_domain::ErrorCode;

/// Checks a request for the server's `host`.
pub(super) fn check(method: &Method, headers: &HeaderMap, host: &str) -> Result<(), Problem> {
    if matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) {
        return Ok(());
    }
    let all = |name: &str| {
        headers.get_all(name).iter().map(|value| value.to_str().unwrap_or("?")).collect::<Vec<_>>()
    };
    match (&all("sec-fetch-site")[..], &all(header::ORIGIN.as_str())[..]) {
        (["same-origin" | "none"], _) | ([], []) => Ok(()),
        ([], [origin]) if is_origin_of(origin, host) => Ok(()),
        _ => Err(Problem::new(ErrorCode::CrossSiteRequest, "the request comes from a page of another site")),
    }
}

/// The scheme is not compared: behind a proxy that speaks TLS it is not known, and a page of the same host without TLS
/// cannot read the cookie of one with TLS.
fn is_origin_of(origin: &str, host: &str) -> bool {
    let (scheme, rest) = origin.split_once("://").unwrap_or_default();
    matches!(scheme, "http" | "https") && rest.eq_ignore_ascii_case(host)
}
