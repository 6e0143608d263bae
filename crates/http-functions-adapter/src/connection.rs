//! A connection of declared functions.

use crate::{
    Functions, Patience, catalogue::HttpCatalogue, invoker::HttpInvoker, platform::HttpPlatform,
    reachability::HttpReachability,
};
use lamplight_domain::{ConnectionName, Settings};
use lamplight_http_adapter::HttpClient;
use lamplight_ports::{Connection, SecretResolver};
use std::sync::Arc;

/// What a connection is made of.
#[derive(Debug, Clone)]
pub struct HttpFunctionsConfig {
    /// The functions.
    pub functions: Functions,
    /// The HTTP client that they are called with.
    pub http: HttpClient,
    /// Reads secret headers.
    pub secrets: Arc<dyn SecretResolver>,
    /// How long calls are waited for.
    pub patience: Patience,
    /// The most that is read of an answer, in bytes. 32 MiB unless changed: no platform lets a function answer more without
    /// streaming.
    pub largest_answer: usize,
}

impl HttpFunctionsConfig {
    /// These functions, called with this client.
    pub fn new(functions: Functions, http: HttpClient, secrets: Arc<dyn SecretResolver>) -> Self {
        Self { functions, http, secrets, patience: Patience::default(), largest_answer: 32 << 20 }
    }
}

/// Makes a connection. Nothing is called and no secret is read.
pub fn connection(name: ConnectionName, defaults: Settings, config: HttpFunctionsConfig) -> Connection {
    let HttpFunctionsConfig { functions, http, secrets, patience, largest_answer } = config;
    let functions = Arc::new(functions);
    let reachability = HttpReachability {
        functions: Arc::clone(&functions),
        http: http.clone(),
        patience: patience.connect,
    };
    let catalogue = HttpCatalogue { functions: Arc::clone(&functions) };
    let platform = HttpPlatform { functions: Arc::clone(&functions) };
    let invoker = HttpInvoker { functions, http, secrets, patience, largest_answer };
    Connection {
        defaults,
        reachability: Some(Arc::new(reachability)),
        ..Connection::new(name, Arc::new(catalogue), Arc::new(invoker), Arc::new(platform))
    }
}
