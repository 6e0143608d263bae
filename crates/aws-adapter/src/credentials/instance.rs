//! What the machine is given: by the endpoint of its container, or by the metadata service of its instance.

use super::{CredentialsFailure, Loaded, Source, sdk_chain::provider_config};
use crate::{AwsConnectionConfig, codes, http::LazyHttp};
use async_trait::async_trait;
use aws_config::{
    ecs::EcsCredentialsProvider,
    imds::{self, credentials::ImdsCredentialsProvider},
    provider_config::ProviderConfig,
};
use aws_credential_types::provider::{ProvideCredentials, error::CredentialsError};
use std::time::Duration;

/// How often the instance metadata service is asked.
const ATTEMPTS: u32 = 2;
/// How long one attempt may take. The service is on the machine's own host and answers within milliseconds.
const ATTEMPT: Duration = Duration::from_millis(700);
/// How long one question may take with its repetition. Where there is no such service a person is told so
/// within two seconds.
const QUESTION: Duration = Duration::from_millis(1700);

/// The client of the instance metadata service, version 2 alone.
pub(super) fn metadata(config: &ProviderConfig) -> imds::Client {
    imds::Client::builder()
        .configure(config)
        .max_attempts(ATTEMPTS)
        .connect_timeout(ATTEMPT)
        .read_timeout(ATTEMPT)
        .operation_attempt_timeout(ATTEMPT)
        .operation_timeout(QUESTION)
        .build()
}

/// The container's endpoint where the environment names one, else the instance's metadata service.
#[derive(Debug)]
pub(super) struct Instance {
    container: EcsCredentialsProvider,
    instance: ImdsCredentialsProvider,
}

impl Instance {
    pub(super) fn new(config: &AwsConnectionConfig, http: &LazyHttp) -> Self {
        let config = provider_config(config, http);
        Self {
            container: EcsCredentialsProvider::builder().configure(&config).build(),
            instance: ImdsCredentialsProvider::builder()
                .configure(&config)
                .imds_client(metadata(&config))
                .build(),
        }
    }
}

#[async_trait]
impl Source for Instance {
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
        match self.instance.provide_credentials().await {
            Ok(credentials) => Ok(Loaded { credentials, origin: "instance metadata".to_owned() }),
            Err(error) => {
                const INSTANCE: &str = "this method works on EC2, ECS and EKS alone: check that the instance has a role, that \
                     AWS_EC2_METADATA_DISABLED is not set, and that the metadata hop limit is 2 where this runs in a container";
                let failure =
                    CredentialsFailure::of_sdk(&error, "instance metadata service", INSTANCE, INSTANCE);
                Err(CredentialsFailure { code: codes::INSTANCE_CREDENTIALS_FAILED, ..failure })
            }
        }
    }
}
