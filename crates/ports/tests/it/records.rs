//! Records that were written once stay readable. The files in `records/` are never changed; a change of the
//! form adds files beside them.

use lamplight_domain::{EvidenceKind, Job, Level, Revision, Run, RunState, Warning};
use lamplight_ports::record::{RECORD_VERSION, RecordError, Recorded, read, write};
use std::fmt::Debug;

const RUN_V1: &str = include_str!("records/run_v1.json");
const JOB_V1: &str = include_str!("records/job_v1.json");

#[test]
fn a_run_of_version_1_is_read() {
    let run: Run = read(RUN_V1).unwrap();
    assert_eq!(run.key.as_str(), "0199c0de-0000-7000-8000-000000000001");
    assert_eq!(run.job.as_ref().unwrap().as_str(), "nightly");
    assert_eq!(run.connection.as_str(), "demo");
    assert_eq!((run.function.name.as_str(), run.function.timeout_seconds), ("echo", Some(30)));
    let qualifier = &run.effective.qualifier;
    assert_eq!((qualifier.value.as_ref().unwrap().as_str(), qualifier.level), ("live", Level::Job));
    let cut = &run.arguments[2];
    assert_eq!((cut.value.as_str(), cut.cut_from_bytes), ("ä\"\nä\"\n", Some(8000)));
    assert_eq!(run.state(), RunState::FunctionFailed);
    let evidence = run.evidence().unwrap();
    assert_eq!((evidence.kind, evidence.http_status), (EvidenceKind::FunctionError, Some(200)));
    assert_eq!(run.id().unwrap().to_string(), "echo/8f5fc0de-0000-4000-8000-000000000001#Failed");
    assert_eq!(run.attempts, 2);
    assert_eq!(run.outputs[0].value.as_str(), "12345678901234567890.10");
    assert_eq!(run.warnings, [Warning::PropertyMissing { parameter: "rest".parse().unwrap() }]);
    assert_eq!(run.error.as_ref().unwrap().stack, ["a", "b"]);
    assert_eq!(run.log_tail.as_deref(), Some("START\n\u{1F600}\nEND"));
    assert_eq!(run.report.as_ref().unwrap().billed_ms, 13);
    assert_eq!(run.cost_usd, Some(0.000_000_217));
    assert_eq!(run.runner.0, "runner-1");
    assert_eq!(run.started_at.as_microsecond(), 1_767_323_046_123_456);
    assert_eq!(run.ended_at.unwrap().to_string(), "2026-01-02T03:04:08.623457Z");
    assert_eq!((run.revision, run.response), (Revision::FIRST, None));
}

#[test]
fn a_job_of_version_1_is_read() {
    let job: Job = read(JOB_V1).unwrap();
    assert_eq!(job.name.as_str(), "job-001");
    assert_eq!(job.parameters.len(), 3);
    assert_eq!(job.parameters.get(&"TOKEN".parse().unwrap()).unwrap().default.as_deref(), Some("env:TOKEN"));
    assert_eq!(job.overrides.max_attempts, Some(2));
}

#[test]
fn what_is_read_is_written_again_without_loss() {
    fn again<T: Recorded + PartialEq + Debug>(text: &str) {
        let first: T = read(text).unwrap();
        let second: T = read(&write(&first).unwrap()).unwrap();
        assert_eq!(second, first);
    }
    again::<Run>(RUN_V1);
    again::<Job>(JOB_V1);
}

#[test]
fn unknown_fields_are_passed_over() {
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
    with_more::<Job>(JOB_V1, &["{", "\"body\": {", "\"function\": {"]);
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
        RUN_V1.replacen("\"version\": 1", "\"version\": 2", 1),
        r#"{"version":2}"#.to_owned(),
        r#"{"version":2,"body":["of", "another", "form"],"more":true}"#.to_owned(),
    ] {
        let error = read::<Run>(&text).unwrap_err();
        assert!(matches!(error, RecordError::Newer { found: 2, known: RECORD_VERSION }), "{error:?}");
        assert!(error.to_string().contains("newer build"), "{error}");
    }
}

#[test]
fn what_no_build_wrote_is_damaged() {
    let cut = (0..RUN_V1.trim_end().len()).step_by(37).filter_map(|end| RUN_V1.get(..end));
    let forms =
        ["null", "[]", "{}", r#"{"version":1}"#, r#"{"version":-1,"body":{}}"#, r#"{"version":1,"body":{}}"#];
    for text in cut.chain(forms) {
        assert!(matches!(read::<Run>(text), Err(RecordError::Damaged(_))), "{text}");
    }
}
