//! Credentials that the AWS SDK finds by itself: in the environment, in profiles, through sign-ins, and from the machine.

use super::{
    ambient, instance,
    load::{Loaded, Source},
    mfa,
    provider_config::provider_config,
    token_file,
};
use crate::{
    AwsConnectionConfig, Timeouts,
    error::{CredentialsFailure, is_sign_in_missing},
    read_shared_files,
};
use async_trait::async_trait;
use aws_config::{
    environment::EnvironmentVariableCredentialsProvider, imds::credentials::ImdsCredentialsProvider,
    meta::credentials::CredentialsProviderChain, profile::ProfileFileCredentialsProvider,
    provider_config::ProviderConfig, web_identity_token::WebIdentityTokenCredentialsProvider,
};
use aws_credential_types::{
    Credentials, credential_feature::AwsCredentialFeature, provider::ProvideCredentials,
};
use aws_runtime::env_config::file::{EnvConfigFileKind, EnvConfigFiles};
use aws_types::os_shim_internal::Env;
use lamplight_aws_model::{SelectedProfile, SharedFiles, SharedSection, shared_files::sdk_name};
use lamplight_http_adapter::HttpClient;
use std::{
    fmt,
    sync::{Arc, OnceLock},
};

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
    shared_files: Option<Arc<SharedFiles>>,
    ignore_endpoints: bool,
    allow_http: bool,
    chain: OnceLock<Chain>,
}

/// The SDK's provider, and what it was built from.
struct Chain {
    files: Arc<SharedFiles>,
    selected: SelectedProfile,
    provider: Box<dyn ProvideCredentials>,
}

impl SdkChain {
    pub(super) fn ambient(config: &AwsConnectionConfig, http: &HttpClient) -> Self {
        Self {
            profile: None,
            config: provider_config(config, http),
            timeouts: config.timeouts,
            shared_files: config.shared_files.clone(),
            ignore_endpoints: config.ignore_configured_endpoints,
            allow_http: config.allow_http,
            chain: OnceLock::new(),
        }
    }

    pub(super) fn profile(name: &str, config: &AwsConnectionConfig, http: &HttpClient) -> Self {
        Self { profile: Some(name.to_owned()), ..Self::ambient(config, http) }
    }

    /// The chain, built on first use. A failure is not kept, because the user may fix the files.
    fn chain(&self) -> Result<&Chain, CredentialsFailure> {
        if let Some(chain) = self.chain.get() {
            return Ok(chain);
        }
        let environment = Env::real();
        let variable = |name: &str| environment.get(name).ok().filter(|value| !value.is_empty());
        let selected = match &self.profile {
            Some(name) => SelectedProfile { name: name.clone(), named_by: None },
            None => SelectedProfile::of_environment(&variable)
                .map_err(|error| CredentialsFailure::of_two_profiles(&error))?,
        };
        let files = match &self.shared_files {
            Some(files) => Arc::clone(files),
            None => Arc::new(read_shared_files(&variable).map_err(CredentialsFailure::of_settings)?),
        };
        let metadata = || {
            let address = instance::address(&variable, files.profile(&selected.name))?;
            instance::instance(&self.config, &address, self.allow_http)
        };
        let profiles = self.profiles(&files, &selected.name, metadata()?);
        let provider: Box<dyn ProvideCredentials> = match &self.profile {
            Some(_) => Box::new(profiles),
            None => Box::new(self.default_chain(profiles, metadata()?)),
        };
        Ok(self.chain.get_or_init(|| Chain { files, selected, provider }))
    }

    /// The same providers in the same order as in the SDK's default chain, which has no way to limit the time of the
    /// container's endpoint.
    fn default_chain(
        &self,
        profiles: ProfileFileCredentialsProvider,
        metadata: ImdsCredentialsProvider,
    ) -> CredentialsProviderChain {
        let web_identity = WebIdentityTokenCredentialsProvider::builder().configure(&self.config).build();
        CredentialsProviderChain::first_try("Environment", EnvironmentVariableCredentialsProvider::new())
            .or_else("Profile", profiles)
            .or_else("WebIdentityToken", web_identity)
            .or_else("EcsContainer", instance::container(&self.config, &self.timeouts))
            .or_else("Ec2InstanceMetadata", metadata)
    }

    /// The provider for profiles. If a profile gets its credentials from the machine, it uses our providers for that.
    fn profiles(
        &self,
        files: &SharedFiles,
        selected: &str,
        metadata: ImdsCredentialsProvider,
    ) -> ProfileFileCredentialsProvider {
        let text = files.to_text(!self.ignore_endpoints);
        let files = EnvConfigFiles::builder().with_contents(EnvConfigFileKind::Config, text).build();
        ProfileFileCredentialsProvider::builder()
            .configure(&self.config)
            .profile_files(files)
            .profile_name(sdk_name(selected))
            .with_custom_provider("EcsContainer", instance::container(&self.config, &self.timeouts))
            .with_custom_provider("Ec2InstanceMetadata", metadata)
            .build()
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
        let environment = if self.profile.is_none() { Env::real() } else { Env::from_slice(&[]) };
        ambient::check_key(&environment)?;
        let Chain { files, selected, provider } = self.chain()?;
        ambient::check_profiles(&environment, files, selected)?;
        let error = match provider.provide_credentials().await {
            Ok(credentials) => {
                let origin = match &self.profile {
                    None => origin(&credentials),
                    Some(name) => format!("profile {name} ({})", origin(&credentials)),
                };
                return Ok(Loaded { credentials, origin });
            }
            Err(error) => error,
        };
        let chain = files.chain(&selected.name);
        if let Some(profile) = mfa::find_mfa_profile(&chain) {
            return Err(CredentialsFailure::of_mfa(&error, profile));
        }
        if let Some(failure) = token_file::unreadable(&error, &chain, self.profile.is_none()).await {
            return Err(failure);
        }
        // The last profile of the chain is the one that has credentials of its own.
        let signs_in = chain.last().filter(|(_, own)| own.is_some_and(SharedSection::signs_in));
        if let Some((name, _)) = signs_in
            && is_sign_in_missing(&error)
        {
            return Err(CredentialsFailure::of_sign_in(&error, &self.name(), name));
        }
        Err(match &self.profile {
            None => CredentialsFailure::of_sdk(&error, "the default chain", NOWHERE, LOOKED_AT),
            Some(name) => CredentialsFailure::of_sdk(
                &error,
                &format!("profile {name}"),
                "check the profile's name and content in ~/.aws/config and ~/.aws/credentials (or in the files that \
                 AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE name); `aws configure list-profiles` lists them",
                "check the profile in ~/.aws/config: everything that it names must exist and work; test it with `aws sts \
                 get-caller-identity --profile`",
            ),
        })
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
