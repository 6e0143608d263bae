//! What a name means: a job or a function, on its own connection or on another one.

use crate::bench::{Bench, arguments, connection, function, job, parameter};
use lamplight_app::{AppError, RunRequest, Target, TargetName, prepare_run, resolve_target};
use lamplight_domain::{ConnectionName, DataType, ErrorCode, FunctionRef, Job, Settings};
use lamplight_fake_adapter::{FakeConnector, FakeFunction, FakeProvider};
use lamplight_ports::NoSecrets;

fn other() -> ConnectionName {
    "other".parse().unwrap()
}

/// A bench with a second connection on which the function of the job exists too.
fn bench() -> (Bench, FakeConnector) {
    let functions = || [FakeFunction::echo(function("f"))];
    let bench = Bench::new(functions());
    let elsewhere = FakeProvider::new(functions()).connection(other(), Settings::default());
    let own = FakeProvider::new(functions()).connection(connection(), Settings::default());
    (bench, FakeConnector::default().with(own).with(elsewhere))
}

#[tokio::test]
async fn a_job_on_another_connection_is_called_there_with_its_parameters() {
    let (bench, connector) = bench();
    let mut own = job("f", vec![parameter("count", DataType::Integer).with_default("7")]);
    own.function = FunctionRef {
        reference: "arn:aws:lambda:us-east-1:000000000000:function:f".to_owned(),
        qualifier: Some("live".parse().unwrap()),
        timeout_seconds: Some(3),
        ..own.function
    };
    bench.keep(&own).await;
    let target = resolve_target(&connector, &bench.store, "f-job", Some(&other())).await.unwrap();
    assert_eq!((target.connection.name.clone(), target.job.as_ref()), (other(), Some(&own)));
    let Target { function: called, .. } = &target;
    assert_eq!((called.reference.as_str(), called.timeout_seconds), ("f", None));
    assert_eq!(called.qualifier, own.function.qualifier);
    let prepared = prepare_run(&NoSecrets, RunRequest::new(target, arguments(&[]))).await.unwrap();
    assert_eq!(prepared.payload().as_bytes(), br#"{"count":7}"#);

    let at_home = resolve_target(&connector, &bench.store, "f-job", Some(&connection())).await.unwrap();
    assert_eq!((at_home.connection.name, at_home.function), (connection(), own.function));
}

#[tokio::test]
async fn two_jobs_that_may_be_meant_are_both_named() {
    let (bench, connector) = bench();
    bench.keep(&job("f", vec![])).await;
    bench.keep(&Job { name: "other.f".parse().unwrap(), connection: other(), ..job("f", vec![]) }).await;
    let named = |name| {
        let (connector, jobs) = (&connector, &bench.store);
        async move { resolve_target(connector, jobs, name, Some(&other())).await }
    };
    let error: AppError = named(TargetName::Any("f-job")).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::AmbiguousJob);
    assert!(error.to_string().contains("f-job") && error.to_string().contains("other.f"), "{error}");
    for name in ["f-job", "other.f"] {
        let target = named(TargetName::Job(name)).await.unwrap();
        assert_eq!((target.job.unwrap().name.as_str(), target.connection.name), (name, other()));
    }
    assert!(named(TargetName::Any("other.f")).await.unwrap().job.is_some());
}

#[tokio::test]
async fn a_job_or_a_function_can_be_demanded() {
    let (bench, connector) = bench();
    bench.keep(&Job { name: "f".parse().unwrap(), ..job("f", vec![]) }).await;
    let named = |name| {
        let (connector, jobs) = (&connector, &bench.store);
        async move { resolve_target(connector, jobs, name, Some(&connection())).await }
    };
    assert!(named(TargetName::Any("f")).await.unwrap().job.is_some());
    assert!(named(TargetName::Function("f")).await.unwrap().job.is_none());
    let error = named(TargetName::Job("nightly")).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::JobNotFound);
}

#[tokio::test]
async fn an_open_job_takes_what_it_does_not_declare_and_says_so() {
    let bench = Bench::new([FakeFunction::echo(function("f"))]);
    let declared = vec![parameter("count", DataType::Integer), parameter("note", DataType::String)];
    bench.keep(&Job { open: true, ..job("f", declared) }).await;
    let given = [("more", "[1]"), ("COUNT", "2"), ("x", "1"), ("X", "2")];
    let prepared = bench.prepare("f-job", arguments(&given), Settings::default()).await.unwrap();
    assert_eq!(prepared.payload().as_bytes(), br#"{"count":2,"more":[1],"x":"1","X":"2"}"#);
    let [note] = prepared.notes() else { panic!("{:?}", prepared.notes()) };
    assert!(note.contains("more, x, X"), "{note}");
    let error = bench.prepare("f-job", arguments(&[("count", "many")]), Settings::default()).await;
    assert_eq!(error.unwrap_err().code(), ErrorCode::InvalidArguments);
    let prepared = bench.prepare("f-job", arguments(&[("count", "1")]), Settings::default()).await.unwrap();
    assert!(prepared.notes().is_empty(), "{:?}", prepared.notes());
}

#[tokio::test]
async fn without_a_job_names_that_differ_in_case_are_both_sent() {
    let bench = Bench::new([FakeFunction::echo(function("f"))]);
    let given = arguments(&[("id", "1"), ("ID", "2")]);
    let prepared = bench.prepare("f", given, Settings::default()).await.unwrap();
    assert_eq!(prepared.payload().as_bytes(), br#"{"id":"1","ID":"2"}"#);
}

#[tokio::test]
async fn what_the_function_does_not_get_of_a_client_context_is_said() {
    use lamplight_domain::InvocationType::{self, Event, RequestResponse};
    let bench = Bench::new([FakeFunction::echo(function("f"))]);
    let notes = async |context: &str, invocation_type: InvocationType| {
        let settings = Settings {
            client_context: Some(context.to_owned()),
            invocation_type: Some(invocation_type),
            ..Settings::default()
        };
        bench.prepare("f", arguments(&[]), settings).await.unwrap().notes().to_vec()
    };
    assert!(notes(r#"{"custom":{"a":1},"env":{}}"#, RequestResponse).await.is_empty());
    let outside = notes(r#"{"tenant":"a","custom":{}}"#, RequestResponse).await;
    assert!(outside.len() == 1 && outside[0].contains("tenant"), "{outside:?}");
    let dropped = notes(r#"{"custom":{}}"#, Event).await;
    assert!(dropped.len() == 1 && dropped[0].contains("Event"), "{dropped:?}");
}
