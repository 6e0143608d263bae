//! Gets identity tokens: from files and secrets, from Microsoft Entra, and from any OpenID provider.
//!
//! Each type is a [`TokenSource`](lamplight_ports::TokenSource). It reads or requests a token at each call and keeps
//! nothing. HTTP, time, IDs and secrets are used through ports; only token files are read directly.
#![deny(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod assertion;
mod client_credentials;
mod entra_workload;
mod file;
mod form;
mod managed_identity;
mod oauth;
mod referenced;
mod refusal;
mod token;
mod transport;

pub use assertion::{SigningAlgorithm, SigningKey};
pub use client_credentials::{ClientAuth, ClientCredentials, Grant};
pub use entra_workload::EntraWorkloadIdentity;
pub use file::FileToken;
pub use managed_identity::{EntraManagedIdentity, IdentityId, ManagedEndpoint};
pub use referenced::ReferencedToken;
