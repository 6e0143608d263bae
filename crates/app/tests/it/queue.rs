//! Runs that wait for a runner: submitted once, made once, rejected where their secrets are lost.

use crate::bench::{Bench, arguments, job, parameter};
use lamplight_app::{
    CancellationToken, NoProgress, QueueRunner, begin_queued_run, settle_queue, settle_runs,
};
use lamplight_domain::{
    DataType, ErrorClass, ErrorCode, FunctionName, Parameter, Run, RunKey, RunState, Settings,
};
use lamplight_fake_adapter::FakeFunction;
use lamplight_ports::{OnceKey, RunSelector, RunStore};
use lamplight_system_adapter::TokioSleeper;
use std::{sync::Arc, time::Duration};

fn named(name: &str) -> FunctionName {
    name.parse().unwrap()
}

fn once(key: &str, digest: u8) -> OnceKey {
    OnceKey { owner: "token:abc".to_owned(), key: key.to_owned(), digest: [digest; 32] }
}

/// A runner of the bench whose waits do not move its clock.
fn patient(bench: &Bench) -> QueueRunner {
    bench.queue_runner_with(Arc::new(TokioSleeper))
}

/// Works until every one of these runs has ended.
async fn work_off(queue: &QueueRunner, keys: &[RunKey]) -> Vec<Run> {
    let (stop, abort) = (CancellationToken::new(), CancellationToken::new());
    let working = tokio::spawn({
        let (queue, stop, abort) = (queue.clone(), stop.clone(), abort.clone());
        async move { queue.work(Arc::new(NoProgress), &stop, &abort).await }
    });
    let mut ended = Vec::new();
    for key in keys {
        ended.push(queue.wait_for(key, Duration::from_secs(20)).await.unwrap().unwrap());
    }
    stop.cancel();
    working.await.unwrap();
    ended
}

async fn find(bench: &Bench, key: &RunKey) -> Run {
    bench.store.find(&RunSelector::Key(key.clone())).await.unwrap().unwrap()
}

#[tokio::test]
async fn every_submitted_run_is_made_once() {
    let bench = Bench::new([FakeFunction::echo(named("mirror"))]);
    let queue = patient(&bench);
    let mut keys = Vec::new();
    for n in 0..50 {
        let event = arguments(&[("n", &n.to_string())]);
        let prepared = bench.prepare("mirror", event, Settings::default()).await.unwrap();
        let submitted = queue.submit(prepared, None).await.unwrap();
        assert!(submitted.is_new);
        assert_eq!(find(&bench, &submitted.key).await.state(), RunState::Queued);
        keys.push(submitted.key);
    }
    assert_eq!(bench.provider.executions("mirror"), 0);
    let ended = work_off(&queue, &keys).await;
    assert!(ended.iter().all(|run| run.state() == RunState::Succeeded && run.attempts.len() == 1));
    assert_eq!((bench.provider.executions("mirror"), queue.under_way()), (50, 0));
}

