//! What the SDK's own providers of credentials are made with.

use super::sts_address::StsAddress;
use crate::AwsConnectionConfig;
use aws_config::{Region, provider_config::ProviderConfig};
use lamplight_http_adapter::HttpClient;

/// What the SDK's own providers are made with: our HTTP client, and the connection's region and STS for the roles
/// that profiles and the environment name.
pub(super) fn provider_config(config: &AwsConnectionConfig, http: &HttpClient) -> ProviderConfig {
    let region = config.sts_region.as_ref().unwrap_or(&config.region);
    let region = Region::new(region.as_str().to_owned());
    let base = ProviderConfig::without_region()
        .with_region(Some(region.clone()))
        .with_use_fips(Some(config.use_fips))
        .with_use_dual_stack(Some(config.use_dual_stack));
    match &config.sts_endpoint_url {
        Some(url) => base.with_http_client(StsAddress::new(http.clone(), url, region)),
        None => base.with_http_client(http.clone()),
    }
}
