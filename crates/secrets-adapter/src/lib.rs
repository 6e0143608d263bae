//! Secrets in HashiCorp Vault and in the operating system's keyring, and the way from a reference to its store.
//!
//! HTTP and time come in through ports. Nothing is logged, and no error shows a secret: what a store says is
//! scrubbed of what it was sent.
#![deny(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[cfg(feature = "keyring")]
mod keyring_entry;
#[cfg(feature = "keyring")]
mod keyring_secrets;
mod router;
mod vault;
mod vault_answer;

#[cfg(feature = "keyring")]
pub use keyring_secrets::KeyringSecrets;
pub use router::SecretRouter;
pub use vault::{VaultLogin, VaultOptions, VaultSecrets};
