//! Sources of credentials, their renewal, and the caller's identity.

mod ambient;
mod identity;
mod instance;
mod key;
mod load;
mod mfa;
mod provider_config;
mod refresh;
mod refused;
mod role;
mod sdk_chain;
mod source;
mod sts_address;
mod token_file;

pub use identity::AwsIdentity;
pub(crate) use refresh::{Provider, Refreshing};
pub(crate) use refused::ForgetRefused;
pub use source::{AccessKey, AssumeRole, CredentialsSource, KeyPart, RoleSession, WebIdentity};

use crate::AwsConnectionConfig;
use lamplight_http_adapter::HttpClient;
use load::Source;
use std::sync::Arc;

/// Creates the cache for the credentials of a connection. Nothing is read or requested before they are first needed.
pub(crate) fn credentials(config: &AwsConnectionConfig, http: &HttpClient) -> Arc<Refreshing> {
    Arc::new(refreshing(&config.credentials, config, http))
}

fn refreshing(of: &CredentialsSource, config: &AwsConnectionConfig, http: &HttpClient) -> Refreshing {
    Refreshing::new(source(of, config, http), config.timeouts.credentials)
}

fn source(of: &CredentialsSource, config: &AwsConnectionConfig, http: &HttpClient) -> Arc<dyn Source> {
    match of {
        CredentialsSource::Ambient => Arc::new(sdk_chain::SdkChain::ambient(config, http)),
        CredentialsSource::Profile(name) => Arc::new(sdk_chain::SdkChain::profile(name, config, http)),
        CredentialsSource::AccessKey(key) => {
            Arc::new(key::KeySource { key: key.clone(), secrets: Arc::clone(&config.secrets) })
        }
        CredentialsSource::AssumeRole(role) => {
            let basis = Arc::new(refreshing(&role.source, config, http));
            Arc::new(role::AssumedRole::new(role, basis, config, http))
        }
        CredentialsSource::WebIdentity(identity) => {
            Arc::new(role::FederatedRole::new(identity, config, http))
        }
        CredentialsSource::InstanceProfile => Arc::new(instance::Instance::new(config, http)),
    }
}
