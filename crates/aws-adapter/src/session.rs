//! What the ports of one connection share: one HTTP client, one set of credentials, and SDK clients that are created when
//! they are first needed.

use crate::{
    AwsConnectionConfig,
    error::answers::AnswerCheck,
    sts::{ForgetRefused, Provider, Refreshing, credentials},
};
use aws_config::{
    BehaviorVersion, Region, SdkConfig, identity::IdentityCache, retry::RetryConfig,
    stalled_stream_protection::StalledStreamProtectionConfig, timeout::TimeoutConfig,
};
use aws_credential_types::provider::SharedCredentialsProvider;
use std::sync::{Arc, OnceLock};

/// One open connection.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) config: AwsConnectionConfig,
    pub(crate) credentials: Arc<Refreshing>,
    sdk: OnceLock<SdkConfig>,
    reading: OnceLock<aws_sdk_lambda::Client>,
    calling: OnceLock<aws_sdk_lambda::Client>,
    identity: OnceLock<aws_sdk_sts::Client>,
}

impl Session {
    pub(crate) fn new(config: AwsConnectionConfig) -> Self {
        let credentials = credentials(&config, &config.http);
        Self {
            config,
            credentials,
            sdk: OnceLock::new(),
            reading: OnceLock::new(),
            calling: OnceLock::new(),
            identity: OnceLock::new(),
        }
    }

    pub(crate) fn region(&self) -> &str {
        self.config.region.as_str()
    }

    /// The SDK's configuration. It is not built with the SDK's loader, which reads retry settings, endpoints and more from
    /// the environment and from profiles, and stops the process if one of them is malformed.
    pub(crate) fn sdk(&self) -> &SdkConfig {
        self.sdk.get_or_init(|| {
            let timeouts = TimeoutConfig::builder()
                .connect_timeout(self.config.timeouts.connect)
                .read_timeout(self.config.timeouts.read)
                // Getting credentials is part of an attempt and has a time limit of its own.
                .operation_attempt_timeout(self.config.timeouts.read + self.config.timeouts.credentials)
                .build();
            SdkConfig::builder()
                .behavior_version(BehaviorVersion::latest())
                .credentials_provider(SharedCredentialsProvider::new(Provider(Arc::clone(&self.credentials))))
                .identity_cache(IdentityCache::no_cache())
                .region(Region::new(self.region().to_owned()))
                .use_fips(self.config.use_fips)
                .use_dual_stack(self.config.use_dual_stack)
                .http_client(self.config.http.clone())
                .retry_config(RetryConfig::standard())
                .timeout_config(timeouts)
                .build()
        })
    }

    /// The Lambda client for requests that may be repeated, with the SDK's standard retries.
    pub(crate) fn reading(&self) -> &aws_sdk_lambda::Client {
        self.reading.get_or_init(|| aws_sdk_lambda::Client::from_conf(self.lambda().build()))
    }

    /// The Lambda client for requests that must not be repeated. Their time limits differ and are set for each request.
    pub(crate) fn calling(&self) -> &aws_sdk_lambda::Client {
        self.calling.get_or_init(|| {
            let config = self
                .lambda()
                .retry_config(RetryConfig::disabled())
                .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
            aws_sdk_lambda::Client::from_conf(config.build())
        })
    }

    fn lambda(&self) -> aws_sdk_lambda::config::Builder {
        let mut config = aws_sdk_lambda::config::Builder::from(self.sdk())
            .interceptor(AnswerCheck::shared(self.config.unmarked()))
            .interceptor(ForgetRefused(Arc::clone(&self.credentials)));
        config.set_endpoint_url(self.config.endpoint_url.clone());
        config
    }

    /// The STS client for requests that are signed with the connection's credentials.
    pub(crate) fn identity(&self) -> &aws_sdk_sts::Client {
        self.identity.get_or_init(|| {
            let mut config = aws_sdk_sts::config::Builder::from(self.sdk());
            config.set_endpoint_url(self.config.sts_endpoint_url.clone());
            config.push_interceptor(AnswerCheck::shared(self.config.unmarked()));
            config.set_timeout_config(Some(
                TimeoutConfig::builder()
                    .connect_timeout(self.config.timeouts.connect)
                    .operation_timeout(self.config.timeouts.identity)
                    .build(),
            ));
            aws_sdk_sts::Client::from_conf(config.build())
        })
    }
}
