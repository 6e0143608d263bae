//! Calls functions.

use crate::PortErrorKind;
use async_trait::async_trait;
use lamplight_domain::{
    AnswerOrigin, AnswerOutcome, Delivery, ErrorCode, ExecutionReport, FunctionRef, Hint, InvocationType,
    Passing, Payload, Qualifier, Scrubber, Start,
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
    /// The invocation type.
    pub invocation_type: InvocationType,
    /// The event.
    pub payload: Payload,
    /// Whether to request the end of the function's log; `RequestResponse` only.
    pub log_tail: bool,
    /// The client context: JSON about the caller that the provider passes to the function in addition to the event.
    pub client_context: Option<String>,
    /// The secrets of the run, which the provider or the function may repeat. Texts that the adapter shortens, folds or
    /// logs are scrubbed first, and after they have been judged; the caller scrubs everything else.
    pub scrubber: Scrubber,
    /// Whether to open a connection for this call: after an attempt that was answered, the server may have closed a kept
    /// connection, and a call that is sent on it is lost.
    pub fresh_connection: bool,
    /// Lets the adapter tell the caller whether the request may have been sent.
    pub departure: Departure,
}

/// A complete answer to a call, possibly with a function error.
#[derive(Debug, Clone, PartialEq)]
pub struct InvokeAnswer {
    /// What the answer means.
    pub outcome: AnswerOutcome,
    /// The HTTP status, if the answer came over HTTP.
    pub http_status: Option<u16>,
    /// The provider's request ID.
    pub request_id: Option<String>,
    /// The version that ran.
    pub executed_version: Option<String>,
    /// The end of the function's log, decoded.
    pub log_tail: Option<String>,
    /// Durations and memory of the execution, if the provider reports them outside the log. A report in the log tail is
    /// parsed by the [`Platform`](lamplight_domain::Platform).
    pub report: Option<ExecutionReport>,
    /// The response as received; empty if there is none, or if the answer cannot be identified as the provider's.
    pub response: Vec<u8>,
    /// A feature that the provider refused, such as the log tail, so that the call was made without it.
    pub refused_feature: Option<String>,
    /// Whether the answer has no identifying header and counts only because the connection accepts such answers.
    pub unmarked: bool,
    /// Who seems to have sent the answer, if it is [`Unidentified`](AnswerOutcome::Unidentified).
    pub origin: Option<Box<AnswerOrigin>>,
}

impl InvokeAnswer {
    /// An answer with only an outcome.
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
            unmarked: false,
            origin: None,
        }
    }
}

/// A call that failed: it has no answer from the function.
pub struct InvokeError {
    /// How far the request got.
    pub delivery: Delivery,
    /// Whether the function may have started. With [`Delivery::MaybeSent`] it is always [`Start::MayHaveStarted`].
    pub start: Start,
    /// Whether the cause may go away by itself, so that a retry makes sense if it is safe.
    pub transient: bool,
    /// The wait that the provider asked for.
    pub retry_after: Option<Duration>,
    /// The kind, which says what the caller can do.
    pub kind: PortErrorKind,
    /// The stable code, documented in `docs/errors.md`.
    pub code: ErrorCode,
    /// The provider's own error code.
    pub provider_code: Option<String>,
    /// The HTTP status, if an answer was received.
    pub http_status: Option<u16>,
    /// The provider's request ID, if an answer was received.
    pub request_id: Option<String>,
    /// What happened: lower case, without a final period, the payload or secrets.
    pub message: String,
    /// What to do about it.
    pub hint: Option<Hint>,
    /// The underlying error, for logs.
    pub source: Option<Box<dyn Error + Send + Sync>>,
}

impl InvokeError {
    /// A call of which nothing was sent, and which would end the same way again.
    pub fn not_sent(kind: PortErrorKind, code: ErrorCode, message: impl Into<String>) -> Self {
        Self {
            delivery: Delivery::NotSent,
            start: Start::DidNotStart,
            transient: false,
            retry_after: None,
            kind,
            code,
            provider_code: None,
            http_status: None,
            request_id: None,
            message: message.into(),
            hint: None,
            source: None,
        }
    }

    /// A call of which something may have been sent, and which no whole answer came to.
    pub fn unanswered(kind: PortErrorKind, code: ErrorCode, message: impl Into<String>) -> Self {
        let (delivery, start) = (Delivery::MaybeSent, Start::MayHaveStarted);
        Self { delivery, start, ..Self::not_sent(kind, code, message) }
    }

