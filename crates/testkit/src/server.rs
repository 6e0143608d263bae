//! The stubs' sockets: plain servers, and a proxy that is every HTTPS host at once. With it a test needs no other
//! address than the real one: the binary is told of the proxy and of the certificate authority behind it.

use crate::{
    http::{Answer, Request},
    tls::Authority,
};
use http_body_util::Full;
use hyper::{
    Response,
    body::{Bytes, Incoming},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use std::{
    net::{SocketAddr, TcpListener},
    sync::{Arc, Mutex},
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    runtime::{Builder, Runtime},
};

/// One service behind one address or several.
pub trait Site: Send + Sync + 'static {
    /// The answer to a request for `host`; an error says how the request is not what the original would accept. It may
    /// block.
    fn answer(&self, host: &str, request: &Request) -> Result<Answer, String>;
}

impl<F: Fn(&str, &Request) -> Result<Answer, String> + Send + Sync + 'static> Site for F {
    fn answer(&self, host: &str, request: &Request) -> Result<Answer, String> {
        self(host, request)
    }
}

/// One request and what became of it.
#[derive(Debug, Clone)]
pub struct Seen {
    /// The host as the client meant it.
    pub host: String,
    /// What was asked.
    pub request: Request,
    /// What was answered.
    pub status: u16,
    /// Why the stub refused it, where it did.
    pub refused: Option<String>,
}

/// Every request of every stub of one test, in the order in which they were answered.
#[derive(Debug, Clone, Default)]
pub struct Log(Arc<Mutex<Vec<Seen>>>);

impl Log {
    /// All of them.
    pub fn all(&self) -> Vec<Seen> {
        self.0.lock().unwrap().clone()
    }

    /// One line a request, for the message of a test that failed.
    pub fn told(&self) -> String {
        let line = |seen: &Seen| {
            let refused = seen.refused.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
            let Request { method, path, .. } = &seen.request;
            format!("{method} {}{path} {}{refused}\n", seen.host, seen.status)
        };
        self.all().iter().map(line).collect()
    }

    fn keep(&self, host: &str, request: Request, answer: Result<Answer, String>) -> Answer {
        let refused = answer.as_ref().err().cloned();
        let answer = answer.unwrap_or_else(|why| Answer::text(400, why));
        let seen = Seen { host: host.to_owned(), request, status: answer.status, refused };
        self.0.lock().unwrap().push(seen);
        answer
    }
}

/// A listening socket; it closes when this is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    address: SocketAddr,
    runtime: Option<Runtime>,
}

impl Server {
    /// Serves one site in the clear.
    pub(crate) fn plain(site: Arc<dyn Site>, log: Log) -> Self {
        Self::listen(move |stream, host| {
            let (site, log) = (Arc::clone(&site), log.clone());
            serve(stream, host, site, log)
        })
    }

    /// Serves every HTTPS host that `route` knows, as a proxy.
    pub(crate) fn proxy(
        authority: Arc<Authority>,
        route: impl Fn(&str) -> Option<Arc<dyn Site>> + Send + Sync + 'static,
        log: Log,
    ) -> Self {
        let route = Arc::new(route);
        Self::listen(move |stream, _| {
            let (authority, route, log) = (Arc::clone(&authority), Arc::clone(&route), log.clone());
            let service = service_fn(move |request: hyper::Request<Incoming>| {
                let host = request.uri().to_string();
                let host = host.strip_suffix(":443").unwrap_or(&host).to_owned();
                let site = if request.method() == "CONNECT" { route(&host) } else { None };
                tunnel(request, host, site, Arc::clone(&authority), log.clone())
            });
            let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
            async move {
                // A client that hangs up in between is its own business; what it sent is in the log.
                let _ = connection.with_upgrades().await;
            }
        })
    }

    fn listen<F>(serve: impl Fn(tokio::net::TcpStream, String) -> F + Send + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        listener.set_nonblocking(true).unwrap();
        runtime.spawn(async move {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, address.to_string()));
            }
        });
        Self { address, runtime: Some(runtime) }
    }

    /// Its address, without a path.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // A site may wait for ever.
        self.runtime.take().map(Runtime::shutdown_background).unwrap_or_default();
    }
}

async fn tunnel(
    request: hyper::Request<Incoming>,
    host: String,
    site: Option<Arc<dyn Site>>,
    authority: Arc<Authority>,
    log: Log,
) -> Result<Response<Full<Bytes>>, hyper::Error> {
    let Some(site) = site else {
        let request = Request::read(request).await?;
        log.keep(&host, request, Err("there is no such host".to_owned()));
        return Ok(Answer::text(502, "no such host").response());
    };
    tokio::spawn(async move {
        let acceptor = authority.acceptor(host.split(':').next().unwrap_or_default());
        if let Ok(stream) = hyper::upgrade::on(request).await
            && let Ok(stream) = acceptor.accept(TokioIo::new(stream)).await
        {
            serve(stream, host, site, log).await;
        }
    });
    Ok(Response::default())
}

async fn serve(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    host: String,
    site: Arc<dyn Site>,
    log: Log,
) {
    let service = service_fn(move |request| {
        let (host, site, log) = (host.clone(), Arc::clone(&site), log.clone());
        async move {
            let request = Request::read(request).await?;
            let answer = tokio::task::spawn_blocking(move || {
                let named = request.header("host").unwrap_or_default();
                let answer = if named == host {
                    site.answer(&host, &request)
                } else {
                    Err(format!("the host is named {named:?} and is {host:?}"))
                };
                log.keep(&host, request, answer)
            });
            Ok::<_, hyper::Error>(answer.await.unwrap().response())
        }
    });
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

/// A listener that takes connections and never says anything.
pub fn silent() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    (listener, url)
}

/// An address where nobody listens.
pub fn refusing() -> String {
    silent().1
}
