//! Running, showing, listing and cancelling.

use crate::{
    bench::{Bench, arguments, function, job, parameter},
    invoker::{self, MockInvoker, failure},
};
use async_trait::async_trait;
use lamplight_app::{
    CancellationToken, EventSource, RunName, begin_queued_run, cancel_run, follow_run, list_runs, prune_runs,
    settle_runs, show_run, start_run,
};
use lamplight_domain::{
    DataType, Delivery, Direction, ErrorCode, EvidenceKind, Intent, InvocationType, Level, Qualifier, Run,
    RunId, RunKey, RunState, RunnerId, Settings, Start, Status, Warning,
};
use lamplight_fake_adapter::{Answer, FakeFunction, FakeWorld, FunctionFailure};
use lamplight_ports::{
    ClaimRequest, Clock, InvokeAnswer, InvokeError, InvokeRequest, Invoker, PageRequest, Retention,
    RunFilter, RunLimits, RunPorts, RunQueue, RunSelector, RunStore, Sleeper,
};
use serde_json::json;
use std::{sync::Arc, time::Duration};

fn adder() -> FakeFunction {
    FakeFunction::call(function("adder"), |event| {
        let number = |name: &str| {
            event[name].as_i64().ok_or_else(|| FunctionFailure::unhandled("KeyError", format!("'{name}'")))
        };
        Ok(json!({ "SUM": number("a")? + number("b")? }))
    })
}

