//! The program's only HTTP client, with its connection pools, proxy settings and trusted certificates.
//!
//! - [`HttpClient::send`] sends one request and returns the response, whatever its status; a failure says whether any
//!   byte of the request may have been sent.
//! - [`HttpClient`] implements [`HttpExchange`](lamplight_ports::HttpExchange), the same for short texts. Token endpoints
//!   and secret stores are called with it.
//! - [`HttpClient::reach`] connects to the server of a URL without sending a request.
//! - [`OneShot`] gives a client of the AWS SDK access to the same pools, for one request.
//!
//! Nothing is opened or read before the first request that needs it. The system's certificates are read only for `https`
//! URLs.
#![deny(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod body_end;
mod cause;
mod connect;
mod exchange;
mod one_shot;
mod pool;
mod proxies;
mod reach;
mod send;
mod tunnel;
mod watched;

pub use body_end::BodyEnd;
pub use cause::Cause;
pub use one_shot::{OneShot, Trail};
pub use pool::{HttpClient, is_endpoint};
pub use proxies::{UnusableProxy, check_proxies};
pub use reach::Reached;
pub use send::{Answer, Request, SendFailure, SendFailureKind, Waits};
pub use tunnel::TunnelRefusal;
