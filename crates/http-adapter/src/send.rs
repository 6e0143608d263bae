//! One request, sent once, and its answer as bytes.

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

/// A request. Every header and the body may hold a secret, so `Debug` shows neither, nor the URL's query.
#[derive(Clone)]
pub struct Request {
    /// How it asks.
    pub method: HttpMethod,
    /// An absolute `http` or `https` URL.
    pub url: String,
    /// The headers, beside `host` and `content-length`.
    pub headers: Vec<(String, SecretString)>,
    /// The body; `None` sends no `content-length` either.
    pub body: Option<Bytes>,
    /// How long it may take.
    pub waits: Waits,
    /// The most that is read of the answer's body, in bytes; a larger one is
    /// [`TooLarge`](SendFailureKind::TooLarge).
    pub largest_answer: usize,
}

/// How long one request may take. There is no upper end: a connection that is silent for long is kept alive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waits {
    /// TCP connection, proxy tunnel and TLS handshake together.
    pub connect: Duration,
    /// From the start to the head of the answer.
    pub head: Duration,
    /// From the start to the last byte of the answer.
    pub whole: Duration,
}

/// An answer, whatever its status. Headers and body may hold a secret, so `Debug` shows neither.
#[derive(Clone)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The headers; names are in lower case, and values that are no text are left out.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Bytes,
}

impl Answer {
    /// The first header of this name, which is given in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }
}

/// Why there is no whole answer. No part of it shows a header, a body or the URL's query.
#[derive(Debug, thiserror::Error)]
#[error("{kind}")]
pub struct SendFailure {
    /// What happened.
    pub kind: SendFailureKind,
    /// Whether a byte of the request can have left. `false` is proof that none has.
    pub may_have_left: bool,
    /// The status of an answer that began.
    pub status: Option<u16>,
    /// What lies beneath.
    pub source: Option<Cause>,
}

/// What happened to a request without a whole answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SendFailureKind {
    /// The URL has another scheme than `http` and `https`, or no host. Nothing was sent.
    #[error("no request can be sent to the URL")]
    InvalidUrl,
    /// A header's name or value cannot be sent. Nothing was sent.
    #[error("the request could not be built")]
    InvalidRequest,
    /// There was no connection, or none in time. Nothing was sent; it may come about another time.
    #[error("no connection came about")]
    NoConnection,
    /// The two sides could not agree on a connection: a certificate that is not trusted, a proxy that refuses. Nothing
    /// was sent, and it will be the same again.
    #[error("no secure connection came about")]
    NotAgreed,
    /// The time given ran out.
    #[error("no whole answer came in time")]
    Timeout,
    /// The connection ended before an answer began.
    #[error("the connection ended before an answer came")]
    NoAnswer,
    /// An answer began and did not come whole.
    #[error("the answer did not come whole")]
    Incomplete,
    /// The answer's body is larger than was to be read.
    #[error("the answer is larger than was to be read")]
    TooLarge,
}

impl HttpClient {
    /// Sends one request and waits for its whole answer.
    ///
    /// A caller that may stop waiting gives a clone of its [`Departure`] and asks it afterwards.
    ///
    /// # Guarantees
    /// - The request is sent at most once. It is repeated on no condition, and no redirect is followed.
    /// - Any answer that came whole is `Ok`, whatever its status.
    ///
    /// # Errors
    /// [`SendFailure`]; its `may_have_left` is `false` only where no connection had been handed the request.
    pub async fn send(&self, request: Request, departure: &Departure) -> Result<Answer, SendFailure> {
        let (http, trail) = OneShot::new(self.reading_at_most(request.largest_answer));
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
            .serializer(move |request: Request| wire(&request, &uri))
            .deserializer(|answer: &HttpResponse| Ok::<_, OrchestratorError<Infallible>>(read(answer)))
            .build();
        let sent = operation.invoke(request).await;
        sent.map_err(|error| failure(&error, trail.may_have_left()))
    }
}

/// The request on the wire. Its path alone: the endpoint puts scheme and host before it.
fn wire(request: &Request, uri: &Uri) -> Result<WireRequest, BoxError> {
    let method = match request.method {
        HttpMethod::Get => "GET",
        HttpMethod::Post => "POST",
        HttpMethod::Put => "PUT",
    };
    let path = uri.path_and_query().map_or("/", PathAndQuery::as_str);
    let mut built = http::Request::builder().method(method).uri(path);
    for (name, value) in &request.headers {
        let mut value = HeaderValue::from_str(value.expose_secret())
            .map_err(|_| format!("the value of header {name} has signs that no header may have"))?;
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
