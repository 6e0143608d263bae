//! The configuration of the SDK's own credentials providers.

use super::sts_address::StsAddress;
use crate::AwsConnectionConfig;
use aws_config::{Region, provider_config::ProviderConfig};
use lamplight_http_adapter::HttpClient;

/// The configuration of the SDK's own providers: our HTTP client, and the connection's region and STS endpoint for roles in
/// profiles and in the environment.
pub(super) fn provider_config(config: &AwsConnectionConfig, http: &HttpClient) -> ProviderConfig {
    let region = config.sts_region.as_ref().unwrap_or(&config.region);
    let region = Region::new(region.as_str().to_owned());
    let base = ProviderConfig::without_region()
        .with_region(Some(region.clone()))
        .with_use_fips(Some(config.use_fips))
        .with_use_dual_stack(Some(config.use_dual_stack));
    match &config.sts_endpoint_url {
        Some(url) => base.with_http_client(StsAddress::new(http.clone(), url, region)),
        None if config.ignore_configured_endpoints => base.with_http_client(StsAddress::of_aws(
            http.clone(),
            region,
            config.use_fips,
            config.use_dual_stack,
        )),
        None => base.with_http_client(http.clone()),
    }
}
