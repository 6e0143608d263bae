//! The ports over the AWS SDK: the only crate that sees it.
//!
//! [`open`] turns an [`AwsConnectionConfig`] into the ports of one region and one set of credentials. It
//! reads no environment of its own: the caller resolves endpoints and regions. The ambient credentials are
//! read by the SDK, at the first call.
//!
//! One folder per service of AWS: `lambda`, `sts` (credentials and who they are), `secrets_manager`; a further service
//! is given one beside them. `error` says what their failures mean; what they share stands at the top.
#![deny(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod config;
mod connection;
mod error;
mod lambda;
mod secrets_manager;
mod session;
mod sts;
mod timeouts;

pub use config::AwsConnectionConfig;
pub use connection::{AwsPorts, open};
pub use lambda::{
    AwsAccount, AwsAliases, AwsAsyncInvocations, AwsCatalogue, AwsFunctions, AwsInvoker, AwsLayers,
    AwsPermissions, AwsReachability,
};
pub use secrets_manager::SecretsManager;
pub use sts::{AccessKey, AssumeRole, AwsIdentity, CredentialsSource, KeyPart, RoleSession, WebIdentity};
pub use timeouts::Timeouts;
