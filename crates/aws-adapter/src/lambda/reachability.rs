//! Checks whether Lambda's endpoint answers.

use crate::session::Session;
use async_trait::async_trait;
use aws_sdk_lambda::config::endpoint::{DefaultResolver, Params, ResolveEndpoint};
use lamplight_domain::{AnswerOrigin, ErrorCode, FunctionRef};
use lamplight_ports::{
    ExposeSecret, HttpAnswer, HttpExchange, HttpMethod, HttpRequest, PortError, PortErrorKind, Reachability,
};
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
        let answer = self.session.config.http.exchange(request).await?;
        // An emulator may send no marks.
        match self.session.config.endpoint_url {
            Some(_) => Ok(address),
            None => check_sender(&answer, &address).map(|()| address),
        }
    }
}

/// Fails if the answer is not from Lambda, which marks every answer with a request ID.
fn check_sender(answer: &HttpAnswer, address: &str) -> Result<(), PortError> {
    let header =
        |wanted: &str| answer.headers.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.clone());
    if header("x-amzn-requestid").is_some() {
        return Ok(());
    }
    let origin = AnswerOrigin {
        content_type: header("content-type"),
        server: header("server"),
        via: header("via"),
        text: answer.body.expose_secret().to_owned(),
        hint: None,
    };
    // Nothing secret was sent.
    let sender = origin.describe(|_| false);
    let message = format!("the answer of {address} is not from Lambda: HTTP {} ({sender})", answer.status);
    Err(PortError::new(PortErrorKind::Corrupt, ErrorCode::UnexpectedAnswer, message)
        .with_hint("a proxy or a portal answers instead: check the network and the proxy settings"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_answer_with_a_request_id_is_lambdas() {
        let answer = |headers: &[(&str, &str)]| HttpAnswer {
            status: 403,
            headers: headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            body: "<p>Access blocked</p>".into(),
        };
        let address = "https://lambda.eu-west-1.amazonaws.com";
        assert!(check_sender(&answer(&[("x-amzn-requestid", "1")]), address).is_ok());
        let error = check_sender(&answer(&[("server", "squid")]), address).unwrap_err();
        assert_eq!(
            error.message,
            "the answer of https://lambda.eu-west-1.amazonaws.com is not from Lambda: HTTP 403 (server squid, text \
             \"Access blocked\")"
        );
    }
}
