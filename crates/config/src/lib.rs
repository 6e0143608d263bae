//! `lamplight.toml`: named connections as typed data, with the exact place of every mistake, a JSON Schema for
//! editors, and edits that keep what people wrote around them. Nothing here reads a file or the environment.
//!
//! # Layers
//! What is in the file is one layer of several. The nearest word wins: an option on the command line, else a
//! variable `LAMPLIGHT_…`, else the file, else (for region and endpoints) the variables `AWS_…` that every AWS
//! tool reads, else the built-in default. A file that names a region means it, so a variable for all tools
//! does not move a named connection to another one.
//!
//! # Providers
//! A connection has keys that every connection has, and keys of its provider's own, which that provider's
//! [`ProviderFactory`](lamplight_ports::ProviderFactory) reads. The tables of AWS, of the simulator and of functions behind URLs are types here; the file
//! itself knows no provider.
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
mod schema;
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
pub use schema::schema;
pub use stores::{AppRoleLogin, AwsSmConfig, JwtLogin, SecretStores, VaultAuth, VaultConfig};
pub use token::{
    Algorithm, ClientCredentialsToken, ManagedIdentityToken, SignedAssertion, Token, WorkloadIdentityToken,
};
pub use values::{AccessKeyId, HttpUrl, ValueError};
