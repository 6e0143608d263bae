//! What every adapter of [`Invoker`] must do.

use async_trait::async_trait;
use lamplight_domain::{AnswerOutcome, Delivery, FunctionRef, InvocationType, Payload, Scrubber, Start};
use lamplight_ports::{Departure, InvokeAnswer, InvokeError, InvokeRequest, Invoker, PortErrorKind};
use std::{any::Any, error::Error, fmt, sync::Arc};

/// Part of every event of the suite; must not be in any error.
pub const SECRET_IN_EVENT: &str = "hunter2-in-the-event";
/// Part of the log tail of a function that writes a log.
pub const LOG_LINE: &str = "conformance says hello";

/// The behaviour of a function of the suite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Behaviour {
    /// Returns the event; its log contains [`LOG_LINE`].
    Echoes,
    /// Reports an error of its own in a complete answer.
    ReportsAnError,
    /// Echoes, and answers shortly before its own time limit, which the reference contains.
    AnswersAtItsLimit,
    /// Echoes; before it starts, the provider refuses to return its log tail.
    RefusesLogTail,
    /// The provider refuses the call because there are too many calls.
    IsThrottled,
    /// The provider says that the function does not exist.
    IsAbsent,
    /// The provider says that the caller is not allowed to call it.
    IsForbidden,
    /// The connection ends after the whole request arrived and before the answer.
    DropsTheAnswer,
    /// The connection ends in the middle of the answer's body.
    CutsTheAnswer,
    /// Nothing listens at the provider's address.
    CannotBeReached,
    /// Another server answers with success in place of the provider, and the function is not started.
    AnsweredBySomebodyElse,
}

/// A feature that the provider does not have. Where possible, the suite asserts that the feature is missing, so that a
/// gap that was closed does not stay on the list; otherwise it skips what needs the feature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gap {
    /// No function can behave like this.
    Behaviour(Behaviour),
    /// Events are not supported: the call is refused as unsupported and starts nothing.
    QueuedCalls,
    /// Dry runs are not supported: the call is refused as unsupported and starts nothing.
    DryRuns,
    /// Answers have no log tail.
    LogTail,
    /// Answers have no request ID.
    RequestId,
    /// Answers do not name the version that ran.
    ExecutedVersion,
    /// Refusals do not have a provider code.
    ProviderCode,
    /// Answers do not use HTTP.
    HttpStatus,
}

/// A function, and what must live as long as the function: a server, a simulator.
pub struct ArrangedFunction {
    /// The invoker that calls it.
    pub invoker: Arc<dyn Invoker>,
    /// The function.
    pub function: FunctionRef,
    /// How often the function has been started so far, not counting events.
    pub starts: Box<dyn Fn() -> usize + Send + Sync>,
    /// What must stay alive while the function is used.
    pub keep: Box<dyn Any + Send + Sync>,
}

impl fmt::Debug for ArrangedFunction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ArrangedFunction").field("function", &self.function).finish_non_exhaustive()
    }
}

/// Arranges functions for the suite: a scripted server behind an adapter, a simulator, a real provider.
#[async_trait]
pub trait InvokerHarness: Send + Sync {
    /// Arranges a function with this behaviour.
    async fn arrange(&self, behaviour: Behaviour) -> ArrangedFunction;

    /// The features that the provider does not have.
    fn lacks(&self) -> &'static [Gap] {
        &[]
    }
}

impl dyn InvokerHarness + '_ {
    fn has(&self, gap: Gap) -> bool {
        !self.lacks().contains(&gap)
    }

    /// Fails if a feature is missing that should exist, and if a feature exists that is listed as missing.
    fn expect(&self, gap: Gap, is_there: bool, what: &dyn fmt::Debug) {
        assert!(is_there || !self.has(gap), "{gap:?}: {what:?}");
        assert!(!is_there || self.has(gap), "{gap:?} is no longer a gap: remove it from the list ({what:?})");
    }

    /// The invocation types that the provider supports.
    fn invocation_types(&self) -> impl Iterator<Item = InvocationType> {
        [
            (InvocationType::RequestResponse, true),
            (InvocationType::Event, self.has(Gap::QueuedCalls)),
            (InvocationType::DryRun, self.has(Gap::DryRuns)),
        ]
        .into_iter()
        .filter_map(|(invocation_type, has)| has.then_some(invocation_type))
    }
}

