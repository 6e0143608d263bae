//! Tests of the simulator's own features: injected faults, calls of changed functions, and times.

use lamplight_conformance::workbench::{expect_made, publish, update_settings};
use lamplight_domain::{
    AnswerOutcome, CodeSource, FunctionCode, FunctionRef, FunctionSettings, InvocationType, Package, Payload,
    Readiness, Routing, Scrubber, Settings,
};
use lamplight_fake_adapter::{FakeFunction, FakeProvider, FunctionFailure, ManualClock};
use lamplight_ports::{
    Applied, ChangeError, CreateAlias, CreateFunction, Departure, Effect, FunctionCatalogue, FunctionManager,
    InvokeAnswer, InvokeError, InvokeRequest, Invoker, PortErrorKind, Publish, UpdateAlias, UpdateCode,
};
use std::{sync::Arc, time::Duration};

fn adder() -> FunctionRef {
    FunctionRef::by_name("adder".parse().unwrap())
}

fn code(checksum: &str) -> FunctionCode {
    FunctionCode::new(CodeSource::Package(Package::new(vec![1], checksum)))
}

fn new_adder() -> CreateFunction {
    CreateFunction {
        name: adder().name,
        code: code("one"),
        settings: FunctionSettings {
            runtime: Some("python3.13".to_owned()),
            handler: Some("app.handler".to_owned()),
            role: Some("arn:aws:iam::000000000000:role/adder".to_owned()),
            ..FunctionSettings::default()
        },
        tags: [].into(),
        publish: Publish::No,
        code_signing: None,
        tenancy: None,
        watch: None,
    }
}

async fn create(provider: &FakeProvider) -> Result<(), ChangeError> {
    provider.create(new_adder(), Effect::Make).await.map(|_| ())
}

async fn is_there(provider: &FakeProvider) -> bool {
    provider.configuration(&adder(), None).await.unwrap().is_some()
}

async fn call(provider: &FakeProvider, qualifier: Option<&str>) -> Result<InvokeAnswer, InvokeError> {
    provider
        .invoke(InvokeRequest {
            function: adder(),
            qualifier: qualifier.map(|text| text.parse().unwrap()),
            invocation_type: InvocationType::RequestResponse,
            payload: Payload::from_json("{\"a\":1}".to_owned()).unwrap(),
            log_tail: false,
            client_context: None,
            scrubber: Scrubber::default(),
            fresh_connection: false,
            departure: Departure::default(),
        })
        .await
}

#[tokio::test]
async fn a_change_whose_answer_is_lost_was_made() {
    let provider = FakeProvider::new([]).lose_next_answer();
    let error = create(&provider).await.unwrap_err();
    assert_eq!((error.applied, error.transient), (Applied::Maybe, true), "{error:?}");
    assert!(is_there(&provider).await);
    assert_eq!(create(&provider).await.unwrap_err().error.kind, PortErrorKind::Conflict);
}

#[tokio::test]
async fn a_change_whose_request_is_lost_was_not_made() {
    let provider = FakeProvider::new([]).lose_next_request();
    let error = create(&provider).await.unwrap_err();
    assert_eq!((error.applied, error.transient), (Applied::Maybe, true), "{error:?}");
    assert!(!is_there(&provider).await);
    create(&provider).await.unwrap();
}

#[tokio::test]
async fn faults_apply_in_order_and_only_to_real_changes() {
    let provider = FakeProvider::new([]).throttle_changes(2).lose_next_request();
    made_nothing(&provider).await;
    for _ in 0..2 {
        let error = create(&provider).await.unwrap_err();
        assert_eq!((error.applied, error.transient), (Applied::No, true), "{error:?}");
        assert_eq!(error.error.kind, PortErrorKind::Throttled);
    }
    assert_eq!(create(&provider).await.unwrap_err().applied, Applied::Maybe);
    create(&provider.clone()).await.unwrap();
    assert!(is_there(&provider).await);
}

/// Previews and requests that break a rule do not use up a fault.
async fn made_nothing(provider: &FakeProvider) {
    provider.create(new_adder(), Effect::Show { secrets: false }).await.unwrap();
    let settings = FunctionSettings { role: None, ..new_adder().settings };
    let broken = CreateFunction { settings, ..new_adder() };
    let error = provider.create(broken, Effect::Make).await.unwrap_err();
    assert_eq!(error.error.kind, PortErrorKind::InvalidRequest);
}

#[tokio::test]
async fn a_caller_without_permissions_changes_nothing() {
    let error = create(&FakeProvider::new([]).refusing()).await.unwrap_err();
    assert_eq!((error.applied, error.error.kind), (Applied::No, PortErrorKind::Denied));
    assert!(error.error.message.contains("lambda:CreateFunction"), "{error:?}");
}

#[tokio::test]
async fn a_new_function_is_pending_and_cannot_be_called_for_as_long_as_asked() {
    let provider = FakeProvider::new([]).pending_for(2);
    let answer = expect_made(provider.create(new_adder(), Effect::Make).await);
    assert_eq!((answer.readiness, answer.state.as_deref()), (Some(Readiness::Pending), Some("Pending")));
    let settings = FunctionSettings { memory_mb: Some(256), ..FunctionSettings::default() };
    let update = update_settings(&adder(), settings);
    let busy = provider.update_settings(update.clone(), Effect::Make).await.unwrap_err();
    assert_eq!(busy.error.kind, PortErrorKind::Conflict);
    assert_eq!(call(&provider, None).await.unwrap_err().kind, PortErrorKind::Conflict);
    let look = || async { provider.configuration(&adder(), None).await.unwrap().unwrap().readiness };
    assert_eq!((look().await, look().await), (Some(Readiness::Pending), Some(Readiness::Pending)));
    assert_eq!(look().await, Some(Readiness::Ready));
    call(&provider, None).await.unwrap();
    // A function that was ready once accepts calls while it is changed.
    let changed = expect_made(provider.update_settings(update, Effect::Make).await);
    assert_eq!((changed.readiness, changed.state.as_deref()), (Some(Readiness::Pending), Some("Active")));
    call(&provider, None).await.unwrap();
}

