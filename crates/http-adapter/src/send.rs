//! Sends one request once and returns the response as bytes.

use crate::{Cause, HttpClient, OneShot, is_endpoint};
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_runtime::client::orchestrator::operation::Operation;
use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        behavior_version::BehaviorVersion,
        orchestrator::{HttpRequest as WireRequest, HttpResponse, OrchestratorError},
        result::SdkError,
    },
};
use aws_smithy_types::{body::SdkBody, timeout::TimeoutConfig};
use bytes::Bytes;
use http::{HeaderValue, Uri, uri::Authority, uri::PathAndQuery};
use http_body_util::LengthLimitError;
use lamplight_ports::{Departure, ExposeSecret, HttpMethod, SecretString};
use std::{convert::Infallible, error::Error, fmt, time::Duration};

/// A request. Headers, the body and the URL's query may contain secrets, so `Debug` does not show them.
#[derive(Clone)]
pub struct Request {
    /// The HTTP method.
    pub method: HttpMethod,
    /// An absolute `http` or `https` URL.
    pub url: String,
    /// The headers, except `host` and `content-length`, which are added.
    pub headers: Vec<(String, SecretString)>,
    /// The body; with `None`, `content-length` is not sent either.
    pub body: Option<Bytes>,
    /// The timeouts.
    pub waits: Waits,
    /// The maximum size of the response body, in bytes; a larger one is an error,
    /// [`TooLarge`](SendFailureKind::TooLarge).
    pub largest_answer: usize,
}

/// The timeouts of one request. They may be of any length: TCP keepalive keeps an idle connection open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waits {
    /// TCP connection, proxy tunnel and TLS handshake together.
    pub connect: Duration,
    /// From the start to the response headers.
    pub head: Duration,
    /// From the start to the last byte of the response.
    pub whole: Duration,
}

/// A response with any status. Headers and body may contain secrets, so `Debug` does not show them.
#[derive(Clone)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The headers. Names are in lower case; values that are not text are left out.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Bytes,
}

impl Answer {
    /// The value of the first header called `name`, which must be in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }
}

/// Why there is no complete response. It never shows a header, a body or the URL's query.
#[derive(Debug, thiserror::Error)]
#[error("{kind}")]
pub struct SendFailure {
    /// What happened.
    pub kind: SendFailureKind,
    /// Whether any byte of the request may have been sent; `false` proves that none was.
    pub may_have_left: bool,
    /// The HTTP status, if the response headers arrived.
    pub status: Option<u16>,
    /// The cause.
    pub source: Option<Cause>,
}

/// What happened to a request without a complete response.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SendFailureKind {
    /// The URL's scheme is not `http` or `https`, or it has no host. Nothing was sent.
    #[error("cannot send a request to this URL")]
    InvalidUrl,
    /// A header's name or value cannot be sent. Nothing was sent.
    #[error("could not build the request")]
    InvalidRequest,
    /// Could not connect, or not in time. Nothing was sent; a retry may succeed.
    #[error("could not connect")]
    NoConnection,
    /// The TLS handshake or the proxy tunnel failed, for example because a certificate is not trusted or the proxy
    /// refused the connection. Nothing was sent; a retry will fail in the same way.
    #[error("the TLS handshake or the proxy tunnel failed")]
    NotAgreed,
    /// A timeout expired.
    #[error("no complete response in time")]
    Timeout,
    /// The connection was closed before a response began.
    #[error("the connection was closed before a response arrived")]
    NoAnswer,
    /// A response began but is incomplete.
    #[error("the response is incomplete")]
    Incomplete,
    /// The response body is larger than [`Request::largest_answer`].
    #[error("the response is larger than the limit")]
    TooLarge,
}