#[tokio::test]
async fn another_process_makes_a_run_from_its_order() {
    let bench = Bench::new([FakeFunction::echo(named("mirror"))]);
    bench.keep(&job("mirror", vec![parameter("n", DataType::Integer)])).await;
    let prepared =
        bench.prepare("mirror-job", arguments(&[("n", "12345678901234567890")]), Settings::default()).await;
    let key = patient(&bench).submit(prepared.unwrap(), None).await.unwrap().key;
    // This runner has nothing in its memory.
    let ended = work_off(&patient(&bench), &[key]).await;
    assert_eq!((ended[0].state(), bench.provider.executions("mirror")), (RunState::Succeeded, 1));
    assert_eq!(bench.calls()[0].event.as_str(), r#"{"n":12345678901234567890}"#);
    assert_eq!(ended[0].intent.job.as_ref().unwrap().as_str(), "mirror-job");
}

#[tokio::test]
async fn the_same_key_makes_one_run() {
    let bench = Bench::new([FakeFunction::echo(named("mirror"))]);
    let queue = patient(&bench);
    let prepare = || bench.prepare("mirror", arguments(&[]), Settings::default());
    let first = queue.submit(prepare().await.unwrap(), Some(once("k", 1))).await.unwrap();
    let again = queue.submit(prepare().await.unwrap(), Some(once("k", 1))).await.unwrap();
    assert_eq!((&again.key, again.is_new), (&first.key, false));
    let other = queue.submit(prepare().await.unwrap(), Some(once("k", 2))).await.unwrap_err();
    assert_eq!((other.code(), other.class()), (ErrorCode::RequestDiffers, ErrorClass::Conflict));
    work_off(&queue, &[first.key]).await;
    assert_eq!(bench.provider.executions("mirror"), 1);
}

fn with_secret() -> lamplight_domain::Job {
    let secret = Parameter { secret: true, ..parameter("password", DataType::String) };
    job("mirror", vec![secret])
}

#[tokio::test]
async fn a_typed_secret_is_sent_and_stored_nowhere() {
    let bench = Bench::new([FakeFunction::echo(named("mirror"))]);
    bench.keep(&with_secret()).await;
    let queue = patient(&bench);
    let event = arguments(&[("password", "tiger-tiger")]);
    let prepared = bench.prepare("mirror-job", event, Settings::default()).await.unwrap();
    let key = queue.submit(prepared, None).await.unwrap().key;
    assert!(!format!("{:?}", bench.store).contains("tiger-tiger"));
    let ended = work_off(&queue, &[key]).await;
    assert_eq!(ended[0].state(), RunState::Succeeded);
    assert_eq!(bench.calls()[0].event.as_str(), r#"{"password":"tiger-tiger"}"#);
    assert!(!format!("{:?}", bench.store).contains("tiger-tiger"));
}

#[tokio::test]
async fn a_run_whose_secrets_are_lost_is_rejected_and_never_sent() {
    let bench = Bench::new([FakeFunction::echo(named("mirror"))]);
    bench.keep(&with_secret()).await;
    let event = arguments(&[("password", "tiger-tiger")]);
    let prepared = bench.prepare("mirror-job", event, Settings::default()).await.unwrap();
    let key = patient(&bench).submit(prepared, None).await.unwrap().key;
    let settle = async || {
        let ports = bench.run_ports();
        settle_queue(&bench.store, &bench.store, &*ports.runners, &*ports.clock).await.unwrap()
    };
    assert_eq!(settle().await, []);
    bench.store.end_runner();
    assert_eq!(settle().await, std::slice::from_ref(&key));
    let run = find(&bench, &key).await;
    let code = &run.outcome().unwrap().error.as_ref().unwrap().code;
    assert_eq!((run.state(), code), (RunState::Rejected, &ErrorCode::QueuedSecretsLost));
    assert_eq!(bench.provider.executions("mirror"), 0);
}

#[tokio::test]
async fn stopping_rejects_what_only_this_process_could_send() {
    let bench = Bench::new([FakeFunction::echo(named("mirror"))]);
    bench.keep(&with_secret()).await;
    let queue = patient(&bench);
    let event = arguments(&[("password", "tiger-tiger")]);
    let prepared = bench.prepare("mirror-job", event, Settings::default()).await.unwrap();
    let with = queue.submit(prepared, None).await.unwrap().key;
    let plain = bench.prepare("mirror", arguments(&[]), Settings::default()).await.unwrap();
    let without = queue.submit(plain, None).await.unwrap().key;
    let stop = CancellationToken::new();
    stop.cancel();
    queue.work(Arc::new(NoProgress), &stop, &CancellationToken::new()).await;
    assert_eq!(find(&bench, &with).await.state(), RunState::Rejected);
    // Any other process can make this one.
    assert_eq!(find(&bench, &without).await.state(), RunState::Queued);
}

#[tokio::test]
async fn too_many_events_with_secrets_are_refused() {
    let bench = Bench::new([FakeFunction::echo(named("mirror"))]);
    bench.keep(&with_secret()).await;
    let queue = patient(&bench);
    let long = "x".repeat(600);
    for is_taken in [true, false] {
        let event = arguments(&[("password", &long)]);
        let prepared = bench.prepare("mirror-job", event, Settings::default()).await.unwrap();
        let submitted = queue.submit(prepared, None).await;
        assert_eq!(submitted.is_ok(), is_taken, "{submitted:?}");
    }
}

#[tokio::test]
async fn a_run_on_a_connection_that_is_gone_is_rejected() {
    let bench = Bench::new([FakeFunction::echo(named("mirror"))]);
    let prepared = bench.prepare("mirror", arguments(&[]), Settings::default()).await.unwrap();
    let key = patient(&bench).submit(prepared, None).await.unwrap().key;
    let elsewhere = Bench::of(lamplight_fake_adapter::FakeWorld {
        store: bench.store.clone(),
        connector: lamplight_fake_adapter::FakeConnector::default(),
        ..bench.world.clone()
    });
    let ended = work_off(&patient(&elsewhere), &[key]).await;
    assert_eq!((ended[0].state(), bench.provider.executions("mirror")), (RunState::Rejected, 0));
}

#[tokio::test]
async fn a_run_that_was_claimed_and_not_started_is_made_by_the_next_runner() {
    let bench = Bench::new([FakeFunction::echo(named("mirror"))]);
    let key = bench.queue("mirror", arguments(&[])).await.intent.key;
    let claimed = bench.claim_for("dead-runner").await;
    assert_eq!(claimed.as_ref(), Some(&key));
    assert_eq!(bench.claim_for("other").await, None, "its lease has not expired");
    bench.clock.advance(Duration::from_secs(31));
    let ended = work_off(&patient(&bench), &[key]).await;
    assert_eq!((ended[0].state(), bench.provider.executions("mirror")), (RunState::Succeeded, 1));
}

#[tokio::test]
async fn a_run_that_was_started_is_never_made_again() {
    let bench = Bench::new([FakeFunction::echo(named("mirror"))]);
    let queued = bench.queue("mirror", arguments(&[])).await;
    let prepared = bench.prepare("mirror", arguments(&[]), Settings::default()).await.unwrap();
    let begun = begin_queued_run(&bench.run_ports(), prepared, queued).await.unwrap();
    let key = begun.run().key().clone();
    bench.store.end_runner();
    bench.clock.advance(Duration::from_mins(1));
    let ports = bench.run_ports();
    settle_runs(&*ports.runs, &*ports.runners, &*ports.clock).await.unwrap();
    let ended = work_off(&patient(&bench), &[key]).await;
    assert_eq!((ended[0].state(), bench.provider.executions("mirror")), (RunState::Unknown, 0));
}
