//! The doctor on simulated connections: what it looks at, what it leaves, and that it calls nothing for real.

use crate::{
    bench::{Bench, OneSecret, connection, job, parameter},
    invoker::{MockInvoker, connector, failure},
};
use async_trait::async_trait;
use lamplight_app::{
    Check, CheckName, CheckOutcome, DoctorPorts, DoctorRequest, DoctorTarget, ProgressObserver, RunProgress,
    doctor,
};
use lamplight_domain::{
    AnswerOutcome, DataType, Delivery, ErrorCode, FunctionRef, InvocationType, Settings, Start, Timestamp,
};
use lamplight_fake_adapter::{FakeConnector, FakeFunction, FakeProvider};
use lamplight_ports::{
    Connection, Connector, CredentialsSummary, Identity, InvokeAnswer, InvokeError, JobStore, PortError,
    PortErrorKind, Principal, Reachability,
};
use std::sync::{Arc, Mutex};

/// Records progress.
#[derive(Debug, Default)]
struct Told(Mutex<Vec<String>>);

impl ProgressObserver for Told {
    fn observe(&self, progress: &RunProgress<'_>) {
        self.0.lock().unwrap().push(match progress {
            RunProgress::Checking(name) => format!("{}?", name.as_str()),
            RunProgress::Checked(check) => check.name.as_str().to_owned(),
            other => panic!("unexpected progress: {other:?}"),
        });
    }
}

fn words(checks: &[Check]) -> Vec<String> {
    let outcome = |check: &Check| match &check.outcome {
        CheckOutcome::Pass { .. } => "pass",
        CheckOutcome::Fail(_) => "fail",
        CheckOutcome::Skipped { .. } => "skipped",
    };
    checks.iter().map(|check| format!("{} {}", check.name.as_str(), outcome(check))).collect()
}

fn detail(checks: &[Check], name: CheckName) -> String {
    let check = checks.iter().find(|check| check.name == name).unwrap();
    match &check.outcome {
        CheckOutcome::Pass { detail } => detail.clone(),
        CheckOutcome::Fail(error) => error.to_string(),
        CheckOutcome::Skipped { reason } => reason.clone(),
    }
}

async fn examine(bench: &Bench, connector: &dyn Connector, target: Option<&str>, alone: bool) -> Vec<Check> {
    let ports = DoctorPorts { connector, secrets: &OneSecret, clock: &*bench.clock };
    let target = target.map(|text| DoctorTarget { text, jobs: &bench.store });
    let request = DoctorRequest { connection: None, target, connection_alone: alone };
    doctor(&ports, &request, &Told::default()).await
}

fn bench() -> Bench {
    Bench::new([FakeFunction::echo("mirror".parse().unwrap())])
}

#[tokio::test]
async fn a_job_is_checked_completely_and_never_run() {
    let bench = bench();
    bench.keep(&job("mirror", vec![parameter("count", DataType::Integer).required()])).await;
    let checks = examine(&bench, &bench.connector, Some("mirror-job"), false).await;
    assert_eq!(
        words(&checks),
        [
            "configuration pass",
            "credentials pass",
            "identity pass",
            "endpoint pass",
            "list-functions pass",
            "get-function pass",
            "dry-run pass"
        ]
    );
    assert_eq!(
        detail(&checks, CheckName::Configuration),
        "job mirror-job calls mirror on connection simulated"
    );
    assert!(detail(&checks, CheckName::DryRun).contains("empty event"));
    assert_eq!(bench.provider.executions("mirror"), 0);
    bench.store.remove(&"mirror-job".parse().unwrap()).await.unwrap();
    bench.keep(&job("mirror", vec![parameter("count", DataType::Integer)])).await;
    let checks = examine(&bench, &bench.connector, Some("mirror-job"), false).await;
    assert_eq!(detail(&checks, CheckName::DryRun), "mirror could be called");
}

#[tokio::test]
async fn an_answer_that_is_not_for_a_dry_run_fails_the_check() {
    let bench = bench();
    let mut deaf = MockInvoker::new();
    deaf.expect_invoke()
        .times(1)
        .withf(|request| request.invocation_type == InvocationType::DryRun)
        .returning(|_| Ok(InvokeAnswer::new(AnswerOutcome::Returned)));
    let checks = examine(&bench, &connector(&bench, deaf), Some("mirror"), false).await;
    assert_eq!(words(&checks).last().unwrap(), "dry-run fail");
}

#[tokio::test]
async fn without_a_job_nothing_is_called_at_all() {
    let bench = bench();
    let silent = connector(&bench, MockInvoker::never());
    let checks = examine(&bench, &silent, None, false).await;
    assert_eq!(words(&checks).last().unwrap(), "dry-run skipped");
    assert_eq!(detail(&checks, CheckName::GetFunction), "mirror, state Active");
    let alone = examine(&bench, &silent, None, true).await;
    assert_eq!(words(&alone).last().unwrap(), "endpoint pass");
    assert_eq!(alone.len(), 4);
}

#[tokio::test]
async fn a_missing_function_is_reported_by_each_check_that_needs_it() {
    let bench = bench();
    let checks = examine(&bench, &bench.connector, Some("absent"), false).await;
    assert_eq!(words(&checks)[4..], ["list-functions pass", "get-function fail", "dry-run fail"]);
}

#[tokio::test]
async fn a_provider_that_refuses_fails_each_check() {
    let bench = bench();
    let refusing = FakeProvider::new([FakeFunction::echo("mirror".parse().unwrap())]).refusing();
    let connector = FakeConnector::default().with(refusing.connection(connection(), Settings::default()));
    let checks = examine(&bench, &connector, Some("mirror"), false).await;
    assert_eq!(
        words(&checks),
        [
            "configuration pass",
            "credentials pass",
            "identity fail",
            "endpoint pass",
            "list-functions fail",
            "get-function fail",
            "dry-run fail"
        ]
    );
}

