//! Checks whether the servers of the functions can be reached.

use crate::Functions;
use async_trait::async_trait;
use lamplight_domain::{ErrorCode, FunctionRef};
use lamplight_http_adapter::{HttpClient, Reached, SendFailure, SendFailureKind};
use lamplight_ports::{PortError, PortErrorKind, Reachability};
use std::{collections::BTreeSet, sync::Arc, time::Duration};

/// [`Reachability`] that connects to each server, with TLS if the URL says so. It sends no request: a server may route
/// any path to a function, so any request could start one.
#[derive(Debug)]
pub(crate) struct HttpReachability {
    pub(crate) functions: Arc<Functions>,
    pub(crate) http: HttpClient,
    /// How long to wait for one server.
    pub(crate) connect_timeout: Duration,
}

#[async_trait]
impl Reachability for HttpReachability {
    async fn reach(&self, function: Option<&FunctionRef>) -> Result<String, PortError> {
        let named = function.and_then(|function| self.functions.get(&function.name));
        let urls = match named {
            Some(function) => vec![&function.url],
            None => self.functions.values().map(|function| &function.url).collect(),
        };
        let origins: BTreeSet<&str> = urls.into_iter().map(|url| origin(url)).collect();
        if origins.is_empty() {
            let message = "no function is declared for this connection";
            return Err(PortError::new(PortErrorKind::NotFound, ErrorCode::FunctionNotFound, message)
                .with_hint("declare a function with its URL in the configuration"));
        }
        let mut reached = Vec::with_capacity(origins.len());
        for origin in origins {
            match self.http.reach(origin, self.connect_timeout).await {
                Ok(Reached::Server) => reached.push(origin.to_owned()),
                Ok(Reached::Proxy(proxy)) => reached.push(format!("the proxy {proxy} for {origin}")),
                Err(failure) => return Err(connect_error(origin, failure)),
            }
        }
        Ok(reached.join(", "))
    }
}

/// The scheme and the host of a URL.
fn origin(url: &str) -> &str {
    let host = url.find("://").map_or(0, |end| end + 3);
    let path = url.get(host..).and_then(|rest| rest.find(['/', '?', '#']));
    path.and_then(|path| url.get(..host + path)).unwrap_or(url)
}

fn connect_error(origin: &str, failure: SendFailure) -> PortError {
    let (what, hint) = match failure.kind {
        SendFailureKind::NotAgreed => (
            "the TLS handshake or the proxy tunnel failed",
            "check the server's certificate, the CA certificates on this machine and the proxy settings",
        ),
        _ => ("could not connect", "check the URL, the network and the proxy settings"),
    };
    let message = format!("{origin}: {what}");
    let error = PortError::new(PortErrorKind::Unavailable, ErrorCode::ConnectionFailed, message);
    let error = error.with_hint(hint);
    match failure.source {
        Some(cause) => error.with_source(cause),
        None => error,
    }
}

#[cfg(test)]
mod tests {
    use super::origin;

    #[test]
    fn the_origin_of_a_url_has_no_path() {
        for (url, expected) in [
            ("http://127.0.0.1:8080/adder", "http://127.0.0.1:8080"),
            ("https://example.com", "https://example.com"),
            ("https://example.com/a?b=http://c", "https://example.com"),
        ] {
            assert_eq!(origin(url), expected);
        }
    }
}
