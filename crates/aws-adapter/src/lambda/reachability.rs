//! Checks whether Lambda's endpoint answers.

use crate::session::Session;
use async_trait::async_trait;
use aws_sdk_lambda::config::endpoint::{DefaultResolver, Params, ResolveEndpoint};
use lamplight_domain::{ErrorCode, FunctionRef};
use lamplight_ports::{HttpExchange, HttpMethod, HttpRequest, PortError, PortErrorKind, Reachability};
use std::{sync::Arc, time::Duration};

/// How long the endpoint may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// [`Reachability`] with an unsigned request. Lambda refuses it, but a refusal proves that Lambda can be reached.
#[derive(Debug)]
pub struct AwsReachability {
    session: Arc<Session>,
}

impl AwsReachability {
    pub(crate) fn new(session: Arc<Session>) -> Self {
        Self { session }
    }

    /// The URL of Lambda: the connection's endpoint URL, or AWS's endpoint for the region, FIPS and dual stack.
    ///
    /// # Errors
    /// [`InvalidRequest`](PortErrorKind::InvalidRequest) if AWS does not have such an endpoint.
    pub async fn address(&self) -> Result<String, PortError> {
        let config = &self.session.config;
        if let Some(url) = &config.endpoint_url {
            return Ok(url.clone());
        }
        let unknown = |source: String| {
            let message = format!("Lambda does not have such an endpoint in region {}", config.region);
            PortError::new(PortErrorKind::InvalidRequest, ErrorCode::InvalidEndpoint, message)
                .with_hint("not every region has FIPS or dual-stack endpoints")
                .with_source(source)
        };
        let params = Params::builder()
            .region(config.region.as_str())
            .use_fips(config.use_fips)
            .use_dual_stack(config.use_dual_stack)
            .build()
            .map_err(|error| unknown(error.to_string()))?;
        let resolved = DefaultResolver::new().resolve_endpoint(&params).await;
        resolved.map(|endpoint| endpoint.url().to_owned()).map_err(|error| unknown(error.to_string()))
    }
}

#[async_trait]
impl Reachability for AwsReachability {
    async fn reach(&self, _: Option<&FunctionRef>) -> Result<String, PortError> {
        let address = self.address().await?;
        let request = HttpRequest {
            method: HttpMethod::Get,
            url: address.clone(),
            headers: Vec::new(),
            body: None,
            timeout: PATIENCE,
        };
        self.session.config.http.exchange(request).await?;
        Ok(address)
    }
}
