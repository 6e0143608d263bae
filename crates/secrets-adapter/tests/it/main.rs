//! Tests of the secret stores with scripted servers: the exact requests, and how responses are handled.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

#[cfg(all(feature = "keyring", target_os = "linux"))]
mod keyring;
mod router;
mod script;
mod vault;
mod vault_login;
mod vault_suite;
