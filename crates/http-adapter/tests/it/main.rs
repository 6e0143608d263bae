//! Tests of the HTTP client, also with servers that misbehave.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

mod exchange;
mod keepalive;
mod proxy;
mod send;
mod support;
mod tls;
