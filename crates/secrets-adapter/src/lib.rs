//! Reads secrets from HashiCorp Vault and the operating system's keyring, and routes each reference to its store.
//!
//! HTTP and time are used through ports. Nothing is logged, and errors never show a secret: if a store's message repeats
//! what it was sent, that is masked.
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