#[tokio::test]
async fn a_job_maps_parameters_to_the_event_and_the_response_to_outputs() {
    let bench = Bench::new([adder()]);
    let sum = parameter("sum", DataType::Integer).with_direction(Direction::Output);
    bench
        .keep(&job("adder", vec![parameter("a", DataType::Integer), parameter("b", DataType::Integer), sum]))
        .await;
    let started = bench.run("adder-job", &[("b", "40"), ("a", "2")]).await;
    let run = started.run;
    assert_eq!((run.state(), run.status()), (RunState::Succeeded, Status::Success));
    assert_eq!(run.output("Sum").unwrap().to::<u8>().unwrap(), 42);
    let outcome = run.outcome().unwrap();
    assert_eq!(started.response.as_deref(), Some(br#"{"SUM":42}"#.as_slice()));
    assert!(outcome.report.is_some() && outcome.cost_usd.is_some() && outcome.log_tail.is_some());
    assert_eq!(outcome.executed_version.as_deref(), Some("$LATEST"));
    let id: RunId = run.id();
    assert_eq!(id.function().as_str(), "adder");
    let found = show_run(&bench.store, &RunName::Id(id)).await.unwrap();
    assert_eq!(found.response, started.response, "the response is recorded");
    assert_eq!(bench.provider.executions("adder"), 1);
}

#[tokio::test]
async fn a_function_error_is_failed_with_type_message_and_stack() {
    let failure = FunctionFailure {
        stack: vec!["line 7, in handler".into()],
        ..FunctionFailure::unhandled("ValueError", "no such colour")
    };
    let bench = Bench::new([FakeFunction::failing(function("painter"), failure)]);
    let run = bench.run("painter", &[]).await.run;
    assert_eq!((run.state(), run.status()), (RunState::FunctionFailed, Status::Failed));
    let error = run.outcome().unwrap().error.as_ref().unwrap();
    assert_eq!((error.code.as_str(), error.message.as_str()), ("function_error", "no such colour"));
    assert_eq!(error.error_type.as_deref(), Some("ValueError"));
    assert_eq!(error.stack, ["line 7, in handler"]);
}

#[tokio::test]
async fn an_event_is_accepted_and_a_dry_run_runs_nothing() {
    let bench = Bench::new([adder()]);
    let with = |invocation_type| Settings { invocation_type: Some(invocation_type), ..Settings::default() };
    let run = bench.start("adder", arguments(&[]), with(InvocationType::DryRun)).await.unwrap().run;
    assert_eq!(run.state(), RunState::Validated);
    assert_eq!(bench.provider.executions("adder"), 0);
    let run = bench.start("adder", arguments(&[]), with(InvocationType::Event)).await.unwrap().run;
    assert_eq!((run.state(), run.outcome().unwrap().outputs.len()), (RunState::Accepted, 0));
    assert_eq!(run.evidence().unwrap().kind, EvidenceKind::Accepted);
}

#[tokio::test]
async fn settings_come_from_the_nearest_level_and_name_it() {
    let qualifier = |text: &str| Some(text.parse::<Qualifier>().unwrap());
    let mut echo = FakeFunction::echo(function("echo"));
    echo.aliases = [("live".to_owned(), "3".to_owned()), ("test".to_owned(), "4".to_owned())].into();
    let defaults = Settings { qualifier: qualifier("test"), max_attempts: Some(1), ..Settings::default() };
    let bench = Bench::of(FakeWorld::new([echo]).with_defaults(defaults));
    let mut job = job("echo", vec![]);
    job.overrides.qualifier = qualifier("live");
    bench.keep(&job).await;
    let run = bench.run("echo-job", &[]).await.run;
    assert_eq!(run.outcome().unwrap().executed_version.as_deref(), Some("3"));
    assert_eq!(run.intent.effective.qualifier.level, Level::Job);
    assert_eq!(run.intent.effective.max_attempts.level, Level::Connection);
    let run = bench.run("echo:live", &[]).await.run;
    assert_eq!(
        (run.outcome().unwrap().executed_version.as_deref(), run.intent.effective.qualifier.level),
        (Some("3"), Level::Run)
    );
    let settings = Settings { qualifier: qualifier("test"), ..Settings::default() };
    let error = bench.start("echo:live", arguments(&[]), settings).await.unwrap_err();
    assert!(error.to_string().contains("contradicts"), "{error}");

    // The run overrides the job, whether the job gives the qualifier as an override or in the function's name.
    let mut in_text = job.clone();
    in_text.name = "in-text".parse().unwrap();
    in_text.overrides.qualifier = None;
    in_text.function.qualifier = qualifier("live");
    bench.keep(&in_text).await;
    let run = bench.run("in-text", &[]).await.run;
    assert_eq!(
        (run.outcome().unwrap().executed_version.as_deref(), run.intent.effective.qualifier.level),
        (Some("3"), Level::Job)
    );
    let settings = Settings { qualifier: qualifier("test"), ..Settings::default() };
    let run = bench.start("in-text", arguments(&[]), settings).await.unwrap().run;
    assert_eq!(
        (run.outcome().unwrap().executed_version.as_deref(), run.intent.effective.qualifier.level),
        (Some("4"), Level::Run)
    );
}

#[tokio::test]
async fn throttling_is_repeated_within_the_attempts_and_executes_once() {
    let mut busy = FakeFunction::echo(function("busy"));
    busy.throttle = 2;
    let bench = Bench::new([busy]);
    let run = bench.run("busy", &[]).await.run;
    assert_eq!((run.state(), run.attempts.len()), (RunState::Succeeded, 3));
    assert_eq!(bench.provider.executions("busy"), 1);
    // The jitter in these tests is always one half: 375 ms, then 750 ms.
    assert_eq!(bench.clock.slept(), Duration::from_millis(1125));
    let waits = bench.steps.0.lock().unwrap().clone();
    assert_eq!(waits, ["calling", "waiting", "calling", "waiting", "calling", "ended"]);
}

#[tokio::test]
async fn attempts_end_and_the_run_is_rejected() {
    let mut busy = FakeFunction::echo(function("busy"));
    busy.throttle = 9;
    let bench = Bench::new([busy]);
    let run = bench.run("busy", &[]).await.run;
    assert_eq!((run.state(), run.attempts.len()), (RunState::Rejected, 3));
    assert_eq!(run.outcome().unwrap().error.as_ref().unwrap().code, ErrorCode::Throttled);
    assert_eq!(bench.provider.executions("busy"), 0);
}

#[tokio::test]
async fn a_lost_answer_is_unknown_and_never_repeated() {
    let mut lost = FakeFunction::echo(function("lost"));
    lost.drop_answer = true;
    let bench = Bench::new([lost]);
    let run = bench.run("lost", &[]).await.run;
    assert_eq!((run.state(), run.attempts.len()), (RunState::Unknown, 1));
    assert_eq!(run.id().local_key(), Some(run.key().as_str()));
    assert_eq!(bench.provider.executions("lost"), 1);
}

#[tokio::test]
async fn a_response_that_is_not_an_object_gives_a_warning_and_no_outputs() {
    let bench = Bench::new([FakeFunction::new(function("list"), Answer::Return("[1]".into()))]);
    bench.keep(&job("list", vec![parameter("x", DataType::Json).with_direction(Direction::Output)])).await;
    let run = bench.run("list-job", &[]).await.run;
    assert_eq!(run.state(), RunState::Succeeded);
    assert!(matches!(run.outcome().unwrap().warnings[..], [Warning::ResponseNotObject { .. }]), "{run:?}");
}

#[tokio::test]
async fn a_payload_over_the_limit_is_refused_before_anything_is_recorded() {
    let bench = Bench::new([FakeFunction::echo(function("echo"))]);
    let event = || EventSource::Raw(format!("\"{}\"", "x".repeat(2 << 20)));
    let settings = Settings { invocation_type: Some(InvocationType::Event), ..Settings::default() };
    let error = bench.start("echo", event(), settings).await.unwrap_err();
    assert_eq!(
        (error.code(), error.class()),
        (ErrorCode::PayloadTooLarge, lamplight_domain::ErrorClass::Limit)
    );
    assert!(error.to_string().contains("2097154 bytes") && error.to_string().contains("1048576"), "{error}");
    assert!(
        list_runs(&bench.store, &RunFilter::default(), &PageRequest::default())
            .await
            .unwrap()
            .items
            .is_empty()
    );
    assert!(bench.start("echo", event(), Settings::default()).await.is_ok(), "a call that waits takes 6 MB");
}

#[tokio::test]
async fn a_caller_that_stops_waiting_leaves_an_unknown_run() {
    let (slow, mut calls) = FakeFunction::hanging(function("slow"));
    let bench = Bench::new([slow]);
    let stop = async {
        let call = calls.next().await.unwrap();
        bench.cancel.cancel();
        call
    };
    let (started, _call) = tokio::join!(bench.run("slow", &[]), stop);
    let run = started.run;
    assert_eq!((run.state(), run.evidence().unwrap().kind), (RunState::Unknown, EvidenceKind::Interrupted));
    assert_eq!(bench.store.running(&PageRequest::default()).await.unwrap().items, []);
}

/// Never answers, because the caller stops waiting; this happens either before or after it sends the request.
#[derive(Debug)]
struct Hesitant {
    has_sent: bool,
    cancel: CancellationToken,
}

#[async_trait::async_trait]
impl Invoker for Hesitant {
    async fn invoke(&self, request: InvokeRequest) -> Result<InvokeAnswer, InvokeError> {
        let has_sent = self.has_sent;
        request.departure.set_probe(move || has_sent);
        self.cancel.cancel();
        std::future::pending().await
    }
}

#[tokio::test]
async fn a_run_stopped_before_its_request_was_sent_did_not_start() {
    for (has_sent, state, evidence) in [
        (false, RunState::Rejected, EvidenceKind::NotSent),
        (true, RunState::Unknown, EvidenceKind::Interrupted),
    ] {
        let cancel = CancellationToken::new();
        let mut bench = invoker::bench(Hesitant { has_sent, cancel: cancel.clone() });
        bench.cancel = cancel;
        let prepared = bench.prepare("f", arguments(&[]), Settings::default()).await.unwrap();
        let run = start_run(&bench.run_ports(), prepared, &bench.steps, &bench.cancel).await.unwrap().run;
        assert_eq!((run.state(), run.evidence().unwrap().kind, run.attempts.len()), (state, evidence, 1));
        let code = run.outcome().unwrap().error.clone().map(|error| error.code);
        assert_eq!(code, (!has_sent).then_some(ErrorCode::Interrupted));
    }
}

/// Settles as another process does, and returns what was settled.
async fn settle(bench: &Bench) -> Vec<RunKey> {
    let elsewhere = bench.store.another_runner("elsewhere");
    settle_runs(&elsewhere, &elsewhere, &*bench.clock).await.unwrap().runs
}

/// The intent of a run, with another key.
fn like(run: &Run, key: &str) -> Intent {
    Intent { key: key.parse().unwrap(), ..run.intent.clone() }
}

#[tokio::test]
async fn a_run_whose_process_was_killed_is_settled_as_unknown_once() {
    let bench = Bench::new([adder()]);
    let run = bench.run("adder", &[]).await.run;
    let abandoned = Run::begin(like(&run, "abandoned"), RunnerId("killed".into()));
    bench.store.insert(&abandoned).await.unwrap();
    assert_eq!(settle(&bench).await, [abandoned.key().clone()]);
    assert!(settle(&bench).await.is_empty());
    let name: RunName = "aban".parse().unwrap();
    let found = show_run(&bench.store, &name).await.unwrap().run.unwrap();
    assert_eq!(
        (found.state(), found.evidence().unwrap().kind),
        (RunState::Unknown, EvidenceKind::RunnerGone)
    );
}

#[tokio::test]
async fn a_run_whose_runner_is_alive_is_not_settled() {
    let bench = Bench::new([adder()]);
    let run = bench.run("adder", &[]).await.run;
    let running = Run::begin(like(&run, "alive"), run.runner().unwrap().clone());
    bench.store.insert(&running).await.unwrap();
    assert!(settle(&bench).await.is_empty());
    bench.store.end_runner();
    assert_eq!(settle(&bench).await, [running.intent.key]);
}

#[tokio::test]
async fn a_run_is_settled_when_its_lease_expires() {
    let bench = Bench::new([adder()]);
    let run = bench.run("adder", &[]).await.run;
    let second = |n: u64| bench.clock.now() + Duration::from_secs(n);
    // "elsewhere" runs on another machine, whose lock cannot be seen here. The process of "here" is alive.
    for (key, runner) in [("elsewhere", RunnerId("other".into())), ("here", run.runner().unwrap().clone())] {
        let held = Run::begin(like(&run, key), runner.clone());
        bench.store.insert(&held).await.unwrap();
        assert_eq!(bench.store.heartbeat(&runner, &[held.intent.key], second(30)).await.unwrap(), []);
    }
    bench.store.insert(&Run::queue(like(&run, "claimed"))).await.unwrap();
    let other = RunnerId("other".into());
    let claim = |lease: u64| ClaimRequest {
        runner: other.clone(),
        now: bench.clock.now(),
        until: second(lease),
        most: 1,
        limits: RunLimits::default(),
    };
    assert_eq!(bench.store.claim(&claim(1)).await.unwrap().len(), 1);
    assert!(settle(&bench).await.is_empty());
    bench.clock.advance(Duration::from_secs(29));
    assert!(settle(&bench).await.is_empty());
    bench.clock.advance(Duration::from_secs(1));
    let settled: Vec<String> = settle(&bench).await.iter().map(ToString::to_string).collect();
    assert_eq!(settled, ["elsewhere", "here"]);
    let again = bench.store.claim(&claim(30)).await.unwrap().pop().unwrap();
    assert_eq!(
        again.run.key().as_str(),
        "claimed",
        "what was never started is not Unknown, and goes to the next one"
    );
}

#[tokio::test]
async fn pruning_goes_on_until_nothing_is_left_to_remove() {
    let bench = Bench::new([adder()]);
    let run = bench.run("adder", &[]).await.run;
    for n in 0..1001 {
        let mut old = Run::begin(like(&run, &format!("old-{n}")), RunnerId("r".into()));
        old.conclude(run.outcome().unwrap().clone()).unwrap();
        bench.store.insert(&old).await.unwrap();
    }
    let retention = Retention { keep_at_most: Some(1), ..Retention::default() };
    assert_eq!(prune_runs(&bench.store, &retention).await.unwrap(), 1001);
    assert_eq!(prune_runs(&bench.store, &retention).await.unwrap(), 0);
}

#[tokio::test]
async fn a_queued_run_is_called_once_by_the_first_process_that_begins_it() {
    let bench = Bench::new([adder()]);
    let prepare = || bench.prepare("adder", arguments(&[("a", "1")]), Settings::default());
    let queued = bench.queue("adder", arguments(&[("a", "1")])).await;
    assert_eq!((queued.state(), bench.provider.executions("adder")), (RunState::Queued, 0));
    bench.store.end_runner();
    assert!(settle(&bench).await.is_empty());
    let ports = bench.run_ports();
    let begun = begin_queued_run(&ports, prepare().await.unwrap(), queued.clone()).await.unwrap();
    let kept = show_run(&bench.store, &RunName::Latest).await.unwrap().run.unwrap();
    assert_eq!((&kept, kept.state()), (begun.run(), RunState::Running));
    assert_eq!(bench.provider.executions("adder"), 0, "it is recorded before it is called");
    for stale in [queued, kept] {
        let again = begin_queued_run(&ports, prepare().await.unwrap(), stale).await.unwrap_err();
        assert_eq!(again.class(), lamplight_domain::ErrorClass::Conflict, "{again}");
    }
    let ended = follow_run(&ports, begun, &bench.steps, &bench.cancel).await.run;
    assert_eq!((ended.state(), bench.provider.executions("adder")), (RunState::FunctionFailed, 1));
    let again = begin_queued_run(&ports, prepare().await.unwrap(), ended).await;
    assert_eq!(again.unwrap_err().class(), lamplight_domain::ErrorClass::Conflict);
}

#[tokio::test]
async fn each_attempt_is_recorded_with_its_times_and_what_it_proved() {
    let mut busy = FakeFunction::echo(function("busy"));
    busy.throttle = 1;
    let bench = Bench::new([busy]);
    bench.run("busy", &[]).await;
    let kept = show_run(&bench.store, &RunName::Latest).await.unwrap().run.unwrap();
    let told: Vec<_> =
        kept.attempts.iter().map(|a| (a.evidence.as_ref().unwrap().kind, a.error.clone())).collect();
    assert_eq!(told, [(EvidenceKind::Refused, Some(ErrorCode::Throttled)), (EvidenceKind::Answered, None)]);
    let [first, second] = kept.attempts.as_slice() else { panic!("{kept:?}") };
    assert!(first.sent_at <= first.ended_at && first.ended_at < second.sent_at, "{kept:?}");
    assert!(second.sent_at <= second.ended_at && second.ended_at <= kept.ended_at(), "{kept:?}");
}

/// A wait during which another process considers the runner gone and settles its runs.
#[derive(Debug)]
struct SettledMeanwhile(FakeWorld);

#[async_trait]
impl Sleeper for SettledMeanwhile {
    async fn sleep(&self, _: Duration) {
        let Self(world) = self;
        let running = world.store.running(&PageRequest::default()).await.unwrap().items;
        let ends: Vec<_> = running.iter().map(|run| run.attempts.last().unwrap().ended_at).collect();
        assert_eq!(ends, [None], "the first attempt was recorded before it was made");
        world.store.end_runner();
        assert_eq!(settle_runs(&world.store, &world.store, &*world.clock).await.unwrap().runs.len(), 1);
    }
}

#[tokio::test]
async fn a_further_attempt_that_cannot_be_recorded_is_not_made() {
    let mut busy = FakeFunction::echo(function("busy"));
    busy.throttle = 1;
    let bench = Bench::new([busy]);
    let prepared = bench.prepare("busy", arguments(&[]), Settings::default()).await.unwrap();
    let ports = RunPorts { sleeper: Arc::new(SettledMeanwhile(bench.world.clone())), ..bench.run_ports() };
    let run = start_run(&ports, prepared, &bench.steps, &bench.cancel).await.unwrap().run;
    assert_eq!((run.state(), run.attempts.len()), (RunState::Rejected, 1), "{run:?}");
    assert!(matches!(run.outcome().unwrap().warnings[..], [Warning::NotRecorded { .. }]), "{run:?}");
    assert_eq!(bench.provider.executions("busy"), 0);
    let kept = show_run(&bench.store, &RunName::Latest).await.unwrap().run.unwrap();
    assert_eq!(kept, run, "the runner knows better than the process that missed it");
}

#[tokio::test]
async fn a_run_id_is_decoded_without_a_record_and_cancelling_it_is_refused() {
    let bench = Bench::new([adder()]);
    let name: RunName = "other/8f5f#Failed".parse().unwrap();
    let found = show_run(&bench.store, &name).await.unwrap();
    assert!(found.run.is_none());
    assert_eq!(found.decoded.unwrap().status(), Status::Failed);
    let outcome = cancel_run(&bench.store, &bench.connector, &*bench.clock, &name).await.unwrap();
    assert!(!outcome.cancelled && outcome.reason.contains("cannot be stopped"), "{outcome:?}");
    bench.run("adder", &[]).await;
    let outcome = cancel_run(&bench.store, &bench.connector, &*bench.clock, &RunName::Latest).await.unwrap();
    assert_eq!(outcome.reason, "the run has ended: function_failed");
    assert!("no such#".parse::<RunName>().is_err());
    assert!(show_run(&bench.store, &"00ff".parse().unwrap()).await.is_err());
}

#[derive(Debug, thiserror::Error)]
#[error("the profile is missing")]
struct Beneath;

#[tokio::test]
async fn the_causes_of_a_failed_call_are_recorded() {
    let bench = invoker::bench(MockInvoker::times(1, || {
        let failure = failure(Delivery::NotSent, Start::DidNotStart);
        Err(InvokeError { transient: false, source: Some(Box::new(Beneath)), ..failure })
    }));
    let run = bench.run("f", &[]).await.run;
    assert_eq!(run.state(), RunState::Rejected);
    let kept = bench.store.find(&RunSelector::Key(run.intent.key)).await.unwrap().unwrap();
    assert_eq!(kept.outcome().unwrap().error.as_ref().unwrap().causes, ["the profile is missing"]);
}
