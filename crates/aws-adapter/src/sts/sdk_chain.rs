//! Credentials that the AWS SDK finds by itself: in the environment, in profiles, through sign-ins, and from the machine.

use super::{
    ambient, instance,
    load::{Loaded, Source},
    mfa,
    provider_config::provider_config,
    token_file,
};
use crate::{AwsConnectionConfig, Timeouts, error::CredentialsFailure};
use async_trait::async_trait;
use aws_config::{
    environment::EnvironmentVariableCredentialsProvider,
    meta::credentials::CredentialsProviderChain,
    profile::{self, ProfileFileCredentialsProvider},
    provider_config::ProviderConfig,
    web_identity_token::WebIdentityTokenCredentialsProvider,
};
use aws_credential_types::{
    Credentials, credential_feature::AwsCredentialFeature, provider::ProvideCredentials,
};
use lamplight_http_adapter::HttpClient;
use std::{fmt, sync::OnceLock};

const NOWHERE: &str = "looked in the environment, the profile files, the container and the instance metadata: set \
                       AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE after `aws configure` or `aws sso \
                       login`, or give the task or instance a role";

const LOOKED_AT: &str = "looked in the environment, the profile files, the container and the instance metadata, in this \
                         order, and the causes say what failed: fix that, or set AWS_ACCESS_KEY_ID and \
                         AWS_SECRET_ACCESS_KEY, or AWS_PROFILE after `aws configure` or `aws sso login`";

/// The SDK's default chain, or one profile of it.
pub(super) struct SdkChain {
    profile: Option<String>,
    config: ProviderConfig,
    timeouts: Timeouts,
    provider: OnceLock<Box<dyn ProvideCredentials>>,
}

impl SdkChain {
    pub(super) fn ambient(config: &AwsConnectionConfig, http: &HttpClient) -> Self {
        Self {
            profile: None,
            config: provider_config(config, http),
            timeouts: config.timeouts,
            provider: OnceLock::new(),
        }
    }

    pub(super) fn profile(name: &str, config: &AwsConnectionConfig, http: &HttpClient) -> Self {
        Self { profile: Some(name.to_owned()), ..Self::ambient(config, http) }
    }

    fn provider(&self) -> &dyn ProvideCredentials {
        &**self.provider.get_or_init(|| match &self.profile {
            Some(name) => Box::new(self.profiles().profile_name(name).build()),
            None => Box::new(self.default_chain()),
        })
    }

    /// The same providers in the same order as in the SDK's default chain, which has no way to limit the time of the
    /// container's endpoint.
    fn default_chain(&self) -> CredentialsProviderChain {
        let web_identity = WebIdentityTokenCredentialsProvider::builder().configure(&self.config).build();
        CredentialsProviderChain::first_try("Environment", EnvironmentVariableCredentialsProvider::new())
            .or_else("Profile", self.profiles().build())
            .or_else("WebIdentityToken", web_identity)
            .or_else("EcsContainer", instance::container(&self.config, &self.timeouts))
            .or_else("Ec2InstanceMetadata", instance::instance(&self.config))
    }

    /// The provider for profiles. If a profile gets its credentials from the machine, it uses our providers for that.
    fn profiles(&self) -> profile::credentials::Builder {
        ProfileFileCredentialsProvider::builder()
            .configure(&self.config)
            .with_custom_provider("EcsContainer", instance::container(&self.config, &self.timeouts))
            .with_custom_provider("Ec2InstanceMetadata", instance::instance(&self.config))
    }
}

impl fmt::Debug for SdkChain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SdkChain").field("profile", &self.profile).finish_non_exhaustive()
    }
}

#[async_trait]
impl Source for SdkChain {
    fn name(&self) -> String {
        self.profile.as_ref().map_or_else(|| "the default chain".to_owned(), |name| format!("profile {name}"))
    }

    async fn load(&self) -> Result<Loaded, CredentialsFailure> {
        if self.profile.is_none()
            && let Some(failure) = ambient::find_incomplete_setting().await
        {
            return Err(failure);
        }
        let given = self.provider().provide_credentials().await;
        if let Err(error) = &given
            && let Some(profile) = mfa::find_mfa_profile(self.profile.as_deref()).await
        {
            return Err(CredentialsFailure::of_mfa(error, &profile));
        }
        if let Err(error) = &given
            && let Some(failure) = token_file::unreadable(error, self.profile.as_deref()).await
        {
            return Err(failure);
        }
        match (given, &self.profile) {
            (Ok(credentials), None) => {
                let origin = origin(&credentials);
                Ok(Loaded { credentials, origin })
            }
            (Ok(credentials), Some(name)) => {
                let origin = format!("profile {name} ({})", origin(&credentials));
                Ok(Loaded { credentials, origin })
            }
            (Err(error), None) => {
                Err(CredentialsFailure::of_sdk(&error, "the default chain", NOWHERE, LOOKED_AT))
            }
            (Err(error), Some(name)) => Err(CredentialsFailure::of_sdk(
                &error,
                &format!("profile {name}"),
                "check the profile's name and content in ~/.aws/config and ~/.aws/credentials (or in the files that \
                 AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE name); `aws configure list-profiles` lists them",
                "check the profile in ~/.aws/config: everything that it names must exist and work; test it with `aws sts \
                 get-caller-identity --profile`",
            )),
        }
    }
}

/// The source of the credentials, as reported by the SDK.
fn origin(credentials: &Credentials) -> String {
    use AwsCredentialFeature as Feature;
    let features = credentials.get_property::<Vec<Feature>>().map(Vec::as_slice).unwrap_or_default();
    let mut words: Vec<&str> = features
        .iter()
        .filter_map(|feature| match feature {
            Feature::CredentialsEnvVars => Some("environment variables"),
            Feature::CredentialsEnvVarsStsWebIdToken => Some("web identity token of the environment"),
            // The SDK reports the same for a role that is assumed with the profile's keys, but keys do not expire.
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
