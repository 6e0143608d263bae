//! Calling a function.

use crate::PortErrorKind;
use async_trait::async_trait;
use lamplight_domain::{
    AnswerOutcome, Delivery, ErrorCode, ExecutionReport, FunctionRef, Hint, InvocationType, Payload,
    Qualifier, Start,
};
use std::{
    error::Error,
    fmt::{self, Debug},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

/// One call.
#[derive(Debug, Clone)]
pub struct InvokeRequest {
    /// The function.
    pub function: FunctionRef,
    /// The version or alias.
    pub qualifier: Option<Qualifier>,
    /// How it is called.
    pub invocation_type: InvocationType,
    /// The event.
    pub payload: Payload,
    /// Whether the end of the function's log is asked for; ignored unless the call waits.
    pub log_tail: bool,
    /// JSON about the caller that the provider hands to the function beside the event.
    pub client_context: Option<String>,
    /// Where the adapter says how to find out whether the request has left.
    pub departure: Departure,
}

/// A complete answer to a call. It may well carry a function error.
#[derive(Debug, Clone, PartialEq)]
pub struct InvokeAnswer {
    /// What the answer means.
    pub outcome: AnswerOutcome,
    /// The HTTP status, where the answer came over HTTP.
    pub http_status: Option<u16>,
    /// The provider's request id.
    pub request_id: Option<String>,
    /// The version that ran.
    pub executed_version: Option<String>,
    /// The end of the function's log, decoded.
    pub log_tail: Option<String>,
    /// The provider's figures of the execution, where it gives them beside the log; those that stand in the log tail
    /// are found there by the [`Platform`](lamplight_domain::Platform).
    pub report: Option<ExecutionReport>,
    /// The response as it came; empty where there is none, and where the answer is not the provider's.
    pub response: Vec<u8>,
    /// What the provider refused to do beside the call, such as giving the log tail.
    pub refused_feature: Option<String>,
}

impl InvokeAnswer {
    /// An answer of which only its meaning is known.
    pub fn new(outcome: AnswerOutcome) -> Self {
        Self {
            outcome,
            http_status: None,
            request_id: None,
            executed_version: None,
            log_tail: None,
            report: None,
            response: Vec::new(),
            refused_feature: None,
        }
    }
}

/// A call that brought no answer about the function.
pub struct InvokeError {
    /// How far the request got.
    pub delivery: Delivery,
    /// Whether the function can have started. Anything but [`Delivery::Answered`] and
    /// [`Delivery::NotSent`] goes with [`Start::MayHaveStarted`].
    pub start: Start,
    /// Whether the cause may pass, so that a repetition makes sense where it is safe.
    pub transient: bool,
    /// The wait that the provider asked for.
    pub retry_after: Option<Duration>,
    /// What the caller can do.
    pub kind: PortErrorKind,
    /// A stable code, documented in `docs/errors.md`.
    pub code: ErrorCode,
    /// The provider's own error code.
    pub provider_code: Option<String>,
    /// The HTTP status, where an answer came.
    pub http_status: Option<u16>,
    /// The provider's request id, where an answer came.
    pub request_id: Option<String>,
    /// What happened, as one fragment for people, without payload and secrets.
    pub message: String,
    /// What to do about it.
    pub hint: Option<Hint>,
    /// What lies beneath, for logs.
    pub source: Option<Box<dyn Error + Send + Sync>>,
}

impl Debug for InvokeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InvokeError")
            .field("delivery", &self.delivery)
            .field("start", &self.start)
            .field("transient", &self.transient)
            .field("kind", &self.kind)
            .field("code", &self.code)
            .field("provider_code", &self.provider_code)
            .field("http_status", &self.http_status)
            .field("message", &self.message)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for InvokeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for InvokeError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_ref().map(|source| &**source as &(dyn Error + 'static))
    }
}

/// Whether a request can have left, for a caller that stopped waiting for its answer. Clones share what they know.
///
/// Until the adapter has said how to find out, the answer is that it may have left.
#[derive(Clone, Default)]
pub struct Departure {
    trace: Arc<Mutex<Option<Trace>>>,
}

type Trace = Box<dyn Fn() -> bool + Send + Sync>;

impl Departure {
    /// The one who sends says, before any of a request can leave, how to find out whether it has.
    pub fn is_told_by(&self, may_have_left: impl Fn() -> bool + Send + Sync + 'static) {
        *self.trace.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(may_have_left));
    }

    /// Whether a byte of the request can have left. Once the call was dropped the answer is final.
    pub fn may_have_left(&self) -> bool {
        self.trace.lock().unwrap_or_else(PoisonError::into_inner).as_ref().is_none_or(|trace| trace())
    }
}

impl Debug for Departure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Departure").field("may_have_left", &self.may_have_left()).finish()
    }
}

/// Calls functions.
///
/// # Guarantees
/// - One call of [`invoke`](Self::invoke) starts the function at most once. The adapter repeats nothing,
///   except once without the log tail where the provider refused it before the function could start.
/// - `Ok` is a complete answer; an answer cut short is an error with [`Delivery::MaybeSent`].
/// - Every answer without the provider's mark, whatever its status, is [`Unidentified`](AnswerOutcome::Unidentified):
///   an error with [`Delivery::Answered`] is the provider's own.
/// - [`Delivery::NotSent`] is claimed only where no byte of the request can have arrived, and
///   [`Start::DidNotStart`] only where that or the answer proves it; in doubt it is
///   [`Delivery::MaybeSent`] and [`Start::MayHaveStarted`].
/// - It waits at least as long as the function may run.
/// - A caller that is dropped gives up the answer; the function may go on.
/// - Payload, response and secrets appear in no error and no log.
#[async_trait]
pub trait Invoker: Debug + Send + Sync + 'static {
    /// Makes one call and waits for its answer.
    ///
    /// A caller that may stop waiting keeps a clone of the request's [`Departure`] and asks it afterwards; an adapter
    /// that cannot tell leaves it as it is.
    async fn invoke(&self, request: InvokeRequest) -> Result<InvokeAnswer, InvokeError>;
}
