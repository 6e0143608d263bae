//! What a connection is opened with.

use crate::{CredentialsSource, Timeouts};
use lamplight_aws_model::Region;
use lamplight_http_adapter::HttpClient;
use lamplight_ports::{NoSecrets, SecretResolver};
use std::sync::Arc;

/// One way into one account and region.
#[derive(Debug, Clone)]
pub struct AwsConnectionConfig {
    /// The region.
    pub region: Region,
    /// Where Lambda is, in place of AWS's own address: `http://…` or `https://…`.
    pub endpoint_url: Option<String>,
    /// Where STS is, in place of AWS's own address.
    pub sts_endpoint_url: Option<String>,
    /// Where Secrets Manager is, in place of AWS's own address.
    pub secrets_endpoint_url: Option<String>,
    /// The region whose STS gives the credentials of roles; the connection's own unless set.
    pub sts_region: Option<Region>,
    /// Whether the endpoints with FIPS 140 validated cryptography are used, where there are such.
    pub use_fips: bool,
    /// Whether the endpoints that are reached over IPv6 as well are used, where there are such.
    pub use_dual_stack: bool,
    /// Where credentials come from.
    pub credentials: CredentialsSource,
    /// Reads what the credentials give by reference.
    pub secrets: Arc<dyn SecretResolver>,
    /// How long things may take.
    pub timeouts: Timeouts,
    /// The HTTP client, which a clone shares its connections with.
    pub http: HttpClient,
}

impl AwsConnectionConfig {
    /// The region's own endpoints with ambient credentials.
    pub fn new(region: Region) -> Self {
        Self {
            region,
            endpoint_url: None,
            sts_endpoint_url: None,
            secrets_endpoint_url: None,
            sts_region: None,
            use_fips: false,
            use_dual_stack: false,
            credentials: CredentialsSource::default(),
            secrets: Arc::new(NoSecrets),
            timeouts: Timeouts::default(),
            http: HttpClient::default(),
        }
    }
}
