//! Where credentials come from, how they are kept fresh, and what is wrong where they cannot be got.

mod ambient;
mod error;
mod instance;
mod key;
mod mfa;
mod refresh;
mod role;
mod sdk_chain;
mod source;
mod sts_address;
mod token_file;

pub(crate) use error::CredentialsFailure;
pub(crate) use refresh::{Provider, Refreshing};
pub use source::{AccessKey, AssumeRole, CredentialsSource, KeyPart, RoleSession, WebIdentity};

use crate::{AwsConnectionConfig, http::LazyHttp};
use async_trait::async_trait;
use aws_credential_types::Credentials;
use std::{fmt::Debug, sync::Arc};

/// One way to get credentials. What it gives is kept by [`Refreshing`], so it asks anew each time.
#[async_trait]
pub(crate) trait Source: Debug + Send + Sync + 'static {
    /// What it is, in words for a failure.
    fn name(&self) -> String;

    /// Gets credentials.
    async fn load(&self) -> Result<Loaded, CredentialsFailure>;
}

/// Credentials, and where they came from in words.
#[derive(Debug, Clone)]
pub(crate) struct Loaded {
    pub(crate) credentials: Credentials,
    pub(crate) origin: String,
}

/// Makes what gets and keeps the credentials of a connection. Nothing is read or asked for before they are
/// first needed.
pub(crate) fn credentials(config: &AwsConnectionConfig, http: &LazyHttp) -> Arc<Refreshing> {
    Arc::new(keeper(&config.credentials, config, http))
}

fn keeper(of: &CredentialsSource, config: &AwsConnectionConfig, http: &LazyHttp) -> Refreshing {
    Refreshing::new(source(of, config, http), config.timeouts.credentials)
}

fn source(of: &CredentialsSource, config: &AwsConnectionConfig, http: &LazyHttp) -> Arc<dyn Source> {
    match of {
        CredentialsSource::Ambient => Arc::new(sdk_chain::SdkChain::ambient(config, http)),
        CredentialsSource::Profile(name) => Arc::new(sdk_chain::SdkChain::profile(name, config, http)),
        CredentialsSource::AccessKey(key) => {
            Arc::new(key::KeySource { key: key.clone(), secrets: Arc::clone(&config.secrets) })
        }
        CredentialsSource::AssumeRole(role) => {
            let basis = Arc::new(keeper(&role.source, config, http));
            Arc::new(role::AssumedRole::new(role, basis, config, http))
        }
        CredentialsSource::WebIdentity(identity) => {
            Arc::new(role::FederatedRole::new(identity, config, http))
        }
        CredentialsSource::InstanceProfile => Arc::new(instance::Instance::new(config, http)),
    }
}
