//! The end of a run is recorded whatever happens to the store and to the process.

use crate::{
    bench::{Bench, arguments, function},
    faults::faulty,
    invoker::{self, MockInvoker},
};
use async_trait::async_trait;
use lamplight_app::{
    AppError, EndedRun, EventSource, Recording, RunName, begin_run, follow_run, removable_run, settle_runs,
    show_run, start_run,
};
use lamplight_domain::{
    DataType, Direction, ErrorClass, ErrorCode, EvidenceKind, RunKey, RunState, Settings, Status, Warning,
};
use lamplight_fake_adapter::{FakeFunction, FakeWorld, MemoryStore};
use lamplight_ports::{
    InvokeAnswer, InvokeError, InvokeRequest, Invoker, PageRequest, PortErrorKind, RunPorts, RunStore,
    Sleeper,
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

async fn start(bench: &Bench, ports: &RunPorts, event: EventSource) -> Result<EndedRun, AppError> {
    let prepared = bench.prepare("echo", event, Settings::default()).await.unwrap();
    start_run(ports, prepared, &bench.steps, &bench.cancel).await
}

fn echo() -> Bench {
    Bench::new([FakeFunction::echo(function("echo"))])
}

/// The run as the next process sees it, after it has settled runs.
async fn seen_next(bench: &Bench) -> lamplight_app::FoundRun {
    bench.store.end_runner();
    let next = bench.store.another_runner("next");
    settle_runs(&next, &next, &*bench.clock).await.unwrap();
    show_run(&next, &RunName::Latest).await.unwrap()
}

/// Does something to the store during the call.
#[derive(Debug)]
struct Meanwhile(FakeWorld, Arc<dyn Invoker>, fn(&MemoryStore));

#[async_trait]
impl Invoker for Meanwhile {
    async fn invoke(&self, request: InvokeRequest) -> Result<InvokeAnswer, InvokeError> {
        (self.2)(&self.0.store);
        self.1.invoke(request).await
    }
}

fn meanwhile(bench: &mut Bench, what: fn(&MemoryStore)) {
    let inner = bench.provider.connection(crate::bench::connection(), Settings::default()).invoker;
    bench.world.connector = invoker::connector(bench, Meanwhile(bench.world.clone(), inner, what));
}

#[tokio::test]
async fn an_end_that_cannot_be_stored_is_set_aside_and_taken_in_by_the_next_process() {
    for (name, state) in [("echo", RunState::Succeeded), ("broken", RunState::FunctionFailed)] {
        let failure = lamplight_fake_adapter::FunctionFailure::unhandled("ValueError", "no");
        let mut bench = Bench::new([
            FakeFunction::echo(function("echo")),
            FakeFunction::failing(function("broken"), failure),
        ]);
        meanwhile(&mut bench, |store| store.fail_writes(Some(PortErrorKind::Unavailable)));
        let ended = bench.run(name, &[("a", "1")]).await;
        assert_eq!(ended.run.state(), state);
        assert!(matches!(ended.recording, Recording::SetAside(_)), "{ended:?}");
        assert!(ended.response.is_some());
        bench.store.fail_writes(None);
        let found = seen_next(&bench).await;
        let (run, own) = (found.run.unwrap(), ended.run);
        assert_eq!(
            (run.state(), run.evidence(), run.request_id()),
            (state, own.evidence(), own.request_id())
        );
        assert_eq!((&run.attempts, run.ended_at()), (&own.attempts, own.ended_at()));
        let lost =
            |warning: &Warning| matches!(warning, Warning::NotRecorded { what } if what.contains("response"));
        assert!(run.outcome().unwrap().warnings.iter().any(lost), "{run:?}");
        assert_eq!(found.response, None);
        assert_eq!(bench.provider.executions(name), 1);
    }
}

#[tokio::test]
async fn the_end_of_a_run_replaces_that_its_runner_was_believed_gone() {
    let (slow, mut calls) = FakeFunction::hanging(function("slow"));
    let bench = Bench::new([slow]);
    let settle = async {
        let call = calls.next().await.unwrap();
        // A cleaner has removed the lock file.
        let seen = seen_next(&bench).await.run.unwrap();
        assert_eq!(seen.evidence().unwrap().kind, EvidenceKind::RunnerGone);
        call.succeed(&serde_json::json!({"sum": 1}));
    };
    let (ended, ()) = tokio::join!(bench.run("slow", &[]), settle);
    assert!(matches!(ended.recording, Recording::Stored), "{ended:?}");
    let found = show_run(&bench.store, &RunName::Latest).await.unwrap();
    assert_eq!((found.run.as_ref(), found.response.as_ref()), (Some(&ended.run), ended.response.as_ref()));
    assert_eq!(ended.run.state(), RunState::Succeeded);
}

/// The writes of a run are its intent, the end that is set aside, and the end in the store.
#[tokio::test]
async fn if_the_end_can_be_recorded_nowhere_it_is_still_returned() {
    let bench = echo();
    let mut ports = faulty(&bench, 2);
    ports = RunPorts { runs: Arc::new(crate::faults::Faulty::failing(ports.runs, 2)), ..ports };
    let ended = start(&bench, &ports, arguments(&[("a", "1")])).await.unwrap();
    assert_eq!((ended.run.state(), ended.run.status()), (RunState::Succeeded, Status::Success));
    assert!(matches!(ended.recording, Recording::Lost(_)), "{ended:?}");
    assert!(matches!(ended.run.outcome().unwrap().warnings[..], [Warning::NotRecorded { .. }]));
    let kept = seen_next(&bench).await.run.unwrap();
    assert_eq!(kept.evidence().unwrap().kind, EvidenceKind::RunnerGone, "which is all that is known");
}

/// A store that another process has locked for some attempts to write.
#[derive(Debug)]
struct FreeAfter {
    bench: FakeWorld,
    waits: AtomicU32,
    needed: u32,
}

#[async_trait]
impl Sleeper for FreeAfter {
    async fn sleep(&self, duration: Duration) {
        self.bench.clock.advance(duration);
        if self.waits.fetch_add(1, Ordering::SeqCst) + 1 >= self.needed {
            self.bench.store.lock_elsewhere(false);
        }
    }
}

#[tokio::test]
async fn a_locked_store_is_waited_for_at_the_beginning_and_at_the_end() {
    let mut bench = echo();
    meanwhile(&mut bench, |store| store.lock_elsewhere(true));
    let sleeper = FreeAfter { bench: bench.world.clone(), waits: AtomicU32::new(0), needed: 1000 };
    let sleeper = Arc::new(sleeper);
    let ports = RunPorts { sleeper: sleeper.clone(), ..bench.run_ports() };
    bench.store.lock_elsewhere(true);
    let ended = start(&bench, &ports, arguments(&[])).await.unwrap();
    assert!(matches!(ended.recording, Recording::Stored));
    // Once free, it was locked again during the call, and freed at the next wait.
    assert_eq!(sleeper.waits.load(Ordering::SeqCst), 1001);
    assert_eq!(*bench.steps.0.lock().unwrap(), ["locked", "calling", "locked", "ended"]);
}

#[tokio::test]
async fn a_store_that_stays_locked_is_not_waited_for_forever() {
    let bench = echo();
    let sleeper = FreeAfter { bench: bench.world.clone(), waits: AtomicU32::new(0), needed: u32::MAX };
    let ports = RunPorts { sleeper: Arc::new(sleeper), ..bench.run_ports() };
    bench.store.lock_elsewhere(true);
    let error = start(&bench, &ports, arguments(&[])).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::StoreBusy);
    assert_eq!(bench.provider.executions("echo"), 0, "what is not recorded is not called");
}

