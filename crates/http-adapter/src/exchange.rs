//! Implements the `HttpExchange` port, which token endpoints and secret stores are called with.

use crate::{Answer, HttpClient, Request, SendFailure, SendFailureKind, Waits};
use async_trait::async_trait;
use bytes::Bytes;
use lamplight_domain::ErrorCode;
use lamplight_ports::{
    Departure, ExposeSecret, HttpAnswer, HttpExchange, HttpRequest, LARGEST_HTTP_BODY, PortError,
    PortErrorKind, SecretString,
};
use std::time::Duration;

/// The connect timeout, the same as in the AWS SDKs.
const CONNECT: Duration = Duration::from_millis(3100);

#[async_trait]
impl HttpExchange for HttpClient {
    async fn exchange(&self, request: HttpRequest) -> Result<HttpAnswer, PortError> {
        let shown = request.url.split('?').next().unwrap_or_default().to_owned();
        let timeout = request.timeout;
        let request = Request {
            method: request.method,
            url: request.url,
            headers: request.headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
            body: request.body.map(|body| Bytes::copy_from_slice(body.expose_secret().as_bytes())),
            waits: Waits { connect: CONNECT, head: timeout, whole: timeout },
            largest_answer: LARGEST_HTTP_BODY,
        };
        match self.send(request, &Departure::default()).await {
            Ok(answer) => decode(answer).ok_or_else(|| {
                let message = format!("the response from {shown} is not valid UTF-8");
                PortError::new(PortErrorKind::Corrupt, ErrorCode::UnexpectedAnswer, message)
            }),
            Err(failure) => Err(port_error(failure, &shown, timeout)),
        }
    }
}

/// `None` if the body is not valid UTF-8.
fn decode(Answer { status, headers, body }: Answer) -> Option<HttpAnswer> {
    let body = SecretString::from(std::str::from_utf8(&body).ok()?);
    Some(HttpAnswer { status, headers, body })
}

fn port_error(failure: SendFailure, shown: &str, timeout: Duration) -> PortError {
    const NETWORK: &str = "check the URL, the network and the proxy settings";
    let unavailable =
        |code, message: String| PortError::new(PortErrorKind::Unavailable, code, message).with_hint(NETWORK);
    let error = match failure.kind {
        SendFailureKind::InvalidUrl => {
            let message = format!("{shown:?} is not a valid URL");
            PortError::new(PortErrorKind::InvalidRequest, ErrorCode::InvalidEndpoint, message)
                .with_hint("give the scheme and the host, as in https://example.com/token")
        }
        SendFailureKind::InvalidRequest => {
            let message = format!("could not build the request to {shown}");
            PortError::new(PortErrorKind::InvalidRequest, ErrorCode::InvalidRequest, message)
        }
        SendFailureKind::NoConnection => {
            unavailable(ErrorCode::ConnectionFailed, format!("could not connect to {shown}"))
        }
        SendFailureKind::NotAgreed => unavailable(
            ErrorCode::ConnectionFailed,
            format!("the TLS handshake or the proxy tunnel to {shown} failed"),
        )
        .with_hint(
            "check the server's certificate, the CA certificates on this machine and the proxy settings",
        ),
        SendFailureKind::Timeout => unavailable(
            ErrorCode::Timeout,
            format!("no response from {shown} within {} s", timeout.as_secs_f32()),
        ),
        SendFailureKind::NoAnswer => unavailable(
            ErrorCode::ConnectionFailed,
            format!("{shown} closed the connection before it sent a response"),
        ),
        SendFailureKind::Incomplete => {
            unavailable(ErrorCode::IncompleteAnswer, format!("the response from {shown} is incomplete"))
        }
        SendFailureKind::TooLarge => {
            let message = format!("the response from {shown} is larger than {LARGEST_HTTP_BODY} bytes");
            PortError::new(PortErrorKind::TooLarge, ErrorCode::UnexpectedAnswer, message)
                .with_hint("check that the URL is correct")
        }
    };
    match failure.source {
        Some(cause) => error.with_source(cause),
        None => error,
    }
}
