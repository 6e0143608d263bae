//! The configuration of a connection to AWS.

use crate::{CredentialsSource, Timeouts, lambda::Unmarked};
use lamplight_aws_model::{Region, SharedFiles};
use lamplight_http_adapter::HttpClient;
use lamplight_ports::{NoSecrets, SecretResolver};
use std::sync::Arc;

/// A connection to one account and region.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "settings that do not depend on each other")]
pub struct AwsConnectionConfig {
    /// The region.
    pub region: Region,
    /// The URL of Lambda, `http://…` or `https://…`, instead of AWS's own endpoint.
    pub endpoint_url: Option<String>,
    /// Whether answers to calls count without a header that only Lambda sets. Only for an `endpoint_url` of an emulator that
    /// sends none.
    pub unmarked_answers: bool,
    /// The URL of STS, instead of AWS's own endpoint.
    pub sts_endpoint_url: Option<String>,
    /// The URL of Secrets Manager, instead of AWS's own endpoint.
    pub secrets_endpoint_url: Option<String>,
    /// The region of the STS endpoint that gives the credentials of roles. Default: the connection's region.
    pub sts_region: Option<Region>,
    /// Whether to use the endpoints with FIPS 140 validated cryptography, if they exist.
    pub use_fips: bool,
    /// Whether to use the dual-stack endpoints, which also support IPv6, if they exist.
    pub use_dual_stack: bool,
    /// Where credentials come from.
    pub credentials: CredentialsSource,
    /// The files with profiles. Without them, they are read when credentials are first needed.
    pub shared_files: Option<Arc<SharedFiles>>,
    /// Whether variables and profiles that replace AWS's own endpoints are ignored. The other fields have no such values
    /// then; this is for what the SDK reads itself.
    pub ignore_configured_endpoints: bool,
    /// Whether the instance metadata service may be at a plain HTTP address on another machine.
    pub allow_http: bool,
    /// Reads the secrets that the credentials refer to.
    pub secrets: Arc<dyn SecretResolver>,
    /// The time limits.
    pub timeouts: Timeouts,
    /// The HTTP client. Clones share its connections.
    pub http: HttpClient,
}

impl AwsConnectionConfig {
    /// The region's own endpoints with ambient credentials.
    pub fn new(region: Region) -> Self {
        Self {
            region,
            endpoint_url: None,
            unmarked_answers: false,
            sts_endpoint_url: None,
            secrets_endpoint_url: None,
            sts_region: None,
            use_fips: false,
            use_dual_stack: false,
            credentials: CredentialsSource::default(),
            shared_files: None,
            ignore_configured_endpoints: false,
            allow_http: false,
            secrets: Arc::new(NoSecrets),
            timeouts: Timeouts::default(),
            http: HttpClient::default(),
        }
    }

    /// What an answer without the mark of AWS means.
    pub(crate) fn unmarked(&self) -> Unmarked {
        match (&self.endpoint_url, self.unmarked_answers) {
            (None, _) => Unmarked::Foreign,
            (Some(_), false) => Unmarked::ForeignAtOwnEndpoint,
            (Some(_), true) => Unmarked::Accepted,
        }
    }
}
