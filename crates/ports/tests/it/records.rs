//! Old records stay readable. The files in `records/` are never changed; a change of the format adds new files.

use lamplight_domain::{
    Action, Attempt, DataType, Direction, DurableExecution, ErrorClass, ErrorCode, EvidenceKind, Hint,
    InvocationType, Job, JsonKind, Level, Origin, Parent, Provenance, Revision, Run, RunState, StartedBy,
    Warning,
};
use lamplight_ports::record::{RECORD_VERSION, RecordError, Recorded, read, write};
use std::fmt::Debug;

const RUN_V1: &str = include_str!("records/run_v1.json");
const JOB_V1: &str = include_str!("records/job_v1.json");
const RUN_V2: &str = include_str!("records/run_v2.json");
const RUN_QUEUED_V2: &str = include_str!("records/run_queued_v2.json");
const JOB_V2: &str = include_str!("records/job_v2.json");
const JOB_V3: &str = include_str!("records/job_v3.json");

#[test]
fn a_run_of_version_1_is_read() {
    let run: Run = read(RUN_V1).unwrap();
    let intent = &run.intent;
    assert_eq!(intent.key.as_str(), "0199c0de-0000-7000-8000-000000000001");
    assert_eq!(intent.job.as_ref().unwrap().as_str(), "nightly");
    assert_eq!(intent.connection.as_str(), "demo");
    assert_eq!((intent.function.name.as_str(), intent.function.timeout_seconds), ("echo", Some(30)));
    let qualifier = &intent.effective.qualifier;
    assert_eq!((qualifier.value.as_ref().unwrap().as_str(), qualifier.level), ("live", Level::Job));
    let cut = &intent.arguments[2];
    assert_eq!((cut.value.as_str(), cut.cut_from_bytes), ("ä\"\nä\"\n", Some(8000)));
    assert_eq!(intent.provenance, Provenance::default());
    assert_eq!(intent.started_at.as_microsecond(), 1_767_323_046_123_456);
    assert_eq!((run.running_since(), run.revision), (Some(intent.started_at), Revision::FIRST));
    assert_eq!(run.runner().unwrap().0, "runner-1");
    assert_eq!(run.state(), RunState::FunctionFailed);
    let evidence = run.evidence().unwrap();
    assert_eq!((evidence.kind, evidence.http_status), (EvidenceKind::FunctionError, Some(200)));
    assert_eq!(run.id().to_string(), "echo/8f5fc0de-0000-4000-8000-000000000001#Failed");
    assert_eq!(run.attempts, vec![Attempt { sent_at: None, ended_at: None, evidence: None, error: None }; 2]);
    let outcome = run.outcome().unwrap();
    assert_eq!(outcome.outputs[0].value.as_str(), "12345678901234567890.10");
    assert_eq!(outcome.warnings, [Warning::PropertyMissing { parameter: "rest".parse().unwrap() }]);
    assert_eq!(outcome.error.as_ref().unwrap().stack, ["a", "b"]);
    assert_eq!(outcome.log_tail.as_deref(), Some("START\n\u{1F600}\nEND"));
    assert_eq!(outcome.report.as_ref().unwrap().billed_ms, Some(13));
    assert_eq!(outcome.cost_usd, Some(0.000_000_217));
    assert_eq!(outcome.ended_at.to_string(), "2026-01-02T03:04:08.623457Z");
}

#[test]
fn a_run_of_version_1_that_goes_on_is_running() {
    let mut record: serde_json::Value = serde_json::from_str(RUN_V1).unwrap();
    let body = record["body"].as_object_mut().unwrap();
    for absent in
        ["evidence", "error", "request_id", "executed_version", "log_tail", "report", "cost_usd", "ended_at"]
    {
        body.insert(absent.to_owned(), serde_json::Value::Null);
    }
    body.insert("state".to_owned(), "running".into());
    let run: Run = read(&record.to_string()).unwrap();
    assert_eq!((run.state(), run.outcome()), (RunState::Running, None));
    record["body"]["state"] = "succeeded".into();
    assert!(matches!(read::<Run>(&record.to_string()), Err(RecordError::Damaged(_))));
}

