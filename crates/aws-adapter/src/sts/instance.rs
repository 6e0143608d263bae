//! Credentials of the machine itself: from the endpoint of its container, or from the metadata service of its instance.

use super::{
    load::{Loaded, Source},
    provider_config::provider_config,
};
use crate::{AwsConnectionConfig, error::CredentialsFailure};
use async_trait::async_trait;
use aws_config::{
    ecs::EcsCredentialsProvider,
    imds::{self, credentials::ImdsCredentialsProvider},
    provider_config::ProviderConfig,
};
use aws_credential_types::provider::{ProvideCredentials, error::CredentialsError, future};
use aws_types::os_shim_internal::Env;
use lamplight_aws_model::{SharedSection, codes};
use lamplight_domain::{EndpointError, ErrorCode, HostScope, check_secret_endpoint};
use lamplight_http_adapter::HttpClient;
use lamplight_ports::{PortError, PortErrorKind};
use std::time::Duration;

/// How many attempts a request to the instance metadata service has.
const ATTEMPTS: u32 = 2;
/// How long one attempt may take. The service is on the machine's own host and answers within milliseconds.
const ATTEMPT: Duration = Duration::from_millis(700);
/// How long one request may take, including the retry. On a machine without the service, the user gets an error within two
/// seconds.
const QUESTION: Duration = Duration::from_millis(1700);

/// The address of the instance metadata service: from variables, from the profile, or the usual one. The SDK would find it
/// in the profile that `AWS_PROFILE` names, even if another one is used.
pub(super) fn address(
    variable: &dyn Fn(&str) -> Option<String>,
    profile: Option<&SharedSection>,
) -> Result<String, CredentialsFailure> {
    let setting = |name: &str| {
        let of_profile = || profile?.value(&name.to_lowercase()).map(str::to_owned);
        variable(&format!("AWS_{name}")).or_else(of_profile)
    };
    if let Some(address) = setting("EC2_METADATA_SERVICE_ENDPOINT") {
        return Ok(address);
    }
    match setting("EC2_METADATA_SERVICE_ENDPOINT_MODE") {
        None => Ok("http://169.254.169.254".to_owned()),
        Some(mode) if mode.eq_ignore_ascii_case("ipv4") => Ok("http://169.254.169.254".to_owned()),
        Some(mode) if mode.eq_ignore_ascii_case("ipv6") => Ok("http://[fd00:ec2::254]".to_owned()),
        Some(_) => Err(wrong("the mode of the instance metadata service must be IPv4 or IPv6", "MODE")),
    }
}

fn wrong(message: &str, suffix: &str) -> CredentialsFailure {
    let suffix = if suffix.is_empty() { String::new() } else { format!("_{suffix}") };
    let hint = format!(
        "change AWS_EC2_METADATA_SERVICE_ENDPOINT{suffix}, or ec2_metadata_service_endpoint{} in the profile",
        suffix.to_lowercase()
    );
    let error = PortError::new(PortErrorKind::InvalidRequest, ErrorCode::InvalidEndpoint, message);
    CredentialsFailure::of_settings(error.with_hint(hint))
}

/// The client of the instance metadata service at this address, which uses only version 2.
fn metadata(
    config: &ProviderConfig,
    address: &str,
    allow_http: bool,
) -> Result<imds::Client, CredentialsFailure> {
    let invalid = || wrong("the address of the instance metadata service is not a valid URL", "");
    match check_secret_endpoint(address, HostScope::Link) {
        Err(EndpointError::Plain) if !allow_http => {
            return Err(wrong(
                "the address of the instance metadata service uses plain HTTP to another machine",
                "",
            ));
        }
        Ok(()) | Err(EndpointError::Plain) => {}
        Err(_) => return Err(invalid()),
    }
    let builder = imds::Client::builder().endpoint(address).map_err(|_| invalid())?;
    let client = builder
        .configure(config)
        .max_attempts(ATTEMPTS)
        .connect_timeout(ATTEMPT)
        .read_timeout(ATTEMPT)
        .operation_attempt_timeout(ATTEMPT)
        .operation_timeout(QUESTION)
        .build();
    Ok(client)
}

/// A provider with a time limit.
#[derive(Debug)]
pub(super) struct TimeLimited<P>(P, Duration);

impl<P: ProvideCredentials> ProvideCredentials for TimeLimited<P> {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        let Self(provider, patience) = self;
        future::ProvideCredentials::new(async {
            let given = tokio::time::timeout(*patience, provider.provide_credentials()).await;
            given.unwrap_or_else(|_| Err(CredentialsError::provider_timed_out(*patience)))
        })
    }
}

/// The provider for the container's endpoint.
pub(super) fn container(
    config: &ProviderConfig,
    timeouts: &crate::Timeouts,
) -> TimeLimited<EcsCredentialsProvider> {
    TimeLimited(EcsCredentialsProvider::builder().configure(config).build(), timeouts.container)
}

/// The provider for the instance's role, with the metadata service at this address.
pub(super) fn instance(
    config: &ProviderConfig,
    address: &str,
    allow_http: bool,
) -> Result<ImdsCredentialsProvider, CredentialsFailure> {
    let client = metadata(config, address, allow_http)?;
    Ok(ImdsCredentialsProvider::builder().configure(config).imds_client(client).build())
}

/// The source that uses the container's endpoint if the environment names one, or else the instance metadata service.
#[derive(Debug)]
pub(super) struct Instance {
    container: TimeLimited<EcsCredentialsProvider>,
    instance: Result<ImdsCredentialsProvider, CredentialsFailure>,
}

impl Instance {
    pub(super) fn new(config: &AwsConnectionConfig, http: &HttpClient) -> Self {
        let provider_config = provider_config(config, http);
        let variable = |name: &str| Env::real().get(name).ok().filter(|value| !value.is_empty());
        let instance = address(&variable, None)
            .and_then(|address| instance(&provider_config, &address, config.allow_http));
        Self { container: container(&provider_config, &config.timeouts), instance }
    }
}

#[async_trait]
impl Source for Instance {
    fn name(&self) -> String {
        "the machine's own credentials".to_owned()
    }

    async fn load(&self) -> Result<Loaded, CredentialsFailure> {
        match self.container.provide_credentials().await {
            Ok(credentials) => return Ok(Loaded { credentials, origin: "container endpoint".to_owned() }),
            Err(CredentialsError::CredentialsNotLoaded(_)) => {}
            Err(error) => {
                const CONTAINER: &str = "check AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or AWS_CONTAINER_CREDENTIALS_FULL_URI, the \
                     authorization token beside it, and that the task or pod has a role";
                return Err(CredentialsFailure::of_sdk(&error, "container endpoint", CONTAINER, CONTAINER));
            }
        }
        match self.instance.as_ref().map_err(Clone::clone)?.provide_credentials().await {
            Ok(credentials) => Ok(Loaded { credentials, origin: "instance metadata".to_owned() }),
            Err(error) => {
                const INSTANCE: &str = "this method works only on EC2, ECS and EKS: check that the instance has a role, that \
                     AWS_EC2_METADATA_DISABLED is not set, and that the metadata hop limit is 2 if this runs in a container";
                let failure =
                    CredentialsFailure::of_sdk(&error, "instance metadata service", INSTANCE, INSTANCE);
                Err(CredentialsFailure { code: codes::INSTANCE_CREDENTIALS_FAILED, ..failure })
            }
        }
    }
}
