//! A small HTTP server that misbehaves on demand and counts what it receives.

use crate::pass;
use std::{
    collections::HashMap,
    fmt::Write,
    io,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::{JoinHandle, JoinSet},
};

/// A request as received.
#[derive(Debug, Clone, Default)]
pub struct Received {
    /// The method.
    pub method: String,
    /// Path and query.
    pub target: String,
    /// The headers, with names in lower case.
    pub headers: HashMap<String, String>,
    /// The body.
    pub body: Vec<u8>,
}

impl Received {
    /// The Lambda function in the path, as it is encoded there.
    pub fn function(&self) -> &str {
        self.target.split('/').nth(3).unwrap_or_default()
    }

    /// Whether it asks for a function's configuration, which does not start the function.
    pub fn is_configuration(&self) -> bool {
        self.method == "GET"
            && self.target.split('?').next().is_some_and(|path| path.ends_with("/configuration"))
    }

    fn head(text: &str) -> Self {
        let mut lines = text.split("\r\n");
        let mut first = lines.next().unwrap_or_default().split(' ').map(str::to_owned);
        let (method, target) = (first.next().unwrap_or_default(), first.next().unwrap_or_default());
        let headers = lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
            .collect();
        Self { method, target, headers, body: Vec::new() }
    }

    fn content_length(&self) -> usize {
        self.headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or_default()
    }
}

/// How a connection ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// In order, with FIN.
    Close,
    /// Immediately, with RST.
    Reset,
}

/// What the server does after it has received the whole request.
#[derive(Debug, Clone)]
pub enum Reaction {
    /// Sends these bytes and keeps the connection open.
    Answer(Vec<u8>),
    /// Sends these bytes, possibly none, and closes the connection.
    SendAndEnd(Vec<u8>, End),
    /// Sends these bytes after a delay and keeps the connection open.
    Late(Duration, Vec<u8>),
    /// Sends these bytes, possibly none, and nothing more until the client closes the connection.
    Stall(Vec<u8>),
    /// Sends these bytes and then an endless body, until the client stops reading.
    Endless(Vec<u8>),
}

/// The behaviour of the server.
pub trait Script: Send + Sync + 'static {
    /// Whether to close the connection after the head, before the body is read.
    fn on_head(&self, _: &Received) -> Option<End> {
        None
    }

    /// What to do with a whole request.
    fn on_request(&self, request: &Received) -> Reaction;
}

impl<F: Fn(&Received) -> Reaction + Send + Sync + 'static> Script for F {
    fn on_request(&self, request: &Received) -> Reaction {
        self(request)
    }
}

#[derive(Debug, Default)]
struct Seen {
    connections: usize,
    heads: HashMap<String, usize>,
    requests: Vec<Received>,
    endless_bytes: usize,
}

/// The server; it stops when this is dropped.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    seen: Arc<Mutex<Seen>>,
    accepting: JoinHandle<()>,
}

impl Server {
    /// Serves `script` on a free port.
    pub async fn start(script: impl Script) -> Self {
        Self::start_on(0, script).await
    }

    /// Serves `script` on a given port.
    pub async fn start_on(port: u16, script: impl Script) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (script, seen) = (Arc::new(script), Arc::new(Mutex::new(Seen::default())));
        let shared = Arc::clone(&seen);
        let accepting = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                shared.lock().unwrap().connections += 1;
                connections.spawn(serve(stream, Arc::clone(&script), Arc::clone(&shared)));
            }
        });
        Self { address, seen, accepting }
    }

    /// The URL, without a path.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// How many connections were made.
    pub fn connections(&self) -> usize {
        self.seen.lock().unwrap().connections
    }

    /// How many requests for `function` began to arrive.
    pub fn heads(&self, function: &str) -> usize {
        self.seen.lock().unwrap().heads.get(function).copied().unwrap_or_default()
    }

    /// How many requests for `function` arrived completely; each may be an execution.
    pub fn executions(&self, function: &str) -> usize {
        self.seen
            .lock()
            .unwrap()
            .requests
            .iter()
            .filter(|request| request.function() == function && !request.is_configuration())
            .count()
    }

    /// How many bytes of endless bodies were sent.
    pub fn endless_bytes(&self) -> usize {
        self.seen.lock().unwrap().endless_bytes
    }

    /// The requests that arrived completely.
    pub fn requests(&self) -> Vec<Received> {
        self.seen.lock().unwrap().requests.clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn serve(mut stream: TcpStream, script: Arc<impl Script>, seen: Arc<Mutex<Seen>>) -> io::Result<()> {
    let mut buffer = Vec::new();
    loop {
        let head_length = loop {
            if let Some(end) = buffer.windows(4).position(|four| four == b"\r\n\r\n") {
                break end + 4;
            }
            if stream.read_buf(&mut buffer).await? == 0 {
                return Ok(());
            }
        };
        let mut request = Received::head(&String::from_utf8_lossy(&buffer[..head_length]));
        if !request.is_configuration() {
            *seen.lock().unwrap().heads.entry(request.function().to_owned()).or_default() += 1;
        }
        if let Some(end) = script.on_head(&request) {
            return ended(stream, end);
        }
        let whole = head_length + request.content_length();
        while buffer.len() < whole {
            if stream.read_buf(&mut buffer).await? == 0 {
                return Ok(());
            }
        }
        request.body = buffer[head_length..whole].to_vec();
        buffer.drain(..whole);
        seen.lock().unwrap().requests.push(request.clone());
        match script.on_request(&request) {
            Reaction::Answer(bytes) => stream.write_all(&bytes).await?,
            Reaction::SendAndEnd(bytes, end) => {
                stream.write_all(&bytes).await?;
                return ended(stream, end);
            }
            Reaction::Late(time, bytes) => {
                pass(time).await;
                stream.write_all(&bytes).await?;
            }
            Reaction::Stall(bytes) => {
                stream.write_all(&bytes).await?;
                while stream.read_buf(&mut buffer).await? != 0 {}
                return Ok(());
            }
            Reaction::Endless(bytes) => {
                stream.write_all(&bytes).await?;
                let blank = vec![b' '; 64 * 1024];
                loop {
                    stream.write_all(&blank).await?;
                    seen.lock().unwrap().endless_bytes += 64 * 1024;
                }
            }
        }
    }
}

fn ended(stream: TcpStream, end: End) -> io::Result<()> {
    if end == End::Reset {
        stream.set_zero_linger()?;
    }
    drop(stream);
    Ok(())
}

/// A response with these headers and the right content length.
pub fn answer(status: u16, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    framed(status, headers, body, body.len())
}

/// The same, with any content length.
pub fn framed(status: u16, headers: &[(&str, &str)], body: &[u8], length: usize) -> Vec<u8> {
    let mut head = format!("HTTP/1.1 {status} Status\r\ncontent-length: {length}\r\n");
    for (name, value) in headers {
        write!(head, "{name}: {value}\r\n").unwrap();
    }
    let mut bytes = format!("{head}\r\n").into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

/// An address where nothing listens: its port was free a moment ago.
pub async fn closed_url() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}
