//! How often a run calls its function: never if the run is refused, once if the call may have started the function, and
//! again only after a proof that it did not start, up to the run's maximum attempts.

use crate::{
    bench::{Bench, arguments, job, parameter},
    faults::faulty,
    invoker::{self, MockInvoker, failure},
};
use lamplight_app::{
    AppError, EventSource, RunName, RunRequest, begin_queued_run, cancel_run, prepare_run, resolve_target,
    show_run, start_run,
};
use lamplight_domain::{
    AnswerOutcome, DataType, Delivery, ErrorClass, ErrorCode, EvidenceKind, InvocationType, Job,
    ReportedError, RunState, Settings, Start,
};
use lamplight_ports::{InvokeAnswer, InvokeError, InvokeRequest, Invoker, LongerWait, PortErrorKind};
use std::time::Duration;

/// A bench on which calling a function fails the test, with a job of the function `f`.
async fn silent() -> Bench {
    let bench = invoker::bench(MockInvoker::never());
    let key = parameter("key", DataType::String).secret();
    bench.keep(&job("f", vec![parameter("count", DataType::Integer).required(), key])).await;
    bench
}

/// The code of a run that is refused.
async fn refused(target: &str, event: EventSource, settings: Settings) -> ErrorCode {
    silent().await.start(target, event, settings).await.unwrap_err().code()
}

/// Each refused run calls nothing.
macro_rules! refused {
    ($($name:ident: $code:ident, $target:literal, $event:expr, $settings:expr;)+) => {$(
        #[tokio::test]
        async fn $name() {
            assert_eq!(refused($target, $event, $settings).await, ErrorCode::$code);
        }
    )+};
}

fn event_of(bytes: usize) -> EventSource {
    EventSource::Raw(format!("\"{}\"", "x".repeat(bytes)))
}

fn plain() -> Settings {
    Settings::default()
}

refused! {
    a_value_of_another_type_calls_nothing: InvalidArguments, "f-job", arguments(&[("count", "many")]), plain();
    a_missing_parameter_calls_nothing: InvalidArguments, "f-job", arguments(&[]), plain();
    an_unknown_parameter_calls_nothing:
        InvalidArguments, "f-job", arguments(&[("count", "1"), ("cuont", "1")]), plain();
    an_event_that_is_not_json_calls_nothing: InvalidPayload, "f", EventSource::Raw("{".to_owned()), plain();
    an_event_that_is_too_large_calls_nothing: PayloadTooLarge, "f", event_of(7 << 20), plain();
    a_client_context_that_is_not_json_calls_nothing:
        InvalidClientContext, "f", arguments(&[]), Settings { client_context: Some("{".to_owned()), ..plain() };
    a_client_context_that_is_not_an_object_calls_nothing:
        InvalidClientContext, "f", arguments(&[]), Settings { client_context: Some("[1]".to_owned()), ..plain() };
    a_contradictory_qualifier_calls_nothing:
        InvalidSetting, "f:live", arguments(&[]), Settings { qualifier: Some("test".parse().unwrap()), ..plain() };
}

#[tokio::test]
async fn an_unknown_connection_calls_nothing() {
    let bench = silent().await;
    let nowhere = "nowhere".parse().unwrap();
    let error = resolve_target(&bench.connector, &bench.store, "f-job", Some(&nowhere)).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::ConnectionNotFound);
}

#[tokio::test]
async fn a_secret_that_is_not_found_calls_nothing() {
    let bench = silent().await;
    let mut key = parameter("key", DataType::String).secret();
    key.default = Some("env:ABSENT".to_owned());
    bench.keep(&Job { name: "absent".parse().unwrap(), ..job("f", vec![key]) }).await;
    let error = bench.start("absent", arguments(&[]), plain()).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::SecretNotFound);
    assert!(error.to_string().contains("env:ABSENT"), "{error}");
}

#[tokio::test]
async fn a_run_that_cannot_be_recorded_calls_nothing() {
    let bench = silent().await;
    let prepared = bench.prepare("f", arguments(&[]), plain()).await.unwrap();
    let error = start_run(&faulty(&bench, 1), prepared, &bench.steps, &bench.cancel).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::StoreFailed);
}

#[tokio::test]
async fn a_runner_that_cannot_enlist_calls_nothing() {
    let bench = silent().await;
    let prepared = bench.prepare("f", arguments(&[]), plain()).await.unwrap();
    bench.store.fail_writes(Some(PortErrorKind::Unavailable));
    assert!(start_run(&bench.run_ports(), prepared, &bench.steps, &bench.cancel).await.is_err());
}

#[tokio::test]
async fn a_queued_run_calls_nothing_until_it_is_followed() {
    let bench = silent().await;
    let ports = bench.run_ports();
    let prepare = || bench.prepare("f", arguments(&[]), plain());
    let queued = bench.queue("f", arguments(&[])).await;
    begin_queued_run(&ports, prepare().await.unwrap(), queued.clone()).await.unwrap();
    let again: AppError = begin_queued_run(&ports, prepare().await.unwrap(), queued).await.unwrap_err();
    assert_eq!(again.class(), ErrorClass::Conflict);
    let outcome = cancel_run(&bench.store, &bench.connector, &*bench.clock, &RunName::Latest).await.unwrap();
    assert!(!outcome.cancelled, "{outcome:?}");
}