    /// A call that the provider itself refused.
    pub fn answered(start: Start, kind: PortErrorKind, code: ErrorCode, message: impl Into<String>) -> Self {
        Self { delivery: Delivery::Answered, start, ..Self::not_sent(kind, code, message) }
    }

    /// Whether the cause may go away by itself, and how soon.
    pub fn passing(&self) -> Passing {
        match (self.transient, &self.code) {
            (false, _) => Passing::Never,
            (true, ErrorCode::NotReady | ErrorCode::Conflict) => Passing::Minutes,
            (true, _) => Passing::Seconds,
        }
    }

    /// The same failure with advice.
    #[must_use]
    pub fn with_hint(self, hint: impl Into<Hint>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }
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

/// Why a call is waited for longer than the function's known time limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LongerWait {
    /// The function's time limit is longer than was known.
    LimitRaised {
        /// The function's time limit.
        limit: Duration,
    },
    /// The function's time limit could not be read, so the provider's longest one counts.
    LimitUnknown {
        /// The longest time limit of a function.
        longest: Duration,
    },
}

/// Tells a caller that stopped waiting for an answer whether the request may have been sent, and a caller that waits why
/// it waits longer than expected. Clones share their state.
///
/// Until the adapter sets a probe, the answer is that it may have been sent.
#[derive(Clone, Default)]
pub struct Departure {
    probe: Arc<Mutex<Option<Probe>>>,
    listener: Arc<Mutex<Option<Listener>>>,
}

type Probe = Box<dyn Fn() -> bool + Send + Sync>;
type Listener = Box<dyn Fn(LongerWait) + Send + Sync>;

impl Departure {
    /// Sets the function that tells whether the request may have been sent. The adapter must call this before it sends
    /// the first byte.
    pub fn set_probe(&self, may_have_left: impl Fn() -> bool + Send + Sync + 'static) {
        *self.probe.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(may_have_left));
    }

    /// Sets the function that is called if the call is waited for longer. It must not block.
    pub fn set_listener(&self, listener: impl Fn(LongerWait) + Send + Sync + 'static) {
        *self.listener.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(listener));
    }

    /// Tells the caller that the call is waited for longer.
    pub fn wait_longer(&self, why: LongerWait) {
        if let Some(listener) = &*self.listener.lock().unwrap_or_else(PoisonError::into_inner) {
            listener(why);
        }
    }

    /// Whether a byte of the request may have been sent. The answer is final once the call was dropped.
    pub fn may_have_left(&self) -> bool {
        self.probe.lock().unwrap_or_else(PoisonError::into_inner).as_ref().is_none_or(|probe| probe())
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
/// - One call of [`invoke`](Self::invoke) starts the function at most once. The adapter repeats a request at most once,
///   without the log tail, and only if the provider refused the log tail before the function could start.
/// - `Ok` is a complete answer, or the error of a function that the head of an answer proves. An answer that proves nothing
///   and is incomplete is an error with [`Delivery::MaybeSent`].
/// - Every answer without the provider's identifying header, whatever its status, is
///   [`Unidentified`](AnswerOutcome::Unidentified), unless the connection accepts [unmarked](InvokeAnswer::unmarked)
///   answers. An error with [`Delivery::Answered`] is the provider's own.
/// - [`Delivery::NotSent`] is returned only if no byte of the request can have arrived, and [`Start::DidNotStart`] only
///   if that or the answer proves it. In doubt it is [`Delivery::MaybeSent`] and [`Start::MayHaveStarted`].
/// - It waits at least as long as the function may run. When the limit in the reference has passed, it asks the provider
///   for the current one where that is possible, and calls [`Departure::wait_longer`] if it goes on waiting.
/// - If the future is dropped, the answer is lost and the function may continue to run.
/// - Payloads, responses and secrets do not appear in errors or logs.
#[async_trait]
pub trait Invoker: Debug + Send + Sync + 'static {
    /// Makes one call and waits for its answer.
    ///
    /// A caller that may stop waiting keeps a clone of the request's [`Departure`] and checks it afterwards. An adapter
    /// that cannot tell whether the request was sent sets no probe.
    async fn invoke(&self, request: InvokeRequest) -> Result<InvokeAnswer, InvokeError>;
}
