//! Helpers to open connections and to make calls.

use crate::server::MARK;
use lamplight_aws_adapter::{AccessKey, AwsConnectionConfig, AwsPorts, CredentialsSource, Timeouts, open};
use lamplight_aws_model::Region;
use lamplight_domain::{FunctionRef, InvocationType, Payload, Scrubber};
use lamplight_ports::{Departure, InvokeRequest};
use std::time::Duration;

/// The secret key of every test's credentials.
pub(crate) const SECRET_KEY: &str = "hunter2-the-secret-key";
/// The session token of every test's credentials.
pub(crate) const SESSION_TOKEN: &str = "hunter2-the-session-token";

/// A connection to `endpoint` with a key, in `eu-west-1`.
pub(crate) fn config(endpoint: &str) -> AwsConnectionConfig {
    AwsConnectionConfig {
        endpoint_url: Some(endpoint.to_owned()),
        sts_endpoint_url: Some(endpoint.to_owned()),
        credentials: CredentialsSource::AccessKey(AccessKey {
            id: "AKIDEXAMPLE".into(),
            secret: SECRET_KEY.into(),
            session_token: Some(SESSION_TOKEN.into()),
        }),
        ..AwsConnectionConfig::new(Region::parse_known("eu-west-1").unwrap())
    }
}

/// The ports on `endpoint`.
pub(crate) fn ports(endpoint: &str) -> AwsPorts {
    open(config(endpoint)).unwrap()
}

/// Time limits that are short enough for a test, but long enough for a busy machine.
pub(crate) fn short_waits() -> Timeouts {
    Timeouts {
        connect: Duration::from_secs(2),
        answer_margin: Duration::from_millis(700),
        answer_body: Duration::from_millis(700),
        current_limit: Duration::from_secs(5),
        ..Timeouts::default()
    }
}

/// A function known by its name, with a timeout of zero seconds, so that only the margin limits a call.
pub(crate) fn function(name: &str) -> FunctionRef {
    FunctionRef { timeout_seconds: Some(0), ..FunctionRef::by_name(name.parse().unwrap()) }
}

/// A synchronous call without log tail.
pub(crate) fn call(name: &str) -> InvokeRequest {
    call_with(name, "{\"a\":1}")
}

/// A synchronous call with this event, without log tail.
pub(crate) fn call_with(name: &str, event: &str) -> InvokeRequest {
    InvokeRequest {
        function: function(name),
        qualifier: None,
        invocation_type: InvocationType::RequestResponse,
        payload: Payload::from_json(event.to_owned()).unwrap(),
        log_tail: false,
        client_context: None,
        scrubber: Scrubber::default(),
        fresh_connection: false,
        departure: Departure::default(),
    }
}

/// An answer with a header that only AWS sets.
pub(crate) fn marked(status: u16) -> wiremock::ResponseTemplate {
    wiremock::ResponseTemplate::new(status).insert_header(MARK.0, MARK.1)
}