#[test]
fn a_run_of_version_2_is_read() {
    let run: Run = read(RUN_V2).unwrap();
    let provenance = &run.intent.provenance;
    assert_eq!(provenance.started_by, Some(StartedBy::User("alice".to_owned())));
    let (execution, state) = ("execution-1".to_owned(), "Load".to_owned());
    assert_eq!(provenance.parent, Some(Parent::Workflow { execution, state }));
    assert_eq!(provenance.trace_id.as_deref(), Some("trace-0"));
    assert_eq!(run.intent.durable_name.as_deref(), Some("order-0"));
    let [first, second] = run.attempts.as_slice() else { panic!("{run:?}") };
    assert_eq!((first.error.clone(), second.error.clone()), (Some(ErrorCode::Throttled), None));
    assert_eq!(first.evidence.as_ref().unwrap().kind, EvidenceKind::Refused);
    assert_eq!(first.sent_at, Some(run.intent.started_at));
    let outcome = run.outcome().unwrap();
    assert_eq!(outcome.state, RunState::FunctionFailed);
    assert_eq!(outcome.durable, Some(DurableExecution { reference: "durable-0".to_owned(), joined: true }));
    let error = outcome.error.as_ref().unwrap();
    // An unknown code has the class that is stored with it, and a hint keeps its parts.
    assert_eq!((error.code.as_str(), error.code.class()), ("of_the_future", ErrorClass::Limit));
    assert_eq!(error.hint, Some(Hint::new("see ").action(Action::ListRuns)));
}

#[test]
fn a_queued_run_is_read() {
    let run: Run = read(RUN_QUEUED_V2).unwrap();
    assert_eq!((run.state(), run.runner(), run.running_since()), (RunState::Queued, None, None));
    let origin = Origin { source: "orders".to_owned(), message_id: "message-2".to_owned() };
    assert_eq!(run.intent.provenance.origin, Some(origin));
}

#[test]
fn a_job_of_version_1_is_read() {
    let job: Job = read(JOB_V1).unwrap();
    assert_eq!(job.name.as_str(), "job-001");
    assert_eq!(job.parameters.len(), 3);
    assert_eq!(job.parameters.get(&"TOKEN".parse().unwrap()).unwrap().default.as_deref(), Some("env:TOKEN"));
    assert_eq!((job.overrides.max_attempts, job.idempotent), (Some(2), false));
}

#[test]
fn a_job_of_version_2_is_read() {
    let job: Job = read(JOB_V2).unwrap();
    assert!(job.idempotent && !job.open && job.imported.is_none());
}

#[test]
fn a_job_of_version_3_is_read() {
    let job: Job = read(JOB_V3).unwrap();
    assert!(job.open);
    assert_eq!(job.parameters.get(&"note".parse().unwrap()).unwrap().data_type, DataType::Text);
    let imported = job.imported.unwrap();
    assert_eq!(imported.description.as_deref(), Some("loads everything"));
    assert_eq!(imported.parameters.get(&"count".parse().unwrap()).unwrap().default.as_deref(), Some("5"));
}

