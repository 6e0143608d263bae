//! Finds out why a proxy did not open a tunnel. The HTTP library reports neither the proxy nor its answer.

use crate::connect::{connect_tls, port, without_brackets};
use aws_smithy_runtime_api::client::result::ConnectorError;
use http::Uri;
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use std::{error::Error, fmt, io, time::Duration};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// How long the proxy may take to repeat its refusal.
const PATIENCE: Duration = Duration::from_secs(3);

/// The most that is read of the proxy's answer, in bytes.
const LARGEST_HEAD: usize = 8 << 10;

/// A proxy refused to open a tunnel to the server. Nothing was sent to the server.
#[derive(Debug)]
pub struct TunnelRefusal {
    /// The proxy, as `host:port`.
    pub proxy: String,
    /// The HTTP status of its answer, if it repeated the refusal.
    pub status: Option<u16>,
    source: ConnectorError,
}

impl fmt::Display for TunnelRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "proxy {} refused the tunnel", self.proxy)?;
        match self.status {
            Some(status) => write!(f, " (HTTP {status})"),
            None => Ok(()),
        }
    }
}

impl Error for TunnelRefusal {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.source)
    }
}

impl TunnelRefusal {
    /// The refusal among the causes of `error`.
    pub fn find<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a Self> {
        causes(error).find_map(|cause| cause.downcast_ref())
    }
}

fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error: &&'a (dyn Error + 'static)| (*error).source())
}

/// Adds the proxy and its status to `error`, if a proxy refused a tunnel to the server of `url`. For this the proxy is
/// asked once more; the tunnel is closed at once if it now opens.
pub(crate) async fn explain(error: ConnectorError, url: &str) -> ConnectorError {
    // The library's error type is private, so its text must do.
    let is_refusal = causes(&error).any(|cause| {
        let text = cause.to_string();
        text.starts_with("tunnel error: ") && !text.ends_with("failed to create underlying connection")
    });
    if !is_refusal {
        return error;
    }
    let Ok(uri) = url.parse::<Uri>() else { return error };
    let Some(proxy) = Matcher::from_env().intercept(&uri) else { return error };
    let answer = timeout(PATIENCE, ask(&proxy, &uri)).await;
    let status = answer.ok().and_then(Result::ok).flatten().filter(|status| !(200..300).contains(status));
    let shown = format!("{}:{}", proxy.uri().host().unwrap_or_default(), port(proxy.uri()));
    ConnectorError::other(TunnelRefusal { proxy: shown, status, source: error }.into(), None)
}

/// Asks the proxy for the tunnel and returns the status of its answer.
async fn ask(proxy: &Intercept, server: &Uri) -> io::Result<Option<u16>> {
    let host = proxy.uri().host().unwrap_or_default();
    let stream = TcpStream::connect((without_brackets(host), port(proxy.uri()))).await?;
    if proxy.uri().scheme_str() == Some("https") {
        let stream = connect_tls(host, stream).await?;
        return ask_on(stream, proxy, server).await;
    }
    ask_on(stream, proxy, server).await
}

async fn ask_on(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    proxy: &Intercept,
    server: &Uri,
) -> io::Result<Option<u16>> {
    let target = format!("{}:{}", server.host().unwrap_or_default(), port(server));
    let mut request = format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n").into_bytes();
    if let Some(authorization) = proxy.basic_auth() {
        request.extend_from_slice(b"Proxy-Authorization: ");
        request.extend_from_slice(authorization.as_bytes());
        request.extend_from_slice(b"\r\n");
    }
    request.extend_from_slice(b"\r\n");
    stream.write_all(&request).await?;
    let mut head = Vec::new();
    while head.len() < LARGEST_HEAD && !head.contains(&b'\n') {
        if stream.read_buf(&mut head).await? == 0 {
            break;
        }
    }
    Ok(status(&head))
}

/// The status in the first line of an answer.
fn status(head: &[u8]) -> Option<u16> {
    let line = String::from_utf8_lossy(head.split(|byte| *byte == b'\n').next()?).into_owned();
    let mut words = line.split_whitespace();
    words.next().filter(|version| version.starts_with("HTTP/"))?;
    words.next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_is_that_of_the_first_line() {
        for (head, expected) in [
            ("HTTP/1.1 403 Forbidden\r\nServer: squid\r\n\r\n", Some(403)),
            ("HTTP/1.0 407\r\n", Some(407)),
            ("SSH-2.0 22\r\n", None),
            ("HTTP/1.1 many\r\n", None),
            ("", None),
        ] {
            assert_eq!(status(head.as_bytes()), expected, "{head}");
        }
    }
}
