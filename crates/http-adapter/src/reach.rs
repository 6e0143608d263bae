//! Checks whether a server can be reached, without sending a request, so that no function can be called.

use crate::{
    Cause, HttpClient, SendFailure, SendFailureKind,
    connect::{connect_tls, port, without_brackets},
    is_endpoint,
    pool::is_near,
};
use http::Uri;
use hyper_util::client::proxy::matcher::Matcher;
use std::{future::Future, io, time::Duration};
use tokio::{net::TcpStream, time::timeout};

/// What a connection reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reached {
    /// The server itself, with a TLS handshake for an `https` URL.
    Server,
    /// The proxy in front of the server, as `host:port`. Only a request would show whether the proxy reaches the server.
    Proxy(String),
}

impl HttpClient {
    /// Connects to the server of `url`, or to its proxy, without sending a request.
    ///
    /// # Errors
    /// A [`SendFailure`] whose `may_have_left` is `false`.
    pub async fn reach(&self, url: &str, patience: Duration) -> Result<Reached, SendFailure> {
        let uri: Uri = match url.parse() {
            Ok(uri) if is_endpoint(url) => uri,
            _ => return Err(failure(SendFailureKind::InvalidUrl, None)),
        };
        let host = uri.host().unwrap_or_default();
        let proxy = if is_near(host) { None } else { Matcher::from_env().intercept(&uri) };
        if let Some(proxy) = proxy {
            let (host, port) = (proxy.uri().host().unwrap_or_default(), port(proxy.uri()));
            connect_within(
                patience,
                TcpStream::connect((without_brackets(host), port)),
                SendFailureKind::NoConnection,
            )
            .await?;
            return Ok(Reached::Proxy(format!("{host}:{port}")));
        }
        let connecting = TcpStream::connect((without_brackets(host), port(&uri)));
        let stream = connect_within(patience, connecting, SendFailureKind::NoConnection).await?;
        if uri.scheme_str() == Some("https") {
            connect_within(patience, connect_tls(host, stream), SendFailureKind::NotAgreed).await?;
        }
        Ok(Reached::Server)
    }
}

async fn connect_within<T>(
    patience: Duration,
    connecting: impl Future<Output = io::Result<T>>,
    kind: SendFailureKind,
) -> Result<T, SendFailure> {
    match timeout(patience, connecting).await {
        Ok(Ok(connected)) => Ok(connected),
        Ok(Err(error)) => Err(failure(kind, Some(&error.to_string()))),
        Err(_) => Err(failure(SendFailureKind::NoConnection, Some("timed out"))),
    }
}

fn failure(kind: SendFailureKind, words: Option<&str>) -> SendFailure {
    SendFailure { kind, may_have_left: false, status: None, source: words.map(Cause::of_words) }
}
