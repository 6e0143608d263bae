//! The ports over the AWS SDK: the only crate that sees it.
//!
//! [`open`] turns an [`AwsConnectionConfig`] into the ports of one region and one set of credentials. It
//! reads no environment of its own: the caller resolves endpoints and regions. The ambient credentials are
//! read by the SDK, at the first call.
#![deny(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod account;
mod aliases;
mod answers;
mod async_invocations;
mod catalogue;
mod changes;
pub mod codes;
mod config;
mod connection;
mod credentials;
mod error;
mod exchange;
mod function;
mod functions;
mod http;
mod identity;
mod invoker;
mod layers;
mod one_shot;
mod permissions;
mod preview;
mod reachability;
mod refused;
mod rules;
mod secrets_manager;
mod session;
mod upload;

pub use account::AwsAccount;
pub use aliases::AwsAliases;
pub use async_invocations::AwsAsyncInvocations;
pub use catalogue::AwsCatalogue;
pub use config::{AwsConnectionConfig, Timeouts};
pub use connection::{AwsPorts, open};
pub use credentials::{AccessKey, AssumeRole, CredentialsSource, KeyPart, RoleSession, WebIdentity};
pub use exchange::Exchange;
pub use functions::AwsFunctions;
pub use identity::AwsIdentity;
pub use invoker::AwsInvoker;
pub use layers::AwsLayers;
pub use permissions::AwsPermissions;
pub use reachability::AwsReachability;
pub use secrets_manager::SecretsManager;