#[tokio::test]
async fn a_cancellation_before_the_beginning_calls_and_records_nothing() {
    let bench = invoker::bench(MockInvoker::never());
    let prepared = bench.prepare("f", arguments(&[]), Settings::default()).await.unwrap();
    bench.cancel.cancel();
    let error = start_run(&bench.run_ports(), prepared, &bench.steps, &bench.cancel).await.unwrap_err();
    assert_eq!((error.code(), error.class()), (ErrorCode::Interrupted, ErrorClass::Interrupted));
    assert!(show_run(&bench.store, &RunName::Latest).await.is_err());
}

#[tokio::test]
async fn a_cancellation_between_the_record_and_the_call_is_rejected() {
    let bench = invoker::bench(MockInvoker::never());
    let prepared = bench.prepare("f", arguments(&[]), Settings::default()).await.unwrap();
    let begun = begin_run(&bench.run_ports(), prepared, &bench.steps, &bench.cancel).await.unwrap();
    bench.cancel.cancel();
    let run = follow_run(&bench.run_ports(), begun, &bench.steps, &bench.cancel).await.run;
    assert_eq!((run.state(), run.evidence().unwrap().kind), (RunState::Rejected, EvidenceKind::NotSent));
    assert_eq!(run.outcome().unwrap().error.as_ref().unwrap().code, ErrorCode::Interrupted);
    assert_eq!(show_run(&bench.store, &RunName::Latest).await.unwrap().run, Some(run));
}

