//! Connection pools that are built on first use, with TCP keepalive on every socket. Reading the system's certificates
//! takes longer than the rest of a short call, so they are not read for plain HTTP.

use crate::{body_end::watch_end, tunnel};
use aws_smithy_http_client::{
    pool::{Client, ConnectionPool},
    proxy::ProxyConfig,
    tls::{Provider, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::client::{
    connector_metadata::ConnectorMetadata,
    http::{
        HttpClient as Connects, HttpConnector, HttpConnectorFuture, HttpConnectorSettings,
        SharedHttpConnector,
    },
    orchestrator::HttpRequest,
    result::ConnectorError,
    runtime_components::RuntimeComponents,
};
use http::Uri;
use lamplight_domain::HostScope;
use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

/// The TCP keepalive interval. NAT gateways and load balancers silently drop a connection that is idle for 350 s (VPC
/// user guide, "NAT gateway basics"), and a function may run for 900 s without sending anything.
const KEEPALIVE: Duration = Duration::from_secs(45);

/// How long an idle connection is kept. If the server closes one unnoticed, the next call on it gets no response and
/// cannot be retried, because the function may have run.
const IDLE: Duration = Duration::from_secs(20);

/// The default maximum size of a response body, in bytes: several times the largest response of a function (6 MiB) and
/// of a page of functions. It protects memory from an endpoint that never stops sending.
const LARGEST_ANSWER: usize = 32 << 20;

/// The HTTP client. Clones share their connections.
///
/// Plain HTTP to this machine is sent directly, all else through the proxy of the environment variables `HTTPS_PROXY`,
/// `HTTP_PROXY` and `NO_PROXY`. Every socket has TCP keepalive, and a connection that was idle for 20 s is not used again.
/// The client does not follow redirects and does not retry.
///
/// For clients of the AWS SDK it is a connector that reads at most 32 MiB of a response; see [`OneShot`](crate::OneShot)
/// for requests that must not be retried.
///
/// ```
/// use lamplight_http_adapter::HttpClient;
/// let client = HttpClient::default();
/// let the_same_pools = client.clone();
/// # let _ = the_same_pools;
/// ```
#[derive(Debug, Clone)]
pub struct HttpClient {
    pools: Arc<Pools>,
    /// The maximum size of a response body, in bytes.
    largest_answer: usize,
}

impl Default for HttpClient {
    fn default() -> Self {
        Self { pools: Arc::default(), largest_answer: LARGEST_ANSWER }
    }
}

#[derive(Debug, Default)]
struct Pools {
    near: OnceLock<Result<Client, Unusable>>,
    plain: OnceLock<Result<Client, Unusable>>,
    tls: OnceLock<Result<Client, Unusable>>,
}

/// The pool that a request uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Route {
    /// Plain HTTP to this machine or a link-local address such as the metadata service, which a proxy cannot reach.
    Near,
    /// Plain HTTP to any other host.
    Plain,
    /// HTTPS.
    Tls,
}

/// Why a request cannot be sent.
#[derive(Debug, Clone, thiserror::Error)]
enum Unusable {
    #[error("the endpoint is not an http or https URL")]
    Scheme,
    #[error("could not set up the HTTP client: {0}")]
    Build(String),
}

impl Route {
    fn of(uri: &str) -> Result<Self, Unusable> {
        let uri: Uri = uri.parse().map_err(|_| Unusable::Scheme)?;
        let host = uri.host().filter(|host| !host.is_empty()).ok_or(Unusable::Scheme)?;
        match uri.scheme_str() {
            Some("https") => Ok(Self::Tls),
            Some("http") if is_near(host) => Ok(Self::Near),
            Some("http") => Ok(Self::Plain),
            _ => Err(Unusable::Scheme),
        }
    }

    fn build(self) -> Result<Client, Unusable> {
        let builder = ConnectionPool::builder().tcp_keepalive(KEEPALIVE).idle_timeout(IDLE);
        let pool = match self {
            Self::Near => builder.build_http(),
            Self::Plain => builder.proxy_config(ProxyConfig::from_env()).build_http(),
            Self::Tls => builder
                .proxy_config(ProxyConfig::from_env())
                .tls_provider(Provider::Rustls(CryptoMode::Ring))
                .build_https(),
        };
        let pool = pool.map_err(|error| Unusable::Build(error.to_string()))?;
        Client::new(&pool).map_err(|error| Unusable::Build(error.to_string()))
    }
}

/// Whether the host is this machine or a link-local address; for a proxy, the same name would be another host.
pub(crate) fn is_near(host: &str) -> bool {
    HostScope::of(host) <= HostScope::Link
}

/// Whether requests can be sent to `url`: its scheme is `http` or `https`, and it has a host.
pub fn is_endpoint(url: &str) -> bool {
    Route::of(url).is_ok()
}

impl HttpClient {
    /// A client with the same settings and connections of its own: its first request opens one.
    #[must_use]
    pub fn fresh(&self) -> Self {
        Self { pools: Arc::default(), largest_answer: self.largest_answer }
    }

    /// A client that shares the connections and reads at most `bytes` of a response body.
    pub(crate) fn with_largest_answer(&self, bytes: usize) -> Self {
        Self { pools: Arc::clone(&self.pools), largest_answer: bytes }
    }

    fn client(&self, route: Route) -> Result<&Client, Unusable> {
        let slot = match route {
            Route::Near => &self.pools.near,
            Route::Plain => &self.pools.plain,
            Route::Tls => &self.pools.tls,
        };
        slot.get_or_init(|| route.build()).as_ref().map_err(Clone::clone)
    }
}

impl Connects for HttpClient {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(LazyConnector {
            http: self.clone(),
            settings: settings.clone(),
            components: components.clone(),
        })
    }

    fn connector_metadata(&self) -> Option<ConnectorMetadata> {
        Some(ConnectorMetadata::new("hyper", Some("1.x".into())))
    }
}

