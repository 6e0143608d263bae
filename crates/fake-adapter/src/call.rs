//! A record of the calls that started a function.

use lamplight_domain::{FunctionName, InvocationType, Payload, RawJson};

/// A call that started a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The function.
    pub function: FunctionName,
    /// How it was called: waiting for the response, or as an event.
    pub invocation_type: InvocationType,
    /// The event as it was sent.
    pub event: RawJson,
}

/// The event as JSON text.
pub(crate) fn event_of(payload: &Payload) -> RawJson {
    // A payload is always JSON; the fallback only avoids a panic.
    serde_json::from_slice(payload.as_bytes()).unwrap_or_else(|_| RawJson::null())
}
