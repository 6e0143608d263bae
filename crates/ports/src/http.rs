//! One HTTP exchange, for adapters of small services: token endpoints and secret stores.

use crate::PortError;
use async_trait::async_trait;
use secrecy::SecretString;
use std::{fmt, time::Duration};

/// The maximum size of an answer's body, in bytes.
pub const LARGEST_HTTP_BODY: usize = 1_048_576;

/// The method of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HttpMethod {
    /// `GET`
    Get,
    /// `POST`
    Post,
    /// `PUT`, with or without a body
    Put,
}

/// A request. Headers, the body and the URL's query may contain secrets, so `Debug` does not show them.
#[derive(Clone)]
pub struct HttpRequest {
    /// The method.
    pub method: HttpMethod,
    /// An absolute `http` or `https` URL.
    pub url: String,
    /// The headers, except those that the protocol itself needs.
    pub headers: Vec<(&'static str, SecretString)>,
    /// The body.
    pub body: Option<SecretString>,
    /// The maximum duration of the whole exchange, from connecting to the last byte of the answer.
    pub timeout: Duration,
}

/// An answer with any status. The headers and the body may contain secrets, so `Debug` does not show them.
#[derive(Clone)]
pub struct HttpAnswer {
    /// The HTTP status.
    pub status: u16,
    /// The headers. Names are in lower case; values that are not text are left out.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: SecretString,
}

impl HttpAnswer {
    /// The first header with this name, which must be in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }
}

impl fmt::Debug for HttpRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.headers.iter().map(|(name, _)| *name).collect();
        f.debug_struct("HttpRequest")
            .field("method", &self.method)
            .field("url", &self.url.split('?').next().unwrap_or_default())
            .field("headers", &names)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for HttpAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpAnswer").field("status", &self.status).finish_non_exhaustive()
    }
}

/// Sends one request and returns its answer.
///
/// # Guarantees
/// - The request is sent at most once. The caller decides whether it may be repeated.
/// - Redirects are not followed, because that could send a secret to another host. A redirect is returned as the
///   answer.
/// - An answer with any status is `Ok`. If its body is larger than [`LARGEST_HTTP_BODY`], the error is
///   [`TooLarge`](crate::PortErrorKind::TooLarge); if it is not UTF-8, [`Corrupt`](crate::PortErrorKind::Corrupt).
/// - No answer within the timeout, or no answer at all, is [`Unavailable`](crate::PortErrorKind::Unavailable). A URL
///   that is not valid is [`InvalidRequest`](crate::PortErrorKind::InvalidRequest). No error shows a header, the body
///   or the URL's query.
#[async_trait]
pub trait HttpExchange: fmt::Debug + Send + Sync + 'static {
    /// Sends one request and returns its answer.
    async fn exchange(&self, request: HttpRequest) -> Result<HttpAnswer, PortError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_secret() {
        let request = HttpRequest {
            method: HttpMethod::Post,
            url: "https://example.com/token?key=hunter2".to_owned(),
            headers: vec![("authorization", "hunter2".into())],
            body: Some("hunter2".into()),
            timeout: Duration::from_secs(1),
        };
        let answer = HttpAnswer { status: 200, headers: vec![], body: "hunter2".into() };
        let shown = format!("{request:?} {answer:?}");
        assert!(shown.contains("example.com/token") && shown.contains("200"), "{shown}");
        assert!(!shown.contains("hunter2"), "{shown}");
    }
}
