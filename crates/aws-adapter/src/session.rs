//! What the ports of one connection share: one HTTP client, one set of credentials, and SDK clients that
//! are made at the first call.

use crate::{AwsConnectionConfig, credentials, http::LazyHttp};
use aws_config::{
    BehaviorVersion, Region, SdkConfig, identity::IdentityCache, retry::RetryConfig,
    stalled_stream_protection::StalledStreamProtectionConfig, timeout::TimeoutConfig,
};
use tokio::sync::OnceCell;

/// One open connection.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) config: AwsConnectionConfig,
    pub(crate) http: LazyHttp,
    sdk: OnceCell<SdkConfig>,
    reading: OnceCell<aws_sdk_lambda::Client>,
    calling: OnceCell<aws_sdk_lambda::Client>,
    identity: OnceCell<aws_sdk_sts::Client>,
}

impl Session {
    pub(crate) fn new(config: AwsConnectionConfig) -> Self {
        Self {
            config,
            http: LazyHttp::default(),
            sdk: OnceCell::new(),
            reading: OnceCell::new(),
            calling: OnceCell::new(),
            identity: OnceCell::new(),
        }
    }

    pub(crate) fn region(&self) -> &str {
        self.config.region.as_str()
    }

    /// Built by hand and not by the SDK's loader: that one reads retry settings, endpoints and more from the
    /// environment and from profiles, and stops the process where one of them is malformed.
    async fn sdk(&self) -> &SdkConfig {
        self.sdk
            .get_or_init(|| async {
                let region = Region::new(self.region().to_owned());
                let timeouts = TimeoutConfig::builder()
                    .connect_timeout(self.config.timeouts.connect)
                    .read_timeout(self.config.timeouts.read)
                    .operation_attempt_timeout(self.config.timeouts.read)
                    .build();
                SdkConfig::builder()
                    .behavior_version(BehaviorVersion::latest())
                    .credentials_provider(
                        credentials::provider(&self.config.credentials, &region, &self.http).await,
                    )
                    .identity_cache(IdentityCache::lazy().build())
                    .region(region)
                    .http_client(self.http.clone())
                    .retry_config(RetryConfig::standard())
                    .timeout_config(timeouts)
                    .build()
            })
            .await
    }

    /// Lambda, for what may be repeated: the SDK's standard retries.
    pub(crate) async fn reading(&self) -> &aws_sdk_lambda::Client {
        self.reading
            .get_or_init(|| async { aws_sdk_lambda::Client::from_conf(self.lambda().await.build()) })
            .await
    }

    /// Lambda, for what must not be repeated. The waits differ from call to call and are set there.
    pub(crate) async fn calling(&self) -> &aws_sdk_lambda::Client {
        self.calling
            .get_or_init(|| async {
                let config = self
                    .lambda()
                    .await
                    .retry_config(RetryConfig::disabled())
                    .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
                aws_sdk_lambda::Client::from_conf(config.build())
            })
            .await
    }

    async fn lambda(&self) -> aws_sdk_lambda::config::Builder {
        let mut config = aws_sdk_lambda::config::Builder::from(self.sdk().await);
        config.set_endpoint_url(self.config.endpoint_url.clone());
        config
    }

    /// STS.
    pub(crate) async fn identity(&self) -> &aws_sdk_sts::Client {
        self.identity
            .get_or_init(|| async {
                let mut config = aws_sdk_sts::config::Builder::from(self.sdk().await);
                config.set_endpoint_url(self.config.sts_endpoint_url.clone());
                aws_sdk_sts::Client::from_conf(config.build())
            })
            .await
    }
}
