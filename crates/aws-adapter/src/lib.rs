//! The ports on the AWS SDK. No other crate uses the SDK.
//!
//! [`open`] turns an [`AwsConnectionConfig`] into the ports of one region and one set of credentials. It does not read the
//! environment: the caller resolves endpoints and regions. Only ambient credentials are read from the environment, by the
//! SDK at the first request.
//!
//! There is one module per AWS service: `lambda`, `sts` (credentials and the caller's identity) and `secrets_manager`.
//! `error` maps their failures; the other modules are shared.
#![deny(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod config;
mod connection;
mod error;
mod lambda;
mod secrets_manager;
mod session;
mod shared_files;
mod sts;
mod timeouts;

pub use config::AwsConnectionConfig;
pub use connection::{AwsPorts, open};
pub use lambda::{
    AwsAccount, AwsAliases, AwsAsyncInvocations, AwsCatalogue, AwsFunctions, AwsInvoker, AwsLayers,
    AwsPermissions, AwsReachability,
};
pub use secrets_manager::SecretsManager;
pub use shared_files::read_shared_files;
pub use sts::{AccessKey, AssumeRole, AwsIdentity, CredentialsSource, KeyPart, RoleSession, WebIdentity};
pub use timeouts::Timeouts;