impl HttpClient {
    /// Sends one request and waits for its complete response.
    ///
    /// A caller that may stop waiting keeps a clone of `departure`, which then says whether any byte may have been sent.
    ///
    /// # Guarantees
    /// - The request is sent at most once. It is never retried, and redirects are not followed.
    /// - Every complete response is `Ok`, whatever its status.
    ///
    /// # Errors
    /// [`SendFailure`]; its `may_have_left` is `false` only if the request was not handed to a connection.
    pub async fn send(&self, request: Request, departure: &Departure) -> Result<Answer, SendFailure> {
        let (http, trail) = OneShot::new(self.with_largest_answer(request.largest_answer));
        departure.set_probe({
            let trail = trail.clone();
            move || trail.may_have_left()
        });
        let invalid = |kind| SendFailure { kind, may_have_left: false, status: None, source: None };
        let uri: Uri = match request.url.parse() {
            Ok(uri) if is_endpoint(&request.url) => uri,
            _ => return Err(invalid(SendFailureKind::InvalidUrl)),
        };
        let authority = uri.authority().map(Authority::as_str).unwrap_or_default();
        let Waits { connect, head, whole } = request.waits;
        let operation = Operation::builder()
            .service_name("lamplight")
            .operation_name("send")
            .behavior_version(BehaviorVersion::latest())
            .http_client(http)
            .endpoint_url(&format!("{}://{authority}", uri.scheme_str().unwrap_or_default()))
            .no_auth()
            .no_retry()
            .sleep_impl(TokioSleep::new())
            .timeout_config(
                TimeoutConfig::builder()
                    .connect_timeout(connect.min(whole))
                    .read_timeout(head)
                    .operation_timeout(whole)
                    .build(),
            )
            .serializer(move |request: Request| build_request(&request, &uri))
            .deserializer(|answer: &HttpResponse| Ok::<_, OrchestratorError<Infallible>>(read(answer)))
            .build();
        let sent = operation.invoke(request).await;
        sent.map_err(|error| failure(&error, trail.may_have_left()))
    }
}

/// Builds the HTTP request. Its URI is only the path and query; the SDK adds the endpoint's scheme and host.
fn build_request(request: &Request, uri: &Uri) -> Result<WireRequest, BoxError> {
    let method = match request.method {
        HttpMethod::Get => "GET",
        HttpMethod::Post => "POST",
        HttpMethod::Put => "PUT",
    };
    let path = uri.path_and_query().map_or("/", PathAndQuery::as_str);
    let mut built = http::Request::builder().method(method).uri(path);
    for (name, value) in &request.headers {
        let mut value = HeaderValue::from_str(value.expose_secret()).map_err(|_| {
            format!("the value of header {name} contains characters that are not allowed in a header")
        })?;
        value.set_sensitive(true);
        built = built.header(name, value);
    }
    let body = match &request.body {
        Some(body) => {
            built = built.header("content-length", body.len());
            SdkBody::from(body.clone())
        }
        None => SdkBody::empty(),
    };
    Ok(built.body(body)?.try_into()?)
}

fn read(answer: &HttpResponse) -> Answer {
    let headers = answer.headers().iter().map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()));
    Answer {
        status: answer.status().as_u16(),
        headers: headers.collect(),
        body: answer.body().bytes().map(Bytes::copy_from_slice).unwrap_or_default(),
    }
}

fn failure<E>(error: &SdkError<E, HttpResponse>, may_have_left: bool) -> SendFailure
where
    E: Error + 'static,
{
    let kind = match error {
        error if is_too_large(error) => SendFailureKind::TooLarge,
        SdkError::TimeoutError(_) => SendFailureKind::Timeout,
        SdkError::DispatchFailure(failure) if failure.is_timeout() && may_have_left => {
            SendFailureKind::Timeout
        }
        SdkError::ResponseError(_) | SdkError::ServiceError(_) => SendFailureKind::Incomplete,
        _ if may_have_left => SendFailureKind::NoAnswer,
        SdkError::DispatchFailure(failure) if failure.is_timeout() || failure.is_io() => {
            SendFailureKind::NoConnection
        }
        SdkError::DispatchFailure(_) => SendFailureKind::NotAgreed,
        _ => SendFailureKind::InvalidRequest,
    };
    let status = error.raw_response().map(|answer| answer.status().as_u16());
    SendFailure { kind, may_have_left, status, source: Cause::chain(error) }
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

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("url", &self.url.split('?').next().unwrap_or_default())
            .field("headers", &names)
            .field("body_bytes", &self.body.as_ref().map(Bytes::len))
            .field("waits", &self.waits)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("status", &self.status)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}