/// Expands to one test per guarantee, run through `Arc<dyn Invoker>`, as callers hold the port. The argument is an
/// expression that creates an [`InvokerHarness`]; the crate needs `tokio` with its macros as a dev-dependency.
#[macro_export]
macro_rules! invoker {
    ($harness:expr) => {
        $crate::invoker!(@each $harness;
            a_call_starts_the_function_once_and_returns_its_answer,
            a_function_error_is_an_answer,
            a_call_waits_as_long_as_the_function_may_run,
            the_log_tail_is_returned_on_request,
            a_refused_log_tail_costs_no_second_start,
            an_event_is_acknowledged,
            a_dry_run_starts_nothing,
            a_refusal_proves_that_nothing_started,
            an_incomplete_answer_leaves_doubt,
            an_answer_from_another_server_proves_nothing,
            an_unreachable_provider_receives_nothing,
            a_dropped_caller_starts_nothing_more,
            concurrent_calls_do_not_affect_each_other,
            events_are_never_in_errors,
        );
    };
    (@each $harness:expr; $($guarantee:ident,)*) => {
        $(
            #[tokio::test]
            async fn $guarantee() {
                $crate::invoker::$guarantee(&$harness).await;
            }
        )*
    };
}

/// One call starts the function once; the answer contains the response as received and the request ID.
pub async fn a_call_starts_the_function_once_and_returns_its_answer(harness: &dyn InvokerHarness) {
    let Some(arranged) = arrange(harness, Behaviour::Echoes).await else { return };
    for expected in 1..=3 {
        let answer = expect_answer(call(&arranged, InvocationType::RequestResponse).await);
        assert_eq!(answer.outcome, AnswerOutcome::Returned);
        assert_eq!(String::from_utf8_lossy(&answer.response), event());
        assert!(answer.request_id.as_ref().is_none_or(|id| !id.is_empty()), "{answer:?}");
        harness.expect(Gap::RequestId, answer.request_id.is_some(), &answer);
        harness.expect(Gap::ExecutedVersion, answer.executed_version.is_some(), &answer);
        harness.expect(Gap::HttpStatus, answer.http_status.is_some(), &answer);
        assert_eq!((arranged.starts)(), expected);
    }
}

/// An error that the function reports is a complete answer, and the response contains the error.
pub async fn a_function_error_is_an_answer(harness: &dyn InvokerHarness) {
    let Some(arranged) = arrange(harness, Behaviour::ReportsAnError).await else { return };
    let answer = expect_answer(call(&arranged, InvocationType::RequestResponse).await);
    let AnswerOutcome::FunctionError(error) = &answer.outcome else { panic!("{answer:?}") };
    assert!(!error.message.is_empty() && !answer.response.is_empty(), "{answer:?}");
    assert_eq!((arranged.starts)(), 1);
}

/// The answer of a function that takes nearly all of its time limit still arrives.
pub async fn a_call_waits_as_long_as_the_function_may_run(harness: &dyn InvokerHarness) {
    let Some(arranged) = arrange(harness, Behaviour::AnswersAtItsLimit).await else { return };
    assert!(arranged.function.timeout_seconds.is_some(), "the reference contains the time limit");
    let answer = expect_answer(call(&arranged, InvocationType::RequestResponse).await);
    assert_eq!((answer.outcome, (arranged.starts)()), (AnswerOutcome::Returned, 1));
}