/// Cancels when it is asked to wait.
#[derive(Debug)]
struct Cancels(lamplight_app::CancellationToken);

#[async_trait]
impl Sleeper for Cancels {
    async fn sleep(&self, _: Duration) {
        self.0.cancel();
        std::future::pending::<()>().await;
    }
}

#[tokio::test]
async fn a_cancellation_during_the_wait_for_a_locked_store_calls_and_records_nothing() {
    let bench = invoker::bench(MockInvoker::never());
    bench.store.lock_elsewhere(true);
    let prepared = bench.prepare("f", arguments(&[]), Settings::default()).await.unwrap();
    let ports = RunPorts { sleeper: Arc::new(Cancels(bench.cancel.clone())), ..bench.run_ports() };
    let error = start_run(&ports, prepared, &bench.steps, &bench.cancel).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::Interrupted);
    bench.store.lock_elsewhere(false);
    assert!(show_run(&bench.store, &RunName::Latest).await.is_err());
}

#[tokio::test]
async fn a_cancellation_while_waiting_after_a_throttle_is_rejected_and_interrupted() {
    let mut busy = FakeFunction::echo(function("busy"));
    busy.throttle = 1;
    let bench = Bench::new([busy]);
    let prepared = bench.prepare("busy", arguments(&[]), Settings::default()).await.unwrap();
    let ports = RunPorts { sleeper: Arc::new(Cancels(bench.cancel.clone())), ..bench.run_ports() };
    let run = start_run(&ports, prepared, &bench.steps, &bench.cancel).await.unwrap().run;
    assert_eq!((run.state(), run.evidence().unwrap().kind), (RunState::Rejected, EvidenceKind::Refused));
    let error = run.outcome().unwrap().error.as_ref().unwrap();
    assert_eq!((error.code.class(), error.causes.len()), (ErrorClass::Interrupted, 1), "{error:?}");
    assert!(error.causes[0].contains("throttled"), "{error:?}");
    assert_eq!(bench.provider.executions("busy"), 0);
}

#[tokio::test]
async fn large_details_are_stored_after_the_state() {
    let bench = echo();
    let mut job = crate::bench::job(
        "echo",
        vec![crate::bench::parameter("text", DataType::String).with_direction(Direction::InputOutput)],
    );
    job.name = "large".parse().unwrap();
    bench.keep(&job).await;
    let large = "x".repeat(200_000);
    // The writes are the intent, the end that is set aside, the state, and the details.
    for (failing, warned) in [(100, false), (4, true)] {
        let prepared =
            bench.prepare("large", arguments(&[("text", &large)]), Settings::default()).await.unwrap();
        let ended = start_run(&faulty(&bench, failing), prepared, &bench.steps, &bench.cancel).await.unwrap();
        assert!(matches!(ended.recording, Recording::Stored), "{:?}", ended.recording);
        let found = show_run(&bench.store, &RunName::Latest).await.unwrap();
        let run = found.run.unwrap();
        assert_eq!(run.state(), RunState::Succeeded);
        assert_eq!((found.response.is_some(), run.output("text").is_some()), (!warned, !warned));
        assert_eq!(ended.run.output("text").unwrap().as_str().len(), large.len() + 2);
        for run in [&run, &ended.run] {
            let warnings = &run.outcome().unwrap().warnings;
            assert_eq!(matches!(warnings[..], [Warning::NotRecorded { .. }]), warned, "{warnings:?}");
        }
    }
}

