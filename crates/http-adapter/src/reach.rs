//! Checks whether a server can be reached, without sending a request, so that no function can be called.

use crate::{Cause, HttpClient, SendFailure, SendFailureKind, is_endpoint, pool::is_near};
use http::Uri;
use hyper_util::client::proxy::matcher::Matcher;
use std::{future::Future, io, sync::Arc, time::Duration};
use tokio::{net::TcpStream, time::timeout};
use tokio_rustls::{
    TlsConnector,
    client::TlsStream,
    rustls::{ClientConfig, RootCertStore, crypto::ring, pki_types::ServerName},
};

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

/// Makes the TLS handshake with `host` on a connection.
pub(crate) async fn connect_tls(host: &str, stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
    let name = ServerName::try_from(without_brackets(host).to_owned()).map_err(io::Error::other)?;
    let tls = tls_config().map_err(io::Error::other)?;
    TlsConnector::from(Arc::new(tls)).connect(name, stream).await
}

/// Trusts the system's certificates, as requests do.
fn tls_config() -> Result<ClientConfig, tokio_rustls::rustls::Error> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    Ok(builder.with_safe_default_protocol_versions()?.with_root_certificates(roots).with_no_client_auth())
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

pub(crate) fn port(uri: &Uri) -> u16 {
    uri.port_u16().unwrap_or(if uri.scheme_str() == Some("https") { 443 } else { 80 })
}

/// A host without the brackets of an IPv6 address.
pub(crate) fn without_brackets(host: &str) -> &str {
    host.trim_start_matches('[').trim_end_matches(']')
}
