//! Where credentials come from. A further way to authenticate is a further variant here.

use crate::http::LazyHttp;
use aws_config::{
    Region, default_provider::credentials::DefaultCredentialsChain, imds, provider_config::ProviderConfig,
};
use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use lamplight_ports::{ExposeSecret, SecretString};

/// How often the instance metadata service is asked. Where there is none, each attempt costs a second before
/// a person learns that there are no credentials.
const METADATA_ATTEMPTS: u32 = 2;

/// Where credentials come from.
#[derive(Debug, Clone, Default)]
pub enum CredentialsSource {
    /// The AWS SDK's default chain: environment, profile, web identity, container, instance.
    #[default]
    Ambient,
    /// A key given by the caller.
    AccessKey(AccessKey),
}

/// An access key.
#[derive(Debug, Clone)]
pub struct AccessKey {
    /// The key's id.
    pub id: String,
    /// The secret half.
    pub secret: SecretString,
    /// The token that goes with a temporary key.
    pub session_token: Option<SecretString>,
}

/// Makes the provider of a source; nothing is read or asked for before it is used.
pub(crate) async fn provider(
    source: &CredentialsSource,
    region: &Region,
    http: &LazyHttp,
) -> SharedCredentialsProvider {
    match source {
        CredentialsSource::Ambient => {
            let config = ProviderConfig::without_region()
                .with_region(Some(region.clone()))
                .with_http_client(http.clone());
            let metadata = imds::Client::builder().configure(&config).max_attempts(METADATA_ATTEMPTS).build();
            let chain = DefaultCredentialsChain::builder()
                .configure(config)
                .region(region.clone())
                .imds_client(metadata)
                .build()
                .await;
            SharedCredentialsProvider::new(chain)
        }
        CredentialsSource::AccessKey(key) => SharedCredentialsProvider::new(Credentials::new(
            key.id.clone(),
            key.secret.expose_secret(),
            key.session_token.as_ref().map(|token| token.expose_secret().to_owned()),
            None,
            "lamplight",
        )),
    }
}
