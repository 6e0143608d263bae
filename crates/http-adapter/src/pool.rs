//! Pools of connections that are built when they are first needed, with TCP keepalive on every socket. Reading the
//! system's certificates costs more than the rest of a short call, so a plain HTTP endpoint never pays for it.

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
use aws_smithy_types::body::SdkBody;
use http::Uri;
use http_body_util::Limited;
use lamplight_domain::HostScope;
use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

/// NAT gateways and load balancers drop a connection that is silent for 350 s without telling either end
/// (VPC user guide, "NAT gateway basics"), and a function may be silent for 900 s.
const KEEPALIVE: Duration = Duration::from_secs(45);

/// A connection that the far end has closed unseen costs a call its answer, and that call cannot be
/// repeated. So an idle one is not kept for long.
const IDLE: Duration = Duration::from_secs(20);

/// The most that is read of an answer unless told otherwise, in bytes: several times the largest response of a function
/// (6 MiB) and of a page of functions. An endpoint that sends without end fills no memory.
const LARGEST_ANSWER: usize = 32 << 20;

/// The HTTP client. Clones share their connections.
///
/// A plain address on this machine is reached directly; others through the proxy that the environment names
/// (`HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`). Every socket has TCP keepalive, and a connection that was idle for 20 s
/// is not used again. It follows no redirect and repeats nothing.
///
/// To a client of the AWS SDK it is a connector, which reads the first 32 MiB of any answer and no more; see
/// [`OneShot`](crate::OneShot) for requests that must not be repeated.
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
    /// The most that is read of any answer, in bytes.
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

/// Which way a request goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Route {
    /// Plain HTTP to this machine or its metadata service, which no proxy can reach for us.
    Near,
    /// Plain HTTP.
    Plain,
    /// HTTPS.
    Tls,
}

/// Why there is no way for a request.
#[derive(Debug, Clone, thiserror::Error)]
enum Unusable {
    #[error("the endpoint is no http or https URL")]
    Scheme,
    #[error("the HTTP client could not be set up: {0}")]
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

/// Whether the host is this machine or on its link, where a proxy would look elsewhere.
pub(crate) fn is_near(host: &str) -> bool {
    HostScope::of(host) <= HostScope::Link
}

/// Whether requests can be sent to `url` at all: it is `http` or `https` and names a host.
pub fn is_endpoint(url: &str) -> bool {
    Route::of(url).is_ok()
}

impl HttpClient {
    /// The same connections, with another end to how much of an answer is read.
    pub(crate) fn reading_at_most(&self, bytes: usize) -> Self {
        Self { pools: Arc::clone(&self.pools), largest_answer: bytes }
    }

    fn client(&self, uri: &str) -> Result<&Client, Unusable> {
        let route = Route::of(uri)?;
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

/// Chooses the pool once the request, and so the scheme, is known.
#[derive(Debug)]
struct LazyConnector {
    http: HttpClient,
    settings: HttpConnectorSettings,
    components: RuntimeComponents,
}

impl HttpConnector for LazyConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        match self.http.client(request.uri()) {
            Ok(client) => {
                let answer = client.http_connector(&self.settings, &self.components).call(request);
                let most = self.http.largest_answer;
                HttpConnectorFuture::new(async move {
                    let answer = answer.await?;
                    Ok(answer.map(|body| SdkBody::from_body_1_x(Limited::new(body, most))))
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
    fn the_scheme_and_the_host_decide_the_way() {
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
        assert!(http.client("http://127.0.0.1:4566/").is_ok());
        assert!(http.pools.near.get().is_some());
        assert!(http.pools.tls.get().is_none() && http.pools.plain.get().is_none());
    }
}
