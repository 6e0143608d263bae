//! Tests of the token sources with scripted services: the exact requests, and how responses are handled.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

mod client_credentials;
mod entra;
mod managed_identity;
mod script;