#[tokio::test]
async fn a_new_function_and_new_code_return_the_event() {
    let provider = FakeProvider::new([]);
    assert_eq!(call(&provider, None).await.unwrap_err().kind, PortErrorKind::NotFound);
    create(&provider).await.unwrap();
    assert_eq!(call(&provider, None).await.unwrap().response, b"{\"a\":1}");
    expect_made(provider.delete(&adder(), None, Effect::Make).await);
    assert_eq!(call(&provider, None).await.unwrap_err().kind, PortErrorKind::NotFound);

    let failing = FakeFunction::failing(adder().name, FunctionFailure::unhandled("ValueError", "no"));
    let provider = FakeProvider::new([failing]);
    assert!(call(&provider, None).await.unwrap().outcome.is_function_error());
    let version = expect_made(provider.publish(publish(&adder()), Effect::Make).await).version.unwrap();
    let update = UpdateCode {
        function: adder(),
        code: code("two"),
        publish: Publish::No,
        if_revision: None,
        watch: None,
    };
    expect_made(provider.update_code(update, Effect::Make).await);
    assert_eq!(call(&provider, None).await.unwrap().outcome, AnswerOutcome::Returned);
    let old = call(&provider, Some(&version)).await.unwrap();
    assert!(old.outcome.is_function_error(), "a published version does not change");
}

#[tokio::test]
async fn weights_share_calls_evenly_and_restart_when_set() {
    let provider = FakeProvider::new([]);
    create(&provider).await.unwrap();
    expect_made(provider.publish(publish(&adder()), Effect::Make).await);
    let settings = FunctionSettings { memory_mb: Some(256), ..FunctionSettings::default() };
    expect_made(provider.update_settings(update_settings(&adder(), settings), Effect::Make).await);
    expect_made(provider.publish(publish(&adder()), Effect::Make).await);
    let aliases =
        provider.connection("here".parse().unwrap(), Settings::default()).management.unwrap().aliases;
    let live = |weight| CreateAlias {
        function: adder(),
        name: "live".to_owned(),
        version: "1".to_owned(),
        description: None,
        routing: Routing::from([("2".to_owned(), weight)]),
    };
    expect_made(aliases.create(live(0.25), Effect::Make).await);
    let mut served = String::new();
    for _ in 0..8 {
        served.push_str(&call(&provider, Some("live")).await.unwrap().executed_version.unwrap());
    }
    assert_eq!(served, "11121112");
    let all_back = UpdateAlias {
        function: adder(),
        name: "live".to_owned(),
        version: None,
        description: None,
        routing: Some(Routing::new()),
        if_revision: None,
    };
    expect_made(aliases.update(all_back, Effect::Make).await);
    for _ in 0..8 {
        let answer = call(&provider, Some("live")).await.unwrap();
        assert_eq!(answer.executed_version.as_deref(), Some("1"));
    }
}

#[tokio::test]
async fn a_reservation_of_0_throttles_and_too_large_ones_are_refused() {
    let provider = FakeProvider::new([]);
    create(&provider).await.unwrap();
    expect_made(provider.reserve_concurrency(&adder(), Some(0), Effect::Make).await);
    assert_eq!(call(&provider, None).await.unwrap_err().kind, PortErrorKind::Throttled);
    let error = provider.reserve_concurrency(&adder(), Some(901), Effect::Make).await.unwrap_err();
    assert_eq!(error.error.kind, PortErrorKind::InvalidRequest);
    expect_made(provider.reserve_concurrency(&adder(), Some(900), Effect::Make).await);
    call(&provider, None).await.unwrap();
    let account =
        provider.connection("here".parse().unwrap(), Settings::default()).management.unwrap().account;
    let limits = account.settings().await.unwrap().limits;
    assert_eq!(limits.unreserved_concurrent_executions, Some(100));
}

#[tokio::test]
async fn a_changed_time_limit_applies_to_calls() {
    let mut slow = FakeFunction::echo(adder().name);
    slow.delay = Duration::from_secs(5);
    let provider = FakeProvider::new([slow]);
    assert!(call(&provider, None).await.unwrap().outcome.is_function_error());
    let settings = FunctionSettings { timeout_seconds: Some(6), ..FunctionSettings::default() };
    expect_made(provider.update_settings(update_settings(&adder(), settings), Effect::Make).await);
    assert_eq!(call(&provider, None).await.unwrap().outcome, AnswerOutcome::Returned);
}

#[tokio::test]
async fn changes_have_the_time_of_the_given_clock() {
    let clock = Arc::new(ManualClock::default());
    clock.advance(Duration::from_millis(1_500));
    let provider = FakeProvider::new([]).with_clock(clock);
    let answer = expect_made(provider.create(new_adder(), Effect::Make).await);
    assert_eq!(answer.last_modified.as_deref(), Some("2026-01-01T00:00:01.500+0000"));
}
