//! `lamplight.toml`: named connections as typed data, errors with line and column, a JSON Schema for editors, and edits
//! that leave the rest of the file unchanged. This crate reads neither files nor environment variables.
//!
//! # Layers
//! The file is one of several layers. The first of these that sets a value decides: an option on the command line,
//! a variable `LAMPLIGHT_…`, the file, (for region and endpoints) the variables `AWS_…` that all AWS tools read, the
//! built-in default. The file comes before `AWS_…` so that a variable meant for all tools does not move a named
//! connection to another region.
//!
//! # Providers
//! A connection has common keys and keys of its provider, which that provider's
//! [`ProviderFactory`](lamplight_ports::ProviderFactory) reads. This crate has types for the tables of AWS, of the
//! simulator and of functions behind URLs; the type of the file itself does not depend on a provider.
#![deny(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod auth;
mod aws;
mod aws_check;
mod check;
mod edit;
mod error;
mod fake;
mod http_functions;
mod http_functions_check;
mod lines;
mod model;
mod mounts;
mod place;
mod providers;
mod references;
mod regions;
mod runs;
mod schema;
mod server;
mod stores;
mod token;
mod values;

pub use auth::{AccessKeyAuth, AssumeRoleAuth, Auth, ProfileAuth, WebIdentityAuth};
pub use aws::AwsTable;
pub use edit::{NewConnection, NewSetting, add_connection, remove_connection};
pub use error::ConfigError;
pub use fake::FakeTable;
pub use http_functions::{HttpFunctionTable, HttpFunctionsTable};
pub use model::{AMBIENT, Config, ConnectionConfig, DEMO};
pub use place::Place;
pub use providers::Providers;
pub use runs::RunsTable;
pub use schema::schema;
pub use server::ServerTable;
pub use stores::{AppRoleLogin, AwsSmConfig, JwtLogin, SecretStores, VaultAuth, VaultConfig};
pub use token::{
    Algorithm, ClientCredentialsToken, ManagedIdentityToken, SignedAssertion, Token, WorkloadIdentityToken,
};
pub use values::{AccessKeyId, HttpUrl, ValueError};
