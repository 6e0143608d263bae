//! What every adapter of [`Invoker`] must do.

use async_trait::async_trait;
use lamplight_domain::{AnswerOutcome, Delivery, FunctionRef, InvocationType, Payload, Start};
use lamplight_ports::{Departure, InvokeAnswer, InvokeError, InvokeRequest, Invoker, PortErrorKind};
use std::{any::Any, error::Error, fmt, sync::Arc};

/// Stands in every event of the suite and must stand in no error.
pub const SECRET_IN_EVENT: &str = "hunter2-in-the-event";
/// What stands in the log tail of a function that gives one.
pub const LOG_LINE: &str = "conformance says hello";

/// How a function of the suite behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Behaviour {
    /// Gives the event back; its log holds [`LOG_LINE`].
    Echoes,
    /// Reports an error of its own, through a complete answer.
    ReportsAnError,
    /// Echoes, and answers a little before its own time limit, which the reference carries.
    AnswersAtItsLimit,
    /// Echoes, and the provider refuses to give its log tail before the function could start.
    RefusesLogTail,
    /// The provider refuses the call because there are too many.
    IsThrottled,
    /// The provider says that there is no such function.
    IsAbsent,
    /// The provider says that the caller may not call it.
    IsForbidden,
    /// The connection ends after the whole request has arrived and before an answer.
    DropsTheAnswer,
    /// The connection ends in the middle of the answer's body.
    CutsTheAnswer,
    /// Nothing listens where the provider should be.
    CannotBeReached,
    /// Something between answers in the provider's place, as if all went well, and the function is not started.
    AnsweredBySomebodyElse,
}

/// What a provider has nothing like. The suite asserts that it is not there, where that can be told, so that a gap which
/// was closed does not stay on a list; else it leaves out what needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gap {
    /// No function can behave so.
    Behaviour(Behaviour),
    /// There are no queued calls; one is refused as unsupported and starts nothing.
    QueuedCalls,
    /// There are no dry runs; one is refused as unsupported and starts nothing.
    DryRuns,
    /// No log tail comes.
    LogTail,
    /// Answers have no request id.
    RequestId,
    /// Answers do not say which version ran.
    ExecutedVersion,
    /// Refusals have no code of the provider's own.
    ProviderCode,
    /// Answers come by something other than HTTP.
    HttpStatus,
}

/// A function as arranged, with what must live as long as it: a server, a simulator.
pub struct ArrangedFunction {
    /// What calls it.
    pub invoker: Arc<dyn Invoker>,
    /// The function.
    pub function: FunctionRef,
    /// How often the function has been started so far, queued events not counted.
    pub starts: Box<dyn Fn() -> usize + Send + Sync>,
    /// What it needs to go on.
    pub keep: Box<dyn Any + Send + Sync>,
}

impl fmt::Debug for ArrangedFunction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ArrangedFunction").field("function", &self.function).finish_non_exhaustive()
    }
}

/// Makes functions for the suite: a scripted server behind an adapter, a simulator, a real provider.
#[async_trait]
pub trait InvokerHarness: Send + Sync {
    /// A function that behaves so.
    async fn arrange(&self, behaviour: Behaviour) -> ArrangedFunction;

    /// What this provider has nothing like.
    fn lacks(&self) -> &'static [Gap] {
        &[]
    }
}

impl dyn InvokerHarness + '_ {
    fn has(&self, gap: Gap) -> bool {
        !self.lacks().contains(&gap)
    }

    /// Fails where something is missing that should be there, and where something is there that is said to be missing.
    fn expect(&self, gap: Gap, is_there: bool, what: &dyn fmt::Debug) {
        assert!(is_there || !self.has(gap), "{gap:?}: {what:?}");
        assert!(!is_there || self.has(gap), "{gap:?} is no gap any more: take it off the list ({what:?})");
    }

    /// The ways to call a function that the provider has.
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

