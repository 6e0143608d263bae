//! Connections and calls for the tests.

use async_trait::async_trait;
use lamplight_domain::{ErrorCode, FunctionName, InvocationType, Payload, Scrubber, SecretRef, Settings};
use lamplight_http_adapter::HttpClient;
use lamplight_http_functions_adapter::{
    CallTimeouts, Functions, HttpFunction, HttpFunctionsConfig, connection,
};
use lamplight_ports::{
    Connection, Departure, InvokeRequest, PortError, PortErrorKind, SecretResolver, SecretString,
};
use std::{error::Error, sync::Arc, time::Duration};

/// The secret of every secret header.
pub(crate) const SECRET: &str = "hunter2-the-key";

/// Resolves only `env:KEY`, to [`SECRET`].
#[derive(Debug)]
struct OneSecret;

#[async_trait]
impl SecretResolver for OneSecret {
    async fn resolve(&self, reference: &SecretRef) -> Result<SecretString, PortError> {
        if reference.to_string() == "env:KEY" {
            return Ok(SECRET.into());
        }
        let message = format!("{reference} is not set");
        Err(PortError::new(PortErrorKind::NotFound, ErrorCode::SecretNotFound, message))
    }
}

/// The name of the only function.
pub(crate) fn name() -> FunctionName {
    "f".parse().unwrap()
}

/// A connection with one function.
pub(crate) fn open(function: HttpFunction) -> Connection {
    open_all([(name(), function)].into_iter().collect())
}

/// A connection with these functions.
pub(crate) fn open_all(functions: Functions) -> Connection {
    open_with(functions, Duration::from_secs(20))
}

/// The same, with a margin that ends within a test.
pub(crate) fn open_impatient(function: HttpFunction) -> Connection {
    open_with([(name(), function)].into_iter().collect(), Duration::from_millis(700))
}

fn open_with(functions: Functions, margin: Duration) -> Connection {
    let config = HttpFunctionsConfig {
        timeouts: CallTimeouts {
            connect: Duration::from_secs(2),
            longest_execution: Duration::ZERO,
            margin,
            answer_body: margin,
        },
        largest_answer: 64 * 1024,
        ..HttpFunctionsConfig::new(functions, HttpClient::default(), Arc::new(OneSecret))
    };
    connection("here".parse().unwrap(), Settings::default(), config)
}

/// A call of the only function.
pub(crate) fn call(connection: &Connection, invocation_type: InvocationType) -> InvokeRequest {
    InvokeRequest {
        function: connection.platform.parse_function("f").unwrap(),
        qualifier: None,
        invocation_type,
        payload: Payload::from_json("{\"a\":1}".to_owned()).unwrap(),
        log_tail: true,
        client_context: None,
        scrubber: Scrubber::default(),
        fresh_connection: false,
        departure: Departure::default(),
    }
}

/// All texts of an error, with its causes.
pub(crate) fn all_texts(error: &(dyn Error + 'static)) -> String {
    let mut texts = vec![format!("{error} {error:?}")];
    let mut source = error.source();
    while let Some(cause) = source {
        texts.push(format!("{cause} {cause:?}"));
        source = cause.source();
    }
    texts.join(" <- ")
}
