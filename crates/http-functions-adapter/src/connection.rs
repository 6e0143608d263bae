//! A connection to declared functions.

use crate::{
    CallTimeouts, Functions, catalogue::HttpCatalogue, invoker::HttpInvoker, platform::HttpPlatform,
    reachability::HttpReachability,
};
use lamplight_domain::{ConnectionName, Settings};
use lamplight_http_adapter::HttpClient;
use lamplight_ports::{Connection, SecretResolver};
use std::sync::Arc;

/// The parts of a connection.
#[derive(Debug, Clone)]
pub struct HttpFunctionsConfig {
    /// The declared functions.
    pub functions: Functions,
    /// The HTTP client for calls.
    pub http: HttpClient,
    /// Reads secret headers.
    pub secrets: Arc<dyn SecretResolver>,
    /// How long to wait for calls.
    pub timeouts: CallTimeouts,
    /// How much of an answer is read at most, in bytes. Default: 32 MiB, because no platform lets a function answer
    /// more without streaming.
    pub largest_answer: usize,
}

impl HttpFunctionsConfig {
    /// A configuration with the default waits and limits.
    pub fn new(functions: Functions, http: HttpClient, secrets: Arc<dyn SecretResolver>) -> Self {
        Self { functions, http, secrets, timeouts: CallTimeouts::default(), largest_answer: 32 << 20 }
    }
}

/// Creates a connection. No function is called and no secret is read.
pub fn connection(name: ConnectionName, defaults: Settings, config: HttpFunctionsConfig) -> Connection {
    let HttpFunctionsConfig { functions, http, secrets, timeouts, largest_answer } = config;
    let functions = Arc::new(functions);
    let reachability = HttpReachability {
        functions: Arc::clone(&functions),
        http: http.clone(),
        connect_timeout: timeouts.connect,
    };
    let catalogue = HttpCatalogue { functions: Arc::clone(&functions) };
    let platform = HttpPlatform { functions: Arc::clone(&functions) };
    let invoker = HttpInvoker { functions, http, secrets, timeouts, largest_answer };
    Connection {
        defaults,
        reachability: Some(Arc::new(reachability)),
        ..Connection::new(name, Arc::new(catalogue), Arc::new(invoker), Arc::new(platform))
    }
}