#[tokio::test]
async fn many_dead_runs_are_settled_page_by_page() {
    let bench = echo();
    let run = bench.run("echo", &[]).await.run;
    for n in 0..600 {
        let intent =
            lamplight_domain::Intent { key: format!("dead-{n}").parse().unwrap(), ..run.intent.clone() };
        let runner = lamplight_domain::RunnerId(format!("gone-{}", n % 300));
        bench.store.insert(&lamplight_domain::Run::begin(intent, runner)).await.unwrap();
    }
    let settled = settle_runs(&bench.store, &bench.store, &*bench.clock).await.unwrap();
    assert_eq!((settled.runs.len(), settled.damaged), (600, vec![]));
    assert_eq!(bench.store.running(&PageRequest::default()).await.unwrap().items, []);
}

#[tokio::test]
async fn runs_with_one_request_id_are_named() {
    let bench = echo();
    let run = bench.run("echo", &[]).await.run;
    let id = RunName::Id(run.id());
    assert_eq!(show_run(&bench.store, &id).await.unwrap().others, Vec::<RunKey>::new());
    let mut same = Vec::new();
    for n in 0..8 {
        let key: RunKey = format!("same-{n}").parse().unwrap();
        let intent = lamplight_domain::Intent {
            key: key.clone(),
            started_at: run.intent.started_at + Duration::from_secs(n),
            ..run.intent.clone()
        };
        let mut other = lamplight_domain::Run::begin(intent, run.runner().unwrap().clone());
        other.conclude(run.outcome().unwrap().clone()).unwrap();
        bench.store.insert(&other).await.unwrap();
        same.push(key);
    }
    let found = show_run(&bench.store, &id).await.unwrap();
    assert_eq!(found.run.unwrap().key().as_str(), "same-7", "the latest is shown");
    assert_eq!(found.others, [&same[6], &same[5], &same[4], &same[3], &same[2]].map(Clone::clone));
    let by_key = show_run(&bench.store, &RunName::Key(run.key().to_string())).await.unwrap();
    assert_eq!(by_key.run.unwrap().key(), run.key());
    assert_eq!(by_key.others.len(), 5);
}

#[tokio::test]
async fn only_a_run_that_has_ended_can_be_removed() {
    let bench = echo();
    let run = bench.run("echo", &[]).await.run;
    assert_eq!(removable_run(&bench.store, &RunName::Latest).await.unwrap(), *run.key());
    let intent = lamplight_domain::Intent { key: "going".parse().unwrap(), ..run.intent.clone() };
    bench
        .store
        .insert(&lamplight_domain::Run::begin(intent.clone(), run.runner().unwrap().clone()))
        .await
        .unwrap();
    let queued = lamplight_domain::Intent { key: "waiting".parse().unwrap(), ..intent };
    bench.store.insert(&lamplight_domain::Run::queue(queued)).await.unwrap();
    for name in ["going", "waiting"] {
        let error = removable_run(&bench.store, &name.parse().unwrap()).await.unwrap_err();
        assert_eq!(error.class(), ErrorClass::Conflict, "{error}");
    }
    for name in ["absent", "echo/8f5f#Success"] {
        let error = removable_run(&bench.store, &name.parse().unwrap()).await.unwrap_err();
        assert_eq!(error.class(), ErrorClass::NotFound, "{error}");
    }
}