/// A call that waits and requests the log tail gets it, decoded; no other call does.
pub async fn the_log_tail_is_returned_on_request(harness: &dyn InvokerHarness) {
    let Some(arranged) = arrange(harness, Behaviour::Echoes).await else { return };
    let asked = harness.invocation_types().map(|invocation_type| (invocation_type, true));
    for (invocation_type, log_tail) in asked.chain([(InvocationType::RequestResponse, false)]) {
        let request = InvokeRequest { log_tail, ..request(&arranged.function, invocation_type) };
        let answer = expect_answer(arranged.invoker.invoke(request).await);
        if log_tail && invocation_type == InvocationType::RequestResponse {
            harness.expect(Gap::LogTail, answer.log_tail.is_some(), &answer);
            assert!(answer.log_tail.as_ref().is_none_or(|log| log.contains(LOG_LINE)), "{answer:?}");
            assert!(answer.refused_feature.is_none() || !harness.has(Gap::LogTail), "{answer:?}");
        } else {
            assert_eq!(
                (answer.log_tail, answer.refused_feature),
                (None, None),
                "{invocation_type} {log_tail}"
            );
        }
    }
}

/// A refused log tail is named, and the call is made without it: one start, one answer.
pub async fn a_refused_log_tail_costs_no_second_start(harness: &dyn InvokerHarness) {
    let Some(arranged) = arrange(harness, Behaviour::RefusesLogTail).await else { return };
    let request =
        InvokeRequest { log_tail: true, ..request(&arranged.function, InvocationType::RequestResponse) };
    let answer = expect_answer(arranged.invoker.invoke(request).await);
    assert_eq!((answer.outcome, answer.log_tail), (AnswerOutcome::Returned, None));
    assert!(answer.refused_feature.is_some());
    assert_eq!(String::from_utf8_lossy(&answer.response), event());
    assert_eq!((arranged.starts)(), 1);
}

/// An event is accepted and has no response; a provider that does not support events says so and starts nothing.
pub async fn an_event_is_acknowledged(harness: &dyn InvokerHarness) {
    let Some(arranged) = arrange(harness, Behaviour::Echoes).await else { return };
    if !harness.has(Gap::QueuedCalls) {
        return expect_unsupported(&arranged, InvocationType::Event).await;
    }
    let answer = expect_answer(call(&arranged, InvocationType::Event).await);
    harness.expect(Gap::RequestId, answer.request_id.is_some(), &answer);
    assert_eq!((answer.outcome, answer.response), (AnswerOutcome::Accepted, Vec::new()));
}

/// A dry run is validated and starts nothing; a provider that does not support dry runs says so and starts nothing
/// either.
pub async fn a_dry_run_starts_nothing(harness: &dyn InvokerHarness) {
    let Some(arranged) = arrange(harness, Behaviour::Echoes).await else { return };
    if !harness.has(Gap::DryRuns) {
        return expect_unsupported(&arranged, InvocationType::DryRun).await;
    }
    let answer = expect_answer(call(&arranged, InvocationType::DryRun).await);
    assert_eq!((answer.outcome, answer.response), (AnswerOutcome::Validated, Vec::new()));
    assert_eq!((arranged.starts)(), 0);
}

/// Throttled, absent, forbidden: the answer proves that nothing started, and the error says what the caller can do.
pub async fn a_refusal_proves_that_nothing_started(harness: &dyn InvokerHarness) {
    for (behaviour, kind, transient) in [
        (Behaviour::IsThrottled, PortErrorKind::Throttled, true),
        (Behaviour::IsAbsent, PortErrorKind::NotFound, false),
        (Behaviour::IsForbidden, PortErrorKind::Denied, false),
    ] {
        for invocation_type in harness.invocation_types() {
            let Some(arranged) = arrange(harness, behaviour).await else { continue };
            let error = expect_error(call(&arranged, invocation_type).await);
            assert_eq!((error.delivery, error.start), (Delivery::Answered, Start::DidNotStart), "{error:?}");
            assert_eq!((error.kind, error.transient), (kind, transient), "{error:?}");
            harness.expect(Gap::HttpStatus, error.http_status.is_some(), &error);
            harness.expect(Gap::ProviderCode, error.provider_code.is_some(), &error);
            assert_eq!((arranged.starts)(), 0, "{behaviour:?} {invocation_type}");
            check_texts(&error);
        }
    }
}

