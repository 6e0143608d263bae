//! The token sources against scripted services: what is asked, exactly, and what the answers become.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

mod client_credentials;
mod entra;
mod managed_identity;
mod script;
