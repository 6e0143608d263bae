//! Secret stores against scripted peers: what is asked, exactly, and what the answers become.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

#[cfg(all(feature = "keyring", target_os = "linux"))]
mod keyring;
mod router;
mod script;
mod vault;
mod vault_login;
mod vault_suite;