/// Without a complete answer the function may have run; the error says so, and the function ran at most once.
pub async fn an_incomplete_answer_leaves_doubt(harness: &dyn InvokerHarness) {
    for behaviour in [Behaviour::DropsTheAnswer, Behaviour::CutsTheAnswer] {
        let Some(arranged) = arrange(harness, behaviour).await else { continue };
        let error = expect_error(call(&arranged, InvocationType::RequestResponse).await);
        assert_eq!((error.delivery, error.start), (Delivery::MaybeSent, Start::MayHaveStarted), "{error:?}");
        assert!((arranged.starts)() <= 1, "{behaviour:?}");
        check_texts(&error);
    }
}

/// An answer without the provider's mark comes from another server: its status, its headers and its body are ignored,
/// and the call is not repeated.
pub async fn an_answer_from_another_server_proves_nothing(harness: &dyn InvokerHarness) {
    for invocation_type in harness.invocation_types() {
        let Some(arranged) = arrange(harness, Behaviour::AnsweredBySomebodyElse).await else { return };
        let answer = expect_answer(call(&arranged, invocation_type).await);
        assert_eq!(answer.outcome, AnswerOutcome::Unidentified, "{invocation_type}");
        assert_eq!((answer.request_id, answer.executed_version, answer.log_tail), (None, None, None));
        assert_eq!((answer.report, answer.response), (None, Vec::new()), "it may repeat what was sent");
        assert_eq!((arranged.starts)(), 0, "{invocation_type}");
    }
}

/// If nothing listens, no byte of the request was sent, nothing started, and the call may be retried.
pub async fn an_unreachable_provider_receives_nothing(harness: &dyn InvokerHarness) {
    let Some(arranged) = arrange(harness, Behaviour::CannotBeReached).await else { return };
    let error = expect_error(call(&arranged, InvocationType::RequestResponse).await);
    assert_eq!((error.delivery, error.start), (Delivery::NotSent, Start::DidNotStart), "{error:?}");
    assert_eq!((error.kind, error.transient), (PortErrorKind::Unavailable, true), "{error:?}");
    assert_eq!((error.http_status, &error.request_id), (None, &None), "{error:?}");
    assert_eq!((arranged.starts)(), 0);
    check_texts(&error);
}

/// A dropped caller gives up its answer; the call starts the function at most once, and the invoker still serves the
/// next call.
pub async fn a_dropped_caller_starts_nothing_more(harness: &dyn InvokerHarness) {
    let Some(arranged) = arrange(harness, Behaviour::Echoes).await else { return };
    let mut given_up = Box::pin(call(&arranged, InvocationType::RequestResponse));
    tokio::select! {
        biased;
        _ = &mut given_up => {}
        () = tokio::task::yield_now() => {}
    }
    drop(given_up);
    expect_answer(call(&arranged, InvocationType::RequestResponse).await);
    let starts = (arranged.starts)();
    assert!((1..=2).contains(&starts), "{starts} starts");
}

/// Concurrent calls each get their own answer.
pub async fn concurrent_calls_do_not_affect_each_other(harness: &dyn InvokerHarness) {
    let Some(arranged) = arrange(harness, Behaviour::Echoes).await else { return };
    let mut calls = tokio::task::JoinSet::new();
    for number in 0..12 {
        let invoker = Arc::clone(&arranged.invoker);
        let text = format!("{{\"number\":{number}}}");
        let request = InvokeRequest {
            payload: payload(&text),
            ..request(&arranged.function, InvocationType::RequestResponse)
        };
        calls.spawn(async move { (text, invoker.invoke(request).await) });
    }
    for (text, outcome) in calls.join_all().await {
        assert_eq!(String::from_utf8_lossy(&expect_answer(outcome).response), text);
    }
    assert_eq!((arranged.starts)(), 12);
}

