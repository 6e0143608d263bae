//! The sockets of the stubs: plain servers, and a proxy that serves every HTTPS host. A test uses the real addresses;
//! the program only needs to know the proxy and its certificate authority.

use crate::{
    http::{Answer, Request},
    tls::Authority,
};
use hyper::{
    Response,
    body::Incoming,
    rt::{Read, Write},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use std::{
    net::{SocketAddr, TcpListener},
    pin::Pin,
    sync::{Arc, Mutex},
};
use tokio::runtime::{Builder, Runtime};

/// A service at one or more addresses.
pub trait Site: Send + Sync + 'static {
    /// Answers a request for `host`. An error says why the original would not accept the request. May block.
    fn answer(&self, host: &str, request: &Request) -> Result<Answer, String>;
}

impl<F: Fn(&str, &Request) -> Result<Answer, String> + Send + Sync + 'static> Site for F {
    fn answer(&self, host: &str, request: &Request) -> Result<Answer, String> {
        self(host, request)
    }
}

/// A request and its response.
#[derive(Debug, Clone)]
pub struct Seen {
    /// The host that the client addressed.
    pub host: String,
    /// The request.
    pub request: Request,
    /// The response.
    pub status: u16,
    /// Why the stub refused the request, if it did.
    pub refused: Option<String>,
}

/// All requests to the stubs of one test, in the order of their responses.
#[derive(Debug, Clone, Default)]
pub struct Log(Arc<Mutex<Vec<Seen>>>);

impl Log {
    /// All of them.
    pub fn all(&self) -> Vec<Seen> {
        self.0.lock().unwrap().clone()
    }

    /// One line per request, for the message of a failed test.
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

/// Maps a host to its site.
pub(crate) type Route = dyn Fn(&str) -> Option<Arc<dyn Site>> + Send + Sync;

/// Where the requests of a test are answered.
#[derive(Clone)]
pub(crate) struct Desk {
    /// The site of each `https://` host.
    pub(crate) route: Arc<Route>,
    pub(crate) authority: Arc<Authority>,
    pub(crate) log: Log,
}

/// A listening socket; it closes when this is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    runtime: Option<Runtime>,
}

impl Server {
    /// Serves one site without TLS, and as a proxy every HTTPS host of the desk.
    pub(crate) fn new(site: Option<Arc<dyn Site>>, desk: Desk) -> Self {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        listener.set_nonblocking(true).unwrap();
        runtime.spawn(async move {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(TokioIo::new(stream), address.to_string(), site.clone(), desk.clone()));
            }
        });
        Self { address, runtime: Some(runtime) }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // A site may block forever.
        self.runtime.take().map(Runtime::shutdown_background).unwrap_or_default();
    }
}

/// Boxed, because requests inside a tunnel are served the same way.
fn serve(
    stream: impl Read + Write + Unpin + Send + 'static,
    host: String,
    site: Option<Arc<dyn Site>>,
    desk: Desk,
) -> Pin<Box<dyn Future<Output = ()> + Send>> {
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let (host, site, desk) = (host.clone(), site.clone(), desk.clone());
        async move {
            if request.method() == "CONNECT" {
                let host = request.uri().to_string();
                let host = host.strip_suffix(":443").unwrap_or(&host).to_owned();
                if let Some(site) = (desk.route)(&host) {
                    tokio::spawn(tunnel(request, host, site, desk));
                    return Ok(Response::default());
                }
            }
            let request = Request::read(request).await?;
            let answer = tokio::task::spawn_blocking(move || {
                let named = request.header("host").unwrap_or_default();
                let answer = match site {
                    Some(site) if named == host => site.answer(&host, &request),
                    _ => Err(format!("{named:?} is no host here")),
                };
                desk.log.keep(&host, request, answer)
            });
            Ok::<_, hyper::Error>(answer.await.unwrap().response())
        }
    });
    let connection = http1::Builder::new().serve_connection(stream, service).with_upgrades();
    // A client may hang up at any time; what it sent is in the log.
    Box::pin(async move { drop(connection.await) })
}

async fn tunnel(request: hyper::Request<Incoming>, host: String, site: Arc<dyn Site>, desk: Desk) {
    let acceptor = desk.authority.acceptor(host.split(':').next().unwrap_or_default());
    if let Ok(stream) = hyper::upgrade::on(request).await
        && let Ok(stream) = acceptor.accept(TokioIo::new(stream)).await
    {
        serve(TokioIo::new(stream), host, Some(site), desk).await;
    }
}

/// A listener that accepts connections and never sends anything.
pub fn silent() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    (listener, url)
}

/// An address where nothing listens.
pub fn refusing() -> String {
    silent().1
}
