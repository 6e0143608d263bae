//! The requests that the tests send.

use lamplight_http_adapter::{Request, Waits};
use lamplight_ports::HttpMethod;
use std::time::Duration;

/// The body of every request.
pub(crate) const EVENT: &[u8] = b"\x00not \xfftext";

/// Timeouts that do not expire in any test.
pub(crate) const LONG: Waits =
    Waits { connect: Duration::from_secs(10), head: Duration::from_mins(1), whole: Duration::from_mins(1) };

/// A request with bytes for a body.
pub(crate) fn post(url: String) -> Request {
    Request {
        method: HttpMethod::Post,
        url,
        headers: vec![("x-secret".to_owned(), "hunter2".into())],
        body: Some(EVENT.into()),
        waits: LONG,
        largest_answer: 1 << 20,
    }
}
