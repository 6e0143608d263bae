//! What the AWS SDK finds by itself: in the environment, in profiles, in sign-ins, around the machine.

use super::{CredentialsFailure, Loaded, Source, instance, sts_address::StsAddress};
use crate::{AwsConnectionConfig, http::LazyHttp};
use async_trait::async_trait;
use aws_config::{
    Region, default_provider::credentials::DefaultCredentialsChain, profile::ProfileFileCredentialsProvider,
    provider_config::ProviderConfig,
};
use aws_credential_types::{
    Credentials, credential_feature::AwsCredentialFeature, provider::ProvideCredentials,
};
use std::fmt;
use tokio::sync::OnceCell;

/// The SDK's default chain, or one profile of it.
pub(super) struct SdkChain {
    profile: Option<String>,
    config: ProviderConfig,
    region: Region,
    provider: OnceCell<Box<dyn ProvideCredentials>>,
}

impl SdkChain {
    pub(super) fn ambient(config: &AwsConnectionConfig, http: &LazyHttp) -> Self {
        Self {
            profile: None,
            config: provider_config(config, http),
            region: region(config),
            provider: OnceCell::new(),
        }
    }

    pub(super) fn profile(name: &str, config: &AwsConnectionConfig, http: &LazyHttp) -> Self {
        Self { profile: Some(name.to_owned()), ..Self::ambient(config, http) }
    }

    async fn provider(&self) -> &dyn ProvideCredentials {
        let made = self.provider.get_or_init(|| async {
            if let Some(name) = &self.profile {
                let provider = ProfileFileCredentialsProvider::builder()
                    .configure(&self.config)
                    .profile_name(name)
                    .build();
                return Box::new(provider) as Box<dyn ProvideCredentials>;
            }
            let chain = DefaultCredentialsChain::builder()
                .configure(self.config.clone())
                .region(self.region.clone())
                .imds_client(instance::metadata(&self.config))
                .build()
                .await;
            Box::new(chain)
        });
        &**made.await
    }
}

impl fmt::Debug for SdkChain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SdkChain").field("profile", &self.profile).finish_non_exhaustive()
    }
}

fn region(config: &AwsConnectionConfig) -> Region {
    Region::new(config.sts_region.as_ref().unwrap_or(&config.region).as_str().to_owned())
}

/// What the SDK's own providers are made with: our HTTP client, and the connection's region and STS for the roles
/// that profiles and the environment name.
pub(super) fn provider_config(config: &AwsConnectionConfig, http: &LazyHttp) -> ProviderConfig {
    let region = region(config);
    let base = ProviderConfig::without_region()
        .with_region(Some(region.clone()))
        .with_use_fips(Some(config.use_fips))
        .with_use_dual_stack(Some(config.use_dual_stack));
    match &config.sts_endpoint_url {
        Some(url) => base.with_http_client(StsAddress::new(http.clone(), url, region)),
        None => base.with_http_client(http.clone()),
    }
}

#[async_trait]
impl Source for SdkChain {
    async fn load(&self) -> Result<Loaded, CredentialsFailure> {
        let given = self.provider().await.provide_credentials().await;
        match (given, &self.profile) {
            (Ok(credentials), None) => {
                let origin = origin(&credentials);
                Ok(Loaded { credentials, origin })
            }
            (Ok(credentials), Some(name)) => {
                let origin = format!("profile {name} ({})", origin(&credentials));
                Ok(Loaded { credentials, origin })
            }
            (Err(error), None) => Err(CredentialsFailure::of_sdk(
                &error,
                "the default chain",
                "set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or sign in as with aws configure",
                "check the profile and its source of credentials; sign in again where it is a sign-in",
            )),
            (Err(error), Some(name)) => Err(CredentialsFailure::of_sdk(
                &error,
                &format!("profile {name}"),
                "check the profile's name and content in ~/.aws/config and ~/.aws/credentials (or in the files that \
                 AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE name); `aws configure list-profiles` lists them",
                "check the profile in ~/.aws/config: what it names must exist and work, as with `aws sts \
                 get-caller-identity --profile`",
            )),
        }
    }
}

/// Where the SDK says that it found the credentials.
fn origin(credentials: &Credentials) -> String {
    use AwsCredentialFeature as Feature;
    let features = credentials.get_property::<Vec<Feature>>().map(Vec::as_slice).unwrap_or_default();
    let mut words: Vec<&str> = features
        .iter()
        .filter_map(|feature| match feature {
            Feature::CredentialsEnvVars => Some("environment variables"),
            Feature::CredentialsEnvVarsStsWebIdToken => Some("web identity token of the environment"),
            // The SDK says the same of a role that is assumed with the profile's keys; keys have no end.
            Feature::CredentialsProfile if credentials.expiry().is_some() => Some("role of the profile"),
            Feature::CredentialsProfile => Some("keys of the profile"),
            Feature::CredentialsProfileSourceProfile => Some("source profile"),
            Feature::CredentialsProfileNamedProvider => Some("credential source of the profile"),
            Feature::CredentialsProfileStsWebIdToken => Some("web identity token of the profile"),
            Feature::CredentialsProfileSso | Feature::CredentialsSso => Some("single sign-on"),
            Feature::CredentialsProfileProcess | Feature::CredentialsProcess => Some("credential process"),
            Feature::CredentialsHttp => Some("container endpoint"),
            Feature::CredentialsImds => Some("instance metadata"),
            Feature::CredentialsStsAssumeRole | Feature::CredentialsStsAssumeRoleWebId => {
                Some("assumed role")
            }
            _ => None,
        })
        .collect();
    words.dedup();
    if words.is_empty() { "the default chain".to_owned() } else { words.join(", ") }
}
