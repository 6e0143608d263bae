//! The stubs' sockets: plain servers, and a proxy that is every HTTPS host at once. With it a test needs no other
//! address than the real one: the binary is told of the proxy and of the certificate authority behind it.

use super::{
    http::{Answer, Request},
    tls::Authority,
};
use std::{
    io::{self, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

/// One service behind one address or several.
pub trait Site: Send + Sync + 'static {
    /// The answer to a request for `host`; an error says how the request is not what the original would accept.
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
    pub request: Request,
    pub status: u16,
    /// Why the stub refused it, where it did.
    pub refused: Option<String>,
}

/// Every request of every stub of one test, in the order in which they were answered.
#[derive(Debug, Clone, Default)]
pub struct Log(Arc<Mutex<Vec<Seen>>>);

impl Log {
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

    fn keep(&self, host: &str, request: Request, answer: &Result<Answer, String>) {
        let (status, refused) = match answer {
            Ok(answer) => (answer.status, None),
            Err(why) => (400, Some(why.clone())),
        };
        self.0.lock().unwrap().push(Seen { host: host.to_owned(), request, status, refused });
    }
}

/// A listening socket; it closes when this is dropped.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    closing: Arc<AtomicBool>,
}

impl Server {
    /// Serves one site in the clear.
    pub fn plain(site: Arc<dyn Site>, log: Log) -> Self {
        Self::listen(move |stream, address| {
            let mut reader = BufReader::new(stream);
            while let Some(request) = Request::read(&mut reader)? {
                react(&*site, &address.to_string(), request, &log).write(reader.get_mut())?;
            }
            Ok(())
        })
    }

    /// Serves every HTTPS host that `route` knows, as a proxy.
    pub fn proxy(
        authority: Arc<Authority>,
        route: impl Fn(&str) -> Option<Arc<dyn Site>> + Send + Sync + 'static,
        log: Log,
    ) -> Self {
        Self::listen(move |mut stream, _| {
            let Some(connect) = Request::read(&mut BufReader::new(Unbuffered(&stream)))? else {
                return Ok(());
            };
            let host = connect.path.strip_suffix(":443").unwrap_or(&connect.path).to_owned();
            let site = if connect.method == "CONNECT" { route(&host) } else { None };
            let Some(site) = site else {
                log.keep(&host, connect, &Err("there is no such host".to_owned()));
                return Answer::text(502, "no such host").write(&mut stream);
            };
            stream.write_all(b"HTTP/1.1 200 Connected\r\n\r\n")?;
            let name = host.split(':').next().unwrap_or_default();
            let mut reader = BufReader::new(authority.accept(name, stream)?);
            while let Some(request) = Request::read(&mut reader)? {
                react(&*site, &host, request, &log).write(reader.get_mut())?;
            }
            Ok(())
        })
    }

    fn listen(serve: impl Fn(TcpStream, SocketAddr) -> io::Result<()> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let closing = Arc::new(AtomicBool::new(false));
        let (serve, closed) = (Arc::new(serve), Arc::clone(&closing));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if closed.load(Ordering::SeqCst) {
                    return;
                }
                let serve = Arc::clone(&serve);
                // A client that hangs up in between is its own business; what it sent is in the log.
                std::thread::spawn(move || stream.and_then(|stream| serve(stream, address)));
            }
        });
        Self { address, closing }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.closing.store(true, Ordering::SeqCst);
        drop(TcpStream::connect(self.address));
    }
}

/// What is read ahead of a proxy's request is the client's handshake and must not be lost: a byte at a time.
struct Unbuffered<'a>(&'a TcpStream);

impl Read for Unbuffered<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let one = buffer.len().min(1);
        self.0.read(&mut buffer[..one])
    }
}

fn react(site: &dyn Site, host: &str, request: Request, log: &Log) -> Answer {
    let named = request.header("host").unwrap_or_default();
    let answer = if named == host {
        site.answer(host, &request)
    } else {
        Err(format!("the host is named {named:?} and is {host:?}"))
    };
    log.keep(host, request, &answer);
    answer.unwrap_or_else(|why| Answer::text(400, why))
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
