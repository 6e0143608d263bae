//! One HTTP exchange, for the adapters that speak to small services: token endpoints and secret stores.

use crate::PortError;
use async_trait::async_trait;
use secrecy::SecretString;
use std::{fmt, time::Duration};

/// The largest body of an answer that is read, in bytes.
pub const LARGEST_HTTP_BODY: usize = 1_048_576;

/// How a request asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HttpMethod {
    /// Reads.
    Get,
    /// Sends a body.
    Post,
    /// Sends a body, or none, under a name of its own.
    Put,
}

/// A request. Every header and the body may hold a secret, so `Debug` shows neither, nor the URL's query.
#[derive(Clone)]
pub struct HttpRequest {
    /// How it asks.
    pub method: HttpMethod,
    /// An absolute `http` or `https` URL.
    pub url: String,
    /// The headers, beside those that the protocol itself needs.
    pub headers: Vec<(&'static str, SecretString)>,
    /// The body.
    pub body: Option<SecretString>,
    /// How long the whole exchange may take, from the connection to the last byte of the answer.
    pub timeout: Duration,
}

/// An answer, whatever its status. The body may hold a secret, so `Debug` shows its size.
#[derive(Clone)]
pub struct HttpAnswer {
    /// The HTTP status.
    pub status: u16,
    /// The headers; names are in lower case, and values that are no text are left out.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: SecretString,
}

impl HttpAnswer {
    /// The first header of this name, which is given in lower case.
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

/// Exchanges one request for one answer.
///
/// # Guarantees
/// - The request is sent at most once. Whether it may be repeated is for the caller to know.
/// - No redirect is followed: it could lead a secret to a stranger. It is an answer like any other.
/// - An answer of any status is `Ok`; one whose body is larger than [`LARGEST_HTTP_BODY`] is
///   [`TooLarge`](crate::PortErrorKind::TooLarge), one that is no UTF-8 text is
///   [`Corrupt`](crate::PortErrorKind::Corrupt).
/// - No answer within the timeout, or none at all, is [`Unavailable`](crate::PortErrorKind::Unavailable), and
///   a URL that cannot be asked is [`InvalidRequest`](crate::PortErrorKind::InvalidRequest). No error shows a
///   header, the body or the URL's query.
#[async_trait]
pub trait HttpExchange: fmt::Debug + Send + Sync + 'static {
    /// Exchanges one request for one answer.
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