/// The event is not in any error, neither in its texts nor in its causes, nor in the `Debug` output of an invoker.
pub async fn events_are_never_in_errors(harness: &dyn InvokerHarness) {
    for behaviour in [
        Behaviour::IsThrottled,
        Behaviour::IsAbsent,
        Behaviour::IsForbidden,
        Behaviour::DropsTheAnswer,
        Behaviour::CutsTheAnswer,
        Behaviour::CannotBeReached,
    ] {
        let Some(arranged) = arrange(harness, behaviour).await else { continue };
        let error = expect_error(call(&arranged, InvocationType::RequestResponse).await);
        let text = all_texts(&error);
        assert!(!text.contains(SECRET_IN_EVENT), "{behaviour:?}: {text}");
        assert!(!format!("{:?}", arranged.invoker).contains(SECRET_IN_EVENT));
    }
}

/// The event of the suite: JSON that contains [`SECRET_IN_EVENT`].
pub fn event() -> String {
    format!("{{\"password\":\"{SECRET_IN_EVENT}\",\"amount\":12345678901234567890.10,\"gruß\":\"ü\"}}")
}

async fn arrange(harness: &dyn InvokerHarness, behaviour: Behaviour) -> Option<ArrangedFunction> {
    if harness.has(Gap::Behaviour(behaviour)) { Some(harness.arrange(behaviour).await) } else { None }
}

fn request(function: &FunctionRef, invocation_type: InvocationType) -> InvokeRequest {
    InvokeRequest {
        function: function.clone(),
        qualifier: None,
        invocation_type,
        payload: payload(&event()),
        log_tail: false,
        client_context: None,
        scrubber: Scrubber::default(),
        fresh_connection: false,
        departure: Departure::default(),
    }
}

fn payload(text: &str) -> Payload {
    match Payload::from_json(text.to_owned()) {
        Ok(payload) => payload,
        Err(error) => panic!("{error}"),
    }
}

async fn call(
    arranged: &ArrangedFunction,
    invocation_type: InvocationType,
) -> Result<InvokeAnswer, InvokeError> {
    arranged.invoker.invoke(request(&arranged.function, invocation_type)).await
}

/// An invocation type that the provider does not support is refused, and nothing is sent.
async fn expect_unsupported(arranged: &ArrangedFunction, invocation_type: InvocationType) {
    let error = expect_error(call(arranged, invocation_type).await);
    assert_eq!((error.delivery, error.start), (Delivery::NotSent, Start::DidNotStart), "{error:?}");
    assert_eq!((error.kind, error.transient), (PortErrorKind::Unsupported, false), "{error:?}");
    assert_eq!((arranged.starts)(), 0);
    check_texts(&error);
}

fn expect_answer(outcome: Result<InvokeAnswer, InvokeError>) -> InvokeAnswer {
    match outcome {
        Ok(answer) => answer,
        Err(error) => panic!("expected an answer: {}", all_texts(&error)),
    }
}

fn expect_error(outcome: Result<InvokeAnswer, InvokeError>) -> InvokeError {
    match outcome {
        Ok(answer) => panic!("expected no answer: {answer:?}"),
        Err(error) => error,
    }
}

/// What [`InvokeError`] promises for every value.
fn check_texts(error: &InvokeError) {
    assert!(!error.message.is_empty() && !error.message.ends_with('.'), "{error:?}");
    assert!(error.code.as_str().bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{error:?}");
}

fn all_texts(error: &InvokeError) -> String {
    let mut texts = vec![format!("{error} {error:?} {:?} {:?}", error.hint, error.request_id)];
    let mut source = error.source();
    while let Some(cause) = source {
        texts.push(format!("{cause} {cause:?}"));
        source = cause.source();
    }
    texts.join(" <- ")
}