/// Chooses the pool when the request is sent, because only then the scheme is known.
#[derive(Debug)]
struct LazyConnector {
    http: HttpClient,
    settings: HttpConnectorSettings,
    components: RuntimeComponents,
}

impl HttpConnector for LazyConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let route = Route::of(request.uri());
        match route.and_then(|route| Ok((route, self.http.client(route)?))) {
            Ok((route, client)) => {
                let url = request.uri().to_owned();
                let answer = client.http_connector(&self.settings, &self.components).call(request);
                let most = self.http.largest_answer;
                let is_tls = route == Route::Tls;
                HttpConnectorFuture::new(async move {
                    match answer.await {
                        Ok(answer) => Ok(watch_end(answer, is_tls, most)),
                        Err(error) if is_tls => Err(tunnel::explain(error, &url).await),
                        Err(error) => Err(error),
                    }
                })
            }
            Err(unusable) => HttpConnectorFuture::ready(Err(ConnectorError::user(unusable.into()))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scheme_and_host_decide_the_route() {
        for (uri, route) in [
            ("https://lambda.eu-west-1.amazonaws.com/2015-03-31/functions/", Route::Tls),
            ("https://127.0.0.1/", Route::Tls),
            ("http://127.0.0.1:4566/x?y=http://example.com", Route::Near),
            ("http://LOCALHOST:4566", Route::Near),
            ("http://[::1]:4566/", Route::Near),
            ("http://169.254.169.254/latest/api/token", Route::Near),
            ("http://emulator:4566/", Route::Plain),
            ("http://localhost.example.com/", Route::Plain),
            ("http://user:127.0.0.1@example.com/", Route::Plain),
        ] {
            assert_eq!(Route::of(uri).unwrap(), route, "{uri}");
        }
        for uri in ["ftp://example.com/", "example.com", "", "/path", "localhost:4566"] {
            assert!(Route::of(uri).is_err(), "{uri}");
        }
    }

    #[test]
    fn only_a_url_with_scheme_and_host_is_an_endpoint() {
        for good in ["http://127.0.0.1:4566", "https://lambda.example.com/base/"] {
            assert!(is_endpoint(good), "{good}");
        }
        for bad in ["localhost:4566", "127.0.0.1", "http://", "https:///x", "file:///x", "http://a b"] {
            assert!(!is_endpoint(bad), "{bad}");
        }
    }

    #[test]
    fn a_plain_endpoint_builds_no_tls() {
        let http = HttpClient::default();
        assert!(http.client(Route::Near).is_ok());
        assert!(http.pools.near.get().is_some());
        assert!(http.pools.tls.get().is_none() && http.pools.plain.get().is_none());
    }
}