/// These names are on disk. Removing or changing one makes records unreadable; adding one needs a new version.
#[test]
fn names_in_records_do_not_change() {
    use {DataType as D, Direction as I, InvocationType as T, JsonKind as J};
    fn words<T: serde::Serialize>(all: impl IntoIterator<Item = T>) -> String {
        let word = |value| serde_json::to_value(value).unwrap().as_str().unwrap().to_owned();
        all.into_iter().map(word).collect::<Vec<_>>().join(" ")
    }
    assert_eq!(
        words(RunState::ALL),
        "queued running succeeded function_failed accepted validated rejected unknown"
    );
    assert_eq!(
        words(EvidenceKind::ALL),
        "answered function_error queued validated refused unproven_answer unidentified_answer unmarked_answer not_sent no_answer \
         interrupted runner_gone durable destination json_log text_log"
    );
    assert_eq!(
        words([Level::Run, Level::Job, Level::Connection, Level::Default]),
        "run job connection default"
    );
    assert_eq!(words([T::RequestResponse, T::Event, T::DryRun]), "RequestResponse Event DryRun");
    assert_eq!(words([I::Input, I::Output, I::InputOutput]), "Input Output InputOutput");
    assert_eq!(
        words([D::String, D::Integer, D::Number, D::Boolean, D::Object, D::Array, D::Json, D::Text]),
        "string integer number boolean object array json text"
    );
    assert_eq!(
        words([J::Null, J::Boolean, J::Integer, J::Number, J::String, J::Array, J::Object]),
        "null boolean integer number string array object"
    );
}

#[test]
fn what_is_read_is_written_again_without_loss() {
    fn again<T: Recorded + PartialEq + Debug>(text: &str) {
        let first: T = read(text).unwrap();
        let second: T = read(&write(&first).unwrap()).unwrap();
        assert_eq!(second, first);
    }
    again::<Run>(RUN_V1);
    again::<Run>(RUN_V2);
    again::<Run>(RUN_QUEUED_V2);
    again::<Job>(JOB_V1);
    again::<Job>(JOB_V2);
    again::<Job>(JOB_V3);
}

#[test]
fn unknown_fields_are_ignored() {
    fn with_more<T: Recorded + PartialEq + Debug>(text: &str, objects: &[&str]) {
        for object in objects {
            let found = text.replacen(object, &format!("{object} \"later\": [{{\"deep\": 1e400}}],"), 1);
            assert_ne!(found, text, "{object}");
            assert_eq!(read::<T>(&found).unwrap(), read::<T>(text).unwrap(), "{object}");
        }
    }
    let in_runs =
        ["{", "\"body\": {", "\"function\": {", "\"effective\": {", "\"evidence\": {", "\"error\": {"];
    with_more::<Run>(RUN_V1, &in_runs);
    let in_runs = ["{", "\"body\": {", "\"intent\": {", "\"workflow\": {", "\"outcome\": {", "\"error\": {"];
    with_more::<Run>(RUN_V2, &in_runs);
    with_more::<Job>(JOB_V1, &["{", "\"body\": {", "\"function\": {"]);
    with_more::<Job>(JOB_V3, &["{", "\"body\": {", "\"imported\": {"]);
}

#[test]
fn a_field_that_may_be_absent_has_a_default() {
    let text = r#"{"version":1,"body":{"name":"a","connection":"c",
        "function":{"name":"f","reference":"f"}}}"#;
    let job: Job = read(text).unwrap();
    assert!(job.parameters.is_empty() && job.description.is_none());
}

#[test]
fn a_newer_version_is_refused_whatever_its_body() {
    for text in [
        RUN_V1.replacen("\"version\": 1", "\"version\": 4", 1),
        r#"{"version":4}"#.to_owned(),
        r#"{"version":4,"body":["of", "another", "form"],"more":true}"#.to_owned(),
    ] {
        let error = read::<Run>(&text).unwrap_err();
        assert!(matches!(error, RecordError::Newer { found: 4, known: RECORD_VERSION }), "{error:?}");
        assert!(error.to_string().contains("newer build"), "{error}");
    }
}

#[test]
fn records_that_no_version_wrote_are_damaged() {
    let cut = (0..RUN_V1.trim_end().len()).step_by(37).filter_map(|end| RUN_V1.get(..end));
    let forms = [
        "null",
        "[]",
        "{}",
        r#"{"version":1}"#,
        r#"{"version":-1,"body":{}}"#,
        r#"{"version":1,"body":{}}"#,
        r#"{"version":2,"body":{}}"#,
    ];
    for text in cut.chain(forms) {
        assert!(matches!(read::<Run>(text), Err(RecordError::Damaged(_))), "{text}");
    }
}