#[tokio::test]
async fn a_queued_run_is_cancelled_and_never_called() {
    let bench = silent().await;
    let queued = bench.queue("f", arguments(&[])).await;
    let outcome = cancel_run(&bench.store, &bench.connector, &*bench.clock, &RunName::Latest).await.unwrap();
    assert!(outcome.cancelled && outcome.reason.contains("nothing was sent"), "{outcome:?}");
    let kept = show_run(&bench.store, &RunName::Latest).await.unwrap().run.unwrap();
    assert_eq!((kept.key(), kept.state()), (queued.key(), RunState::Rejected));
    let prepared = bench.prepare("f", arguments(&[]), plain()).await.unwrap();
    assert!(begin_queued_run(&bench.run_ports(), prepared, queued).await.is_err());
}

/// A run of up to three attempts makes this many calls and ends in this state.
async fn ends(invoker: MockInvoker, calls: usize, state: RunState) {
    let bench = invoker::bench(invoker);
    let settings = Settings { max_attempts: Some(3), ..plain() };
    let run = bench.start("f", arguments(&[]), settings).await.unwrap().run;
    assert_eq!((run.attempts.len(), run.state()), (calls, state));
}

/// The result of every call: how many calls are made, and how the run ends.
macro_rules! called {
    ($($name:ident: $calls:literal, $state:ident, $result:expr;)+) => {$(
        #[tokio::test]
        async fn $name() {
            ends(MockInvoker::times($calls, || $result), $calls, RunState::$state).await;
        }
    )+};
}

fn for_good(error: InvokeError) -> InvokeError {
    InvokeError { transient: false, ..error }
}

called! {
    a_result_is_not_repeated: 1, Succeeded, Ok(InvokeAnswer::new(AnswerOutcome::Returned));
    an_error_of_the_function_is_not_repeated:
        1, FunctionFailed, Ok(InvokeAnswer::new(AnswerOutcome::FunctionError(ReportedError::default())));
    an_answer_without_proof_of_origin_is_not_repeated: 1, Unknown, Ok(InvokeAnswer::new(AnswerOutcome::Unidentified));
    an_answer_that_proves_nothing_is_not_repeated: 1, Unknown, Ok(InvokeAnswer::new(AnswerOutcome::Unproven));
    a_lost_answer_is_not_repeated: 1, Unknown, Err(failure(Delivery::MaybeSent, Start::MayHaveStarted));
    a_lost_answer_is_not_repeated_whatever_is_claimed: 1, Unknown, Err(failure(Delivery::MaybeSent, Start::DidNotStart));
    an_error_of_the_provider_after_a_start_is_not_repeated:
        1, Unknown, Err(failure(Delivery::Answered, Start::MayHaveStarted));
    what_was_not_sent_is_repeated: 3, Rejected, Err(failure(Delivery::NotSent, Start::DidNotStart));
    what_was_refused_is_repeated: 3, Rejected, Err(failure(Delivery::Answered, Start::DidNotStart));
    what_cannot_be_sent_is_not_repeated:
        1, Rejected, Err(for_good(failure(Delivery::NotSent, Start::DidNotStart)));
    what_was_refused_for_good_is_not_repeated:
        1, Rejected, Err(for_good(failure(Delivery::Answered, Start::DidNotStart)));
}

/// An invoker that refuses one call, then gives this.
fn after_a_refusal(result: Result<InvokeAnswer, InvokeError>) -> MockInvoker {
    let mut invoker = MockInvoker::new();
    let refusal = failure(Delivery::Answered, Start::DidNotStart);
    invoker.expect_invoke().times(1).return_once(|_| Err(refusal));
    invoker.expect_invoke().times(1).return_once(|_| result);
    invoker
}

#[tokio::test]
async fn a_result_after_a_refusal_ends_the_attempts() {
    ends(after_a_refusal(Ok(InvokeAnswer::new(AnswerOutcome::Returned))), 2, RunState::Succeeded).await;
}

#[tokio::test]
async fn a_lost_answer_after_a_refusal_ends_the_attempts() {
    let lost = Err(failure(Delivery::MaybeSent, Start::MayHaveStarted));
    ends(after_a_refusal(lost), 2, RunState::Unknown).await;
}

#[tokio::test]
async fn one_attempt_is_one_call() {
    let refusal = || Err(failure(Delivery::NotSent, Start::DidNotStart));
    let bench = invoker::bench(MockInvoker::times(1, refusal));
    let settings = Settings { max_attempts: Some(1), ..plain() };
    assert_eq!(bench.start("f", arguments(&[]), settings).await.unwrap().run.state(), RunState::Rejected);
}