/// A connection with missing credentials or an endpoint that cannot be reached.
#[derive(Debug, Clone)]
struct Door {
    credentials: Option<CredentialsSummary>,
    reachable: bool,
}

fn closed(code: ErrorCode) -> PortError {
    PortError::new(PortErrorKind::Unauthenticated, code, "closed").with_hint("open it")
}

#[async_trait]
impl Identity for Door {
    async fn credentials(&self) -> Result<CredentialsSummary, PortError> {
        self.credentials.clone().ok_or_else(|| closed(ErrorCode::CredentialsMissing))
    }

    async fn who_am_i(&self) -> Result<Option<Principal>, PortError> {
        Ok(Some(Principal { account: None, reference: "ada".to_owned() }))
    }
}

#[async_trait]
impl Reachability for Door {
    async fn reach(&self, _: Option<&FunctionRef>) -> Result<String, PortError> {
        if self.reachable { Ok("there".to_owned()) } else { Err(closed(ErrorCode::ConnectionFailed)) }
    }
}

fn through(door: Door, bench: &Bench) -> FakeConnector {
    let door = Arc::new(door);
    let whole = bench.provider.connection(connection(), Settings::default());
    let (identity, reachability) =
        (Some(door.clone() as Arc<dyn Identity>), Some(door as Arc<dyn Reachability>));
    FakeConnector::default().with(Connection { identity, reachability, ..whole })
}

#[tokio::test]
async fn what_does_not_depend_on_a_failure_is_still_checked() {
    let bench = bench();
    let door = Door { credentials: None, reachable: true };
    let checks = examine(&bench, &through(door, &bench), Some("mirror"), false).await;
    assert_eq!(
        words(&checks),
        [
            "configuration pass",
            "credentials fail",
            "identity skipped",
            "endpoint pass",
            "list-functions skipped",
            "get-function skipped",
            "dry-run skipped"
        ]
    );
    assert_eq!(detail(&checks, CheckName::DryRun), "credentials are missing");
    let summary = CredentialsSummary { source: "a role".to_owned(), expires_at: None };
    let door = Door { credentials: Some(summary), reachable: false };
    let checks = examine(&bench, &through(door, &bench), None, false).await;
    assert_eq!(words(&checks)[2..5], ["identity pass", "endpoint fail", "list-functions skipped"]);
    assert_eq!(detail(&checks, CheckName::ListFunctions), "the endpoint check failed");
}

#[tokio::test]
async fn what_the_provider_does_not_support_is_skipped_with_the_reason() {
    let bench = bench();
    let whole = bench.provider.connection(connection(), Settings::default());
    let no_dry_runs = MockInvoker::times(1, || {
        let message = "this provider has no dry runs".to_owned();
        let failure = failure(Delivery::NotSent, Start::DidNotStart);
        Err(InvokeError {
            kind: PortErrorKind::Unsupported,
            code: ErrorCode::Unsupported,
            message,
            ..failure
        })
    });
    let bare = Connection::new(connection(), whole.catalogue, Arc::new(no_dry_runs), whole.platform);
    let checks = examine(&bench, &FakeConnector::default().with(bare), Some("mirror"), false).await;
    assert_eq!(
        words(&checks),
        [
            "configuration pass",
            "credentials skipped",
            "identity skipped",
            "endpoint skipped",
            "list-functions pass",
            "get-function pass",
            "dry-run skipped"
        ]
    );
    assert_eq!(detail(&checks, CheckName::Credentials), "this provider needs no credentials");
    assert_eq!(
        detail(&checks, CheckName::Identity),
        "this provider does not report the identity of the caller"
    );
    assert_eq!(
        detail(&checks, CheckName::Endpoint),
        "this provider cannot be checked without calling a function"
    );
    assert_eq!(detail(&checks, CheckName::DryRun), "this provider has no dry runs");
}

#[tokio::test]
async fn the_expiry_of_credentials_is_shown_with_a_note_if_it_is_soon() {
    let bench = bench();
    let now = lamplight_ports::Clock::now(&*bench.clock).as_second();
    for (left, soon) in [(299, true), (301, false)] {
        let end = Timestamp::from_second(now + left).unwrap();
        let summary = CredentialsSummary { source: "a role".to_owned(), expires_at: Some(end) };
        let door = Door { credentials: Some(summary), reachable: true };
        let checks = examine(&bench, &through(door, &bench), None, true).await;
        let told = detail(&checks, CheckName::Credentials);
        assert!(told.starts_with(&format!("a role, valid until {end}")), "{told}");
        assert_eq!(told.contains("soon"), soon, "{told}");
    }
}

#[tokio::test]
async fn a_connection_that_is_not_configured_is_the_first_failure() {
    let bench = bench();
    let checks = examine(&bench, &FakeConnector::default(), None, false).await;
    assert_eq!(words(&checks)[..2], ["configuration fail", "credentials skipped"]);
    assert_eq!(checks.len(), 7);
}

#[tokio::test]
async fn each_check_is_announced_before_it_is_made() {
    let bench = bench();
    let ports = DoctorPorts { connector: &bench.connector, secrets: &OneSecret, clock: &*bench.clock };
    let told = Told::default();
    let request = DoctorRequest { connection_alone: true, ..DoctorRequest::default() };
    doctor(&ports, &request, &told).await;
    let told = told.0.into_inner().unwrap();
    assert_eq!(told[..4], ["configuration?", "configuration", "credentials?", "credentials"]);
}