/// Expands to one test for each guarantee, run through `Arc<dyn Invoker>`, which is how the port is held.
/// The argument is an expression that gives an [`InvokerHarness`]; the crate needs `tokio` with its macros
/// among its dev-dependencies.
#[macro_export]
macro_rules! invoker {
    ($harness:expr) => {
        $crate::invoker!(@each $harness;
            a_call_starts_the_function_once_and_brings_its_answer,
            a_function_error_is_an_answer,
            it_waits_as_long_as_the_function_may_run,
            the_log_tail_comes_where_it_is_asked_for,
            a_refused_log_tail_costs_no_second_start,
            a_queued_call_is_acknowledged,
            a_dry_run_starts_nothing,
            a_refusal_proves_that_nothing_started,
            an_answer_that_does_not_come_whole_leaves_doubt,
            somebody_elses_answer_proves_nothing,
            what_cannot_be_reached_was_not_sent,
            a_dropped_caller_starts_nothing_more,
            calls_do_not_disturb_one_another,
            events_are_in_no_error,
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

/// One call starts the function once; the answer carries the response as it came and the request id.
pub async fn a_call_starts_the_function_once_and_brings_its_answer(harness: &dyn InvokerHarness) {
    let Some(arranged) = arrange(harness, Behaviour::Echoes).await else { return };
    for expected in 1..=3 {
        let answer = answered(call(&arranged, InvocationType::RequestResponse).await);
        assert_eq!(answer.outcome, AnswerOutcome::Returned);
        assert_eq!(String::from_utf8_lossy(&answer.response), event());
        assert!(answer.request_id.as_ref().is_none_or(|id| !id.is_empty()), "{answer:?}");
        harness.expect(Gap::RequestId, answer.request_id.is_some(), &answer);
        harness.expect(Gap::ExecutedVersion, answer.executed_version.is_some(), &answer);
        harness.expect(Gap::HttpStatus, answer.http_status.is_some(), &answer);
        assert_eq!((arranged.starts)(), expected);
    }
}

/// What the function reports as its own error is a complete answer, and the response says what.
pub async fn a_function_error_is_an_answer(harness: &dyn InvokerHarness) {
    let Some(arranged) = arrange(harness, Behaviour::ReportsAnError).await else { return };
    let answer = answered(call(&arranged, InvocationType::RequestResponse).await);
    let AnswerOutcome::FunctionError(error) = &answer.outcome else { panic!("{answer:?}") };
    assert!(!error.message.is_empty() && !answer.response.is_empty(), "{answer:?}");
    assert_eq!((arranged.starts)(), 1);
}

/// A function that takes nearly all of its time limit still brings its answer.
pub async fn it_waits_as_long_as_the_function_may_run(harness: &dyn InvokerHarness) {
    let Some(arranged) = arrange(harness, Behaviour::AnswersAtItsLimit).await else { return };
    assert!(arranged.function.timeout_seconds.is_some(), "the reference carries the time limit");
    let answer = answered(call(&arranged, InvocationType::RequestResponse).await);
    assert_eq!((answer.outcome, (arranged.starts)()), (AnswerOutcome::Returned, 1));
}

/// The log tail comes, decoded, with a call that waits and asks for it, and with no other.
pub async fn the_log_tail_comes_where_it_is_asked_for(harness: &dyn InvokerHarness) {
    let Some(arranged) = arrange(harness, Behaviour::Echoes).await else { return };
    let asked = harness.invocation_types().map(|invocation_type| (invocation_type, true));
    for (invocation_type, log_tail) in asked.chain([(InvocationType::RequestResponse, false)]) {
        let request = InvokeRequest { log_tail, ..request(&arranged.function, invocation_type) };
        let answer = answered(arranged.invoker.invoke(request).await);
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
    let answer = answered(arranged.invoker.invoke(request).await);
    assert_eq!((answer.outcome, answer.log_tail), (AnswerOutcome::Returned, None));
    assert!(answer.refused_feature.is_some());
    assert_eq!(String::from_utf8_lossy(&answer.response), event());
    assert_eq!((arranged.starts)(), 1);
}

/// A queued call is accepted and has no response; a provider that has none says so, and starts nothing.
pub async fn a_queued_call_is_acknowledged(harness: &dyn InvokerHarness) {
    let Some(arranged) = arrange(harness, Behaviour::Echoes).await else { return };
    if !harness.has(Gap::QueuedCalls) {
        return unsupported(&arranged, InvocationType::Event).await;
    }
    let answer = answered(call(&arranged, InvocationType::Event).await);
    harness.expect(Gap::RequestId, answer.request_id.is_some(), &answer);
    assert_eq!((answer.outcome, answer.response), (AnswerOutcome::Accepted, Vec::new()));
}

/// A dry run is validated and starts nothing; a provider that has none says so, and starts nothing either.
pub async fn a_dry_run_starts_nothing(harness: &dyn InvokerHarness) {
    let Some(arranged) = arrange(harness, Behaviour::Echoes).await else { return };
    if !harness.has(Gap::DryRuns) {
        return unsupported(&arranged, InvocationType::DryRun).await;
    }
    let answer = answered(call(&arranged, InvocationType::DryRun).await);
    assert_eq!((answer.outcome, answer.response), (AnswerOutcome::Validated, Vec::new()));
    assert_eq!((arranged.starts)(), 0);
}

/// Throttled, absent, forbidden: an answer came, it proves that nothing started, and the error says what
/// the caller can do.
pub async fn a_refusal_proves_that_nothing_started(harness: &dyn InvokerHarness) {
    for (behaviour, kind, transient) in [
        (Behaviour::IsThrottled, PortErrorKind::Throttled, true),
        (Behaviour::IsAbsent, PortErrorKind::NotFound, false),
        (Behaviour::IsForbidden, PortErrorKind::Denied, false),
    ] {
        for invocation_type in harness.invocation_types() {
            let Some(arranged) = arrange(harness, behaviour).await else { continue };
            let error = failed(call(&arranged, invocation_type).await);
            assert_eq!((error.delivery, error.start), (Delivery::Answered, Start::DidNotStart), "{error:?}");
            assert_eq!((error.kind, error.transient), (kind, transient), "{error:?}");
            harness.expect(Gap::HttpStatus, error.http_status.is_some(), &error);
            harness.expect(Gap::ProviderCode, error.provider_code.is_some(), &error);
            assert_eq!((arranged.starts)(), 0, "{behaviour:?} {invocation_type}");
            check_texts(&error);
        }
    }
}

/// No answer, or an answer cut short: the function may have run, the error says so, and it ran at most once.
pub async fn an_answer_that_does_not_come_whole_leaves_doubt(harness: &dyn InvokerHarness) {
    for behaviour in [Behaviour::DropsTheAnswer, Behaviour::CutsTheAnswer] {
        let Some(arranged) = arrange(harness, behaviour).await else { continue };
        let error = failed(call(&arranged, InvocationType::RequestResponse).await);
        assert_eq!((error.delivery, error.start), (Delivery::MaybeSent, Start::MayHaveStarted), "{error:?}");
        assert!((arranged.starts)() <= 1, "{behaviour:?}");
        check_texts(&error);
    }
}

/// An answer without the provider's mark is an answer of nobody: its meaning, its parts and its body count for nothing,
/// and it is not asked for again.
pub async fn somebody_elses_answer_proves_nothing(harness: &dyn InvokerHarness) {
    for invocation_type in harness.invocation_types() {
        let Some(arranged) = arrange(harness, Behaviour::AnsweredBySomebodyElse).await else { return };
        let answer = answered(call(&arranged, invocation_type).await);
        assert_eq!(answer.outcome, AnswerOutcome::Unidentified, "{invocation_type}");
        assert_eq!((answer.request_id, answer.executed_version, answer.log_tail), (None, None, None));
        assert_eq!((answer.report, answer.response), (None, Vec::new()), "it may repeat what was sent");
        assert_eq!((arranged.starts)(), 0, "{invocation_type}");
    }
}

/// Where nothing listens, no byte of the request left, nothing started, and it may be tried again.
pub async fn what_cannot_be_reached_was_not_sent(harness: &dyn InvokerHarness) {
    let Some(arranged) = arrange(harness, Behaviour::CannotBeReached).await else { return };
    let error = failed(call(&arranged, InvocationType::RequestResponse).await);
    assert_eq!((error.delivery, error.start), (Delivery::NotSent, Start::DidNotStart), "{error:?}");
    assert_eq!((error.kind, error.transient), (PortErrorKind::Unavailable, true), "{error:?}");
    assert_eq!((error.http_status, &error.request_id), (None, &None), "{error:?}");
    assert_eq!((arranged.starts)(), 0);
    check_texts(&error);
}

/// A caller that is dropped gives up its answer; what it began starts at most once, and the invoker serves
/// the next.
pub async fn a_dropped_caller_starts_nothing_more(harness: &dyn InvokerHarness) {
    let Some(arranged) = arrange(harness, Behaviour::Echoes).await else { return };
    let mut given_up = Box::pin(call(&arranged, InvocationType::RequestResponse));
    tokio::select! {
        biased;
        _ = &mut given_up => {}
        () = tokio::task::yield_now() => {}
    }
    drop(given_up);
    answered(call(&arranged, InvocationType::RequestResponse).await);
    let starts = (arranged.starts)();
    assert!((1..=2).contains(&starts), "{starts} starts");
}

/// Calls made at once each get their own answer.
pub async fn calls_do_not_disturb_one_another(harness: &dyn InvokerHarness) {
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
        assert_eq!(String::from_utf8_lossy(&answered(outcome).response), text);
    }
    assert_eq!((arranged.starts)(), 12);
}

/// The event is in no error, neither in its texts nor in its causes, nor in the `Debug` of an invoker.
pub async fn events_are_in_no_error(harness: &dyn InvokerHarness) {
    for behaviour in [
        Behaviour::IsThrottled,
        Behaviour::IsAbsent,
        Behaviour::IsForbidden,
        Behaviour::DropsTheAnswer,
        Behaviour::CutsTheAnswer,
        Behaviour::CannotBeReached,
    ] {
        let Some(arranged) = arrange(harness, behaviour).await else { continue };
        let error = failed(call(&arranged, InvocationType::RequestResponse).await);
        let text = all_texts(&error);
        assert!(!text.contains(SECRET_IN_EVENT), "{behaviour:?}: {text}");
        assert!(!format!("{:?}", arranged.invoker).contains(SECRET_IN_EVENT));
    }
}

/// The event of the suite: JSON with [`SECRET_IN_EVENT`] in it.
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

/// A way to call that the provider does not have: nothing is sent.
async fn unsupported(arranged: &ArrangedFunction, invocation_type: InvocationType) {
    let error = failed(call(arranged, invocation_type).await);
    assert_eq!((error.delivery, error.start), (Delivery::NotSent, Start::DidNotStart), "{error:?}");
    assert_eq!((error.kind, error.transient), (PortErrorKind::Unsupported, false), "{error:?}");
    assert_eq!((arranged.starts)(), 0);
    check_texts(&error);
}

fn answered(outcome: Result<InvokeAnswer, InvokeError>) -> InvokeAnswer {
    match outcome {
        Ok(answer) => answer,
        Err(error) => panic!("there should be an answer: {}", all_texts(&error)),
    }
}

fn failed(outcome: Result<InvokeAnswer, InvokeError>) -> InvokeError {
    match outcome {
        Ok(answer) => panic!("there should be no answer: {answer:?}"),
        Err(error) => error,
    }
}

/// What `InvokeError` promises of every value.
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
