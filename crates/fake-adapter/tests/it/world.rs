//! The world for tests of other projects: recorded calls, and calls that hang.

use lamplight_app::{
    AppError, CancellationToken, EndedRun, EventSource, NoProgress, RunRequest, prepare_run, resolve_target,
    start_run,
};
use lamplight_domain::{ErrorCode, InvocationType, RunState, Settings};
use lamplight_fake_adapter::{FakeFunction, FakeProvider, FakeWorld, FunctionFailure};
use lamplight_ports::{NoSecrets, PortErrorKind};
use serde_json::json;
use tokio::join;

/// Calls a function with a number.
async fn run(world: &FakeWorld, function: &str, number: u32, settings: Settings) -> EndedRun {
    let target = resolve_target(&world.connector, &world.store, function, None).await.unwrap();
    let event = EventSource::Raw(format!("{{\"number\": {number}}}"));
    let request = RunRequest { settings, ..RunRequest::new(target, event) };
    let prepared = prepare_run(&NoSecrets, request).await.unwrap();
    start_run(&world.run_ports(), prepared, &NoProgress, &CancellationToken::new()).await.unwrap()
}

fn of_type(invocation_type: InvocationType) -> Settings {
    Settings { invocation_type: Some(invocation_type), ..Settings::default() }
}

#[tokio::test]
async fn calls_are_those_that_started_a_function() {
    let mut busy = FakeFunction::echo("busy".parse().unwrap());
    busy.throttle = 1;
    let world = FakeWorld::new([busy, FakeFunction::echo("mirror".parse().unwrap())]);
    assert_eq!(run(&world, "busy", 1, Settings::default()).await.run.attempts.len(), 2);
    run(&world, "mirror", 2, of_type(InvocationType::DryRun)).await;
    run(&world, "mirror", 3, of_type(InvocationType::Event)).await;
    let told: Vec<_> = world
        .calls()
        .iter()
        .map(|call| (call.function.to_string(), call.invocation_type, call.event.to_string()))
        .collect();
    assert_eq!(
        told,
        [
            ("busy".to_owned(), InvocationType::RequestResponse, r#"{"number": 1}"#.to_owned()),
            ("mirror".to_owned(), InvocationType::Event, r#"{"number": 3}"#.to_owned()),
        ]
    );
}

#[tokio::test]
async fn a_provider_records_events_only_on_request() {
    let provider = FakeProvider::new([FakeFunction::echo("mirror".parse().unwrap())]);
    let world = FakeWorld::new([]);
    let connector = lamplight_fake_adapter::FakeConnector::default()
        .with(provider.connection(world.connection_name(), Settings::default()));
    run(&FakeWorld { connector, ..world }, "mirror", 1, Settings::default()).await;
    assert_eq!((provider.executions("mirror"), provider.calls()), (1, vec![]));
}

#[tokio::test]
async fn a_call_hangs_until_the_test_ends_it() {
    let (slow, mut calls) = FakeFunction::hanging("slow".parse().unwrap());
    let world = FakeWorld::new([slow]);
    let start = |number| run(&world, "slow", number, Settings::default());
    let end = async {
        let call = calls.next().await.unwrap();
        assert_eq!(call.event().as_str(), r#"{"number": 1}"#);
        assert_eq!(world.calls().len(), 1, "a call that hangs has started the function");
        call.succeed(&json!({ "done": true }));
        calls.next().await.unwrap().fail(FunctionFailure::unhandled("TimeoutError", "no answer"));
        drop(calls.next().await.unwrap());
        drop(calls);
    };
    let runs = async { [start(1).await, start(2).await, start(3).await, start(4).await] };
    let (runs, ()) = join!(runs, end);
    let states = runs.each_ref().map(|started| started.run.state());
    assert_eq!(states, [RunState::Succeeded, RunState::FunctionFailed, RunState::Unknown, RunState::Unknown]);
    assert_eq!(runs[0].response.as_deref(), Some(br#"{"done":true}"#.as_slice()));
}

#[tokio::test]
async fn an_event_for_a_hanging_function_is_accepted_immediately() {
    let (slow, mut calls) = FakeFunction::hanging("slow".parse().unwrap());
    let world = FakeWorld::new([slow]);
    let started = run(&world, "slow", 1, of_type(InvocationType::Event)).await;
    assert_eq!(started.run.state(), RunState::Accepted);
    // Nobody waits for its end any more.
    calls.next().await.unwrap().succeed(&json!({}));
}

#[tokio::test]
async fn errors_of_lower_layers_become_errors_of_use_cases() {
    async fn fails(world: &FakeWorld) -> Result<(), AppError> {
        resolve_target(&world.connector, &world.store, "mirror", Some(&"no name".parse()?)).await?;
        Ok(())
    }
    let error = fails(&FakeWorld::new([])).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::InvalidName);
    let port: lamplight_ports::PortError = "".parse::<lamplight_domain::JobName>().unwrap_err().into();
    assert_eq!((port.kind, port.code), (PortErrorKind::InvalidRequest, ErrorCode::InvalidName));
}