#[tokio::test]
async fn an_idempotent_job_does_not_repeat_a_lost_answer() {
    let lost = || Err(failure(Delivery::MaybeSent, Start::MayHaveStarted));
    let bench = invoker::bench(MockInvoker::times(1, lost));
    bench.keep(&Job { idempotent: true, ..job("f", vec![]) }).await;
    assert_eq!(bench.run("f-job", &[]).await.run.state(), RunState::Unknown);
}

#[tokio::test]
async fn a_dry_run_calls_once_and_as_a_dry_run() {
    let mut invoker = MockInvoker::new();
    let is_dry = |request: &InvokeRequest| request.invocation_type == InvocationType::DryRun;
    invoker
        .expect_invoke()
        .times(1)
        .withf(is_dry)
        .returning(|_| Ok(InvokeAnswer::new(AnswerOutcome::Validated)));
    let bench = invoker::bench(invoker);
    let settings = Settings { invocation_type: Some(InvocationType::DryRun), ..plain() };
    assert_eq!(bench.start("f", arguments(&[]), settings).await.unwrap().run.state(), RunState::Validated);
}

#[tokio::test]
async fn only_a_repeated_call_asks_for_a_fresh_connection() {
    let mut invoker = MockInvoker::new();
    invoker
        .expect_invoke()
        .times(1)
        .withf(|request| !request.fresh_connection)
        .return_once(|_| Err(failure(Delivery::Answered, Start::DidNotStart)));
    invoker
        .expect_invoke()
        .times(1)
        .withf(|request| request.fresh_connection)
        .return_once(|_| Ok(InvokeAnswer::new(AnswerOutcome::Returned)));
    ends(invoker, 2, RunState::Succeeded).await;
}

#[tokio::test]
async fn a_function_that_is_not_ready_is_waited_for_for_minutes() {
    for (code, least) in [(ErrorCode::NotReady, 60), (ErrorCode::Conflict, 60), (ErrorCode::Throttled, 0)] {
        let error =
            move || InvokeError { code: code.clone(), ..failure(Delivery::Answered, Start::DidNotStart) };
        let bench = invoker::bench(MockInvoker::times(3, move || Err(error())));
        let run = bench.start("f", arguments(&[]), plain()).await.unwrap().run;
        assert_eq!((run.attempts.len(), run.state()), (3, RunState::Rejected));
        let slept = bench.clock.slept();
        let range = Duration::from_secs(least)..Duration::from_secs(least + 180);
        assert!(range.contains(&slept) && !slept.is_zero(), "{slept:?}");
    }
}

/// An invoker that says that its call has left, or that it has not, and never answers.
#[derive(Debug)]
struct Silent {
    has_left: bool,
}

#[async_trait::async_trait]
impl Invoker for Silent {
    async fn invoke(&self, request: InvokeRequest) -> Result<InvokeAnswer, InvokeError> {
        let has_left = self.has_left;
        request.departure.set_probe(move || has_left);
        request.departure.wait_longer(LongerWait::LimitRaised { limit: Duration::from_secs(9) });
        std::future::pending().await
    }
}

#[tokio::test]
async fn the_wait_limit_of_a_run_ends_it_and_what_is_known_decides() {
    for (has_left, state, evidence) in [
        (true, RunState::Unknown, EvidenceKind::NoAnswer),
        (false, RunState::Rejected, EvidenceKind::NotSent),
    ] {
        let bench = invoker::bench(Silent { has_left });
        let target = resolve_target(&bench.connector, &bench.store, "f", None).await.unwrap();
        let wait_limit = Some(Duration::from_secs(90));
        let request = RunRequest { wait_limit, ..RunRequest::new(target, arguments(&[])) };
        let prepared = prepare_run(&crate::bench::OneSecret, request).await.unwrap();
        let ended = start_run(&bench.run_ports(), prepared, &bench.steps, &bench.cancel).await.unwrap();
        let outcome = ended.run.outcome().unwrap();
        assert_eq!((outcome.state, outcome.evidence.kind), (state, evidence));
        let error = outcome.error.as_ref().unwrap();
        assert_eq!((error.code.clone(), ended.run.attempts.len()), (ErrorCode::Timeout, 1));
        assert!(error.message.contains("the wait limit of 90 s"), "{}", error.message);
        assert!(bench.steps.0.lock().unwrap().contains(&"waiting longer"));
    }
}

#[tokio::test]
async fn missing_credentials_are_one_class_whatever_the_reason() {
    for code in [ErrorCode::UnexpectedAnswer, ErrorCode::Throttled, ErrorCode::ConnectionFailed] {
        let error =
            move || InvokeError::not_sent(PortErrorKind::Unauthenticated, code.clone(), "no credentials");
        let bench = invoker::bench(MockInvoker::times(1, move || Err(error())));
        let ended = bench.start("f", arguments(&[]), plain()).await.unwrap();
        assert_eq!(ended.class, Some(ErrorClass::Access));
    }
}
