//! One HTTP exchange for those who speak to small services: the same pools as the SDK's clients.

use crate::http::LazyHttp;
use async_trait::async_trait;
use aws_config::{BehaviorVersion, timeout::TimeoutConfig};
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_runtime::client::orchestrator::operation::Operation;
use aws_smithy_runtime_api::client::{
    connector_metadata::ConnectorMetadata,
    http::{HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector},
    orchestrator::{HttpRequest as WireRequest, HttpResponse, OrchestratorError},
    result::{ConnectorError, SdkError},
    runtime_components::RuntimeComponents,
};
use aws_smithy_types::body::SdkBody;
use http_body_util::{LengthLimitError, Limited};
use lamplight_domain::ErrorCode;
use lamplight_ports::{
    ExposeSecret, HttpAnswer, HttpExchange, HttpMethod, HttpRequest, LARGEST_HTTP_BODY, PortError,
    PortErrorKind, SecretString,
};
use std::{convert::Infallible, error::Error, time::Duration};

/// The longest wait for a connection, as in the AWS SDKs.
const CONNECT: Duration = Duration::from_millis(3100);

/// [`HttpExchange`] over the HTTP client of AWS connections. Clones share their connections.
///
/// ```
/// use lamplight_aws_adapter::Exchange;
/// let exchange = Exchange::default();
/// let the_same_pools = exchange.clone();
/// # let _ = the_same_pools;
/// ```
#[derive(Debug, Clone, Default)]
pub struct Exchange {
    pub(crate) http: LazyHttp,
}

#[async_trait]
impl HttpExchange for Exchange {
    async fn exchange(&self, request: HttpRequest) -> Result<HttpAnswer, PortError> {
        let shown = request.url.split('?').next().unwrap_or_default().to_owned();
        let uri: http::Uri = request.url.parse().map_err(|_| no_url(&shown))?;
        if !crate::http::is_endpoint(&request.url) {
            return Err(no_url(&shown));
        }
        let timeout = request.timeout;
        let operation = Operation::builder()
            .service_name("lamplight")
            .operation_name("exchange")
            .behavior_version(BehaviorVersion::latest())
            .http_client(Bounded { http: self.http.clone() })
            .endpoint_url(&format!("{}://{}", uri.scheme_str().unwrap_or_default(), authority(&uri)))
            .no_auth()
            .no_retry()
            .sleep_impl(TokioSleep::new())
            .timeout_config(
                TimeoutConfig::builder()
                    .connect_timeout(CONNECT.min(timeout))
                    .operation_timeout(timeout)
                    .build(),
            )
            .serializer(move |request: HttpRequest| wire(&request, &uri))
            .deserializer(|answer: &HttpResponse| Ok::<_, OrchestratorError<Infallible>>(read(answer)))
            .build();
        let answer = operation.invoke(request).await.map_err(|error| failed(&error, &shown, timeout))?;
        answer.ok_or_else(|| {
            let message = format!("the answer of {shown} is no UTF-8 text");
            PortError::new(PortErrorKind::Corrupt, ErrorCode::UnexpectedAnswer, message)
        })
    }
}

fn authority(uri: &http::Uri) -> &str {
    uri.authority().map(http::uri::Authority::as_str).unwrap_or_default()
}

fn no_url(shown: &str) -> PortError {
    PortError::new(PortErrorKind::InvalidRequest, ErrorCode::InvalidEndpoint, format!("{shown:?} is no URL"))
        .with_hint("give the scheme and the host, as in https://example.com/token")
}

/// The request on the wire. Its path alone: the endpoint puts scheme and host before it.
fn wire(
    request: &HttpRequest,
    uri: &http::Uri,
) -> Result<WireRequest, aws_smithy_runtime_api::box_error::BoxError> {
    let method = match request.method {
        HttpMethod::Get => "GET",
        HttpMethod::Post => "POST",
        HttpMethod::Put => "PUT",
    };
    let path = uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
    let mut built = http::Request::builder().method(method).uri(path);
    for (name, value) in &request.headers {
        let mut value = http::HeaderValue::from_str(value.expose_secret())
            .map_err(|_| format!("the value of header {name} has signs that no header may have"))?;
        value.set_sensitive(true);
        built = built.header(*name, value);
    }
    let body = match &request.body {
        Some(body) => {
            built = built.header("content-length", body.expose_secret().len());
            SdkBody::from(body.expose_secret())
        }
        None => SdkBody::empty(),
    };
    Ok(built.body(body)?.try_into()?)
}

/// `None` where the body is no text.
fn read(answer: &HttpResponse) -> Option<HttpAnswer> {
    let bytes = answer.body().bytes().unwrap_or_default();
    let body = SecretString::from(std::str::from_utf8(bytes).ok()?);
    let headers = answer.headers().iter().map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()));
    Some(HttpAnswer { status: answer.status().as_u16(), headers: headers.collect(), body })
}

fn failed<E>(error: &SdkError<E, HttpResponse>, shown: &str, timeout: Duration) -> PortError
where
    E: Error + 'static,
{
    if is_too_large(error) {
        let message = format!("the answer of {shown} is larger than {LARGEST_HTTP_BODY} bytes");
        return PortError::new(PortErrorKind::TooLarge, ErrorCode::UnexpectedAnswer, message)
            .with_hint("check that the URL is the service's");
    }
    let unavailable = |code, message: String| {
        PortError::new(PortErrorKind::Unavailable, code, message)
            .with_hint("check the URL, the network and the proxy settings")
    };
    let port_error = match error {
        SdkError::TimeoutError(_) => unavailable(
            ErrorCode::Timeout,
            format!("{shown} gave no answer within {} s", timeout.as_secs_f32()),
        ),
        SdkError::DispatchFailure(failure) if failure.is_timeout() || failure.is_io() => {
            unavailable(ErrorCode::ConnectionFailed, format!("no connection to {shown} came about"))
        }
        SdkError::DispatchFailure(_) => unavailable(
            ErrorCode::ConnectionFailed,
            format!("no secure connection to {shown} came about"),
        )
        .with_hint(
            "check the certificate of the service, this machine's CA certificates and the proxy settings",
        ),
        SdkError::ConstructionFailure(_) => PortError::new(
            PortErrorKind::InvalidRequest,
            ErrorCode::InvalidRequest,
            format!("the request to {shown} could not be built"),
        ),
        _ => unavailable(ErrorCode::IncompleteAnswer, format!("the answer of {shown} did not come whole")),
    };
    match crate::error::Cause::chain(error) {
        Some(cause) => port_error.with_source(cause),
        None => port_error,
    }
}

fn is_too_large(error: &(dyn Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if error.is::<LengthLimitError>() {
            return true;
        }
        cause = error.source();
    }
    false
}

/// The pools, with an end to how much of an answer is read.
#[derive(Debug, Clone)]
struct Bounded {
    http: LazyHttp,
}

#[derive(Debug)]
struct BoundedConnector(SharedHttpConnector);

impl HttpClient for Bounded {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(BoundedConnector(self.http.http_connector(settings, components)))
    }

    fn connector_metadata(&self) -> Option<ConnectorMetadata> {
        self.http.connector_metadata()
    }
}

impl HttpConnector for BoundedConnector {
    fn call(&self, request: WireRequest) -> HttpConnectorFuture {
        let answer = self.0.call(request);
        HttpConnectorFuture::new(async move {
            let answer: HttpResponse = answer.await?;
            Ok::<_, ConnectorError>(
                answer.map(|body| SdkBody::from_body_1_x(Limited::new(body, LARGEST_HTTP_BODY))),
            )
        })
    }
}
