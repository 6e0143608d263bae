//! The one HTTP client of the program: its pools of connections, proxies and trusted certificates.
//!
//! - [`HttpClient::send`] sends one request with bytes for a body and gives back any answer; a failure says whether a
//!   byte of the request can have left.
//! - [`HttpClient`] is a [`HttpExchange`](lamplight_ports::HttpExchange): the same for short texts, for those who speak
//!   to token endpoints and secret stores.
//! - [`HttpClient::reach`] connects to where a request would go and sends none.
//! - [`OneShot`] lets a client of the AWS SDK through to the same pools, once.
//!
//! Nothing is opened or read before the first request that needs it; the system's certificates are read for the first
//! `https` address and for no other.
#![deny(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod cause;
mod exchange;
mod one_shot;
mod pool;
mod reach;
mod send;
mod watched;

pub use cause::Cause;
pub use one_shot::{OneShot, Trail};
pub use pool::{HttpClient, is_endpoint};
pub use reach::Reached;
pub use send::{Answer, Request, SendFailure, SendFailureKind, Waits};
