//! A server with a job with every type of parameter, and a run in every state.

use crate::world::World;
use lamplight_domain::{
    Attempt, DataType, Direction, EffectiveSettings, ErrorCode, Evidence, EvidenceKind, ExecutionReport,
    FunctionRef, Intent, Job, MASK, Outcome, Output, Parameter, ParameterList, Provenance, RawJson,
    RecordedArgument, Run, RunError, RunState, RunnerId, Settings, StartedBy, Warning,
};
use lamplight_fake_adapter::FakeWorld;
use lamplight_ports::{JobStore, RunStore};
use std::time::Duration;

/// The name of the job.
pub const JOB: &str = "nightly-report";

/// A text that would do harm if it were not shown as a text.
pub const HOSTILE: &str = "<script>alert(\"x\")</script>'\u{202e}\u{0}\r\n<img src=x onerror=alert(1)>&amp;";

/// The parameters of the job, with a description in every one.
pub fn parameters(description: &str) -> ParameterList {
    let mut all: Vec<Parameter> = DataType::ALL
        .into_iter()
        .map(|data_type| Parameter::new(format!("a {data_type}").parse().unwrap(), data_type))
        .collect();
    all.push(Parameter::new("day".parse().unwrap(), DataType::String).required());
    all.push(Parameter::new("limit".parse().unwrap(), DataType::Integer).with_default("10000"));
    all.push(Parameter::new("dry".parse().unwrap(), DataType::Boolean).with_default("false"));
    all.push(
        Parameter::new("api_token".parse().unwrap(), DataType::String)
            .secret()
            .with_default("env:REPORT_TOKEN"),
    );
    all.push(Parameter::new("rows".parse().unwrap(), DataType::Integer).with_direction(Direction::Output));
    for parameter in &mut all {
        parameter.description = Some(description.to_owned());
    }
    all.try_into().unwrap()
}

/// The job.
pub fn job(description: &str) -> Job {
    let function =
        FunctionRef { timeout_seconds: Some(30), ..FunctionRef::by_name("mirror".parse().unwrap()) };
    Job {
        description: Some(description.to_owned()),
        parameters: parameters(description),
        ..Job::new(JOB.parse().unwrap(), FakeWorld::CONNECTION.parse().unwrap(), function)
    }
}

/// What is recorded before a run.
pub fn intent(world: &World, key: &str) -> Intent {
    let none = Settings::default();
    let argument = |name: &str, value: &str| RecordedArgument {
        name: name.parse().unwrap(),
        value: value.to_owned(),
        cut_from_bytes: None,
    };
    Intent {
        key: key.parse().unwrap(),
        job: Some(JOB.parse().unwrap()),
        connection: FakeWorld::CONNECTION.parse().unwrap(),
        function: FunctionRef {
            timeout_seconds: Some(30),
            ..FunctionRef::by_name("mirror".parse().unwrap())
        },
        effective: EffectiveSettings::resolve(&none, &none, &none),
        arguments: vec![argument("day", "2026-01-13"), argument("api_token", MASK)],
        payload_bytes: 298,
        durable_name: None,
        monitor_url: Some("https://example.com/monitor?a=1&b=2".to_owned()),
        provenance: Provenance {
            started_by: Some(StartedBy::User("oncall".to_owned())),
            ..Provenance::default()
        },
        started_at: world.server.ports.run.clock.now(),
    }
}

/// The kind of evidence that usually stands for a state.
fn kind(state: RunState) -> EvidenceKind {
    match state {
        RunState::Queued | RunState::Running => EvidenceKind::RunnerGone,
        RunState::Succeeded => EvidenceKind::Answered,
        RunState::FunctionFailed => EvidenceKind::FunctionError,
        RunState::Accepted => EvidenceKind::Accepted,
        RunState::Validated => EvidenceKind::Validated,
        RunState::Rejected => EvidenceKind::Refused,
        RunState::Unknown => EvidenceKind::NoAnswer,
    }
}

/// The key of the run in a state.
pub fn key(state: RunState) -> String {
    format!("run-{}", state.as_str().replace('_', "-"))
}

/// Stores a run in a state, with everything that its page can show; texts of the function are `text`.
pub async fn add_run(world: &World, state: RunState, text: &str) {
    let intent = intent(world, &key(state));
    let start = intent.started_at;
    let runs = &world.fake.store;
    if state == RunState::Queued {
        runs.insert(&Run::queue(intent)).await.unwrap();
        return;
    }
    let mut run = Run::begin(intent, RunnerId("r".to_owned()));
    run.attempts = vec![Attempt::sent(start)];
    if state == RunState::Running {
        runs.insert(&run).await.unwrap();
        return;
    }
    runs.insert(&run).await.unwrap();
    let at = |ms: u64| start + Duration::from_millis(ms);
    let throttled = Evidence {
        http_status: Some(429),
        code: Some(text.to_owned()),
        ..Evidence::of(EvidenceKind::Refused)
    };
    run.attempts = vec![
        Attempt {
            ended_at: Some(at(31)),
            evidence: Some(throttled),
            error: Some(ErrorCode::Throttled),
            ..Attempt::sent(at(4))
        },
        Attempt {
            ended_at: Some(at(4660)),
            evidence: Some(Evidence::of(kind(state))),
            ..Attempt::sent(at(415))
        },
    ];
    let mut outcome =
        Outcome::new(state, Evidence { code: Some(text.to_owned()), ..Evidence::of(kind(state)) }, at(4660));
    let has_ran = matches!(state, RunState::Succeeded | RunState::FunctionFailed);
    if has_ran {
        outcome.request_id = Some(format!("8f507cfc-{}", state.as_str()));
        outcome.executed_version = Some("14".to_owned());
        outcome.log_tail = Some(format!("START\n{text}\nEND"));
        outcome.cost_usd = Some(0.000_035_3);
        outcome.report = Some(ExecutionReport {
            duration_ms: Some(3811.42),
            billed_ms: Some(4214),
            memory_mb: Some(512),
            max_memory_mb: Some(500),
            init_ms: Some(402.11),
        });
    }
    if matches!(state, RunState::FunctionFailed | RunState::Rejected | RunState::Unknown) {
        let error = RunError::new(ErrorCode::FunctionError, text);
        outcome.error = Some(RunError {
            error_type: Some(text.to_owned()),
            stack: vec![text.to_owned()],
            hint: Some(text.to_owned().into()),
            causes: vec![text.to_owned()],
            ..error
        });
    }
    if state == RunState::Succeeded {
        let value = RawJson::string(text);
        outcome.outputs = vec![Output {
            name: "rows".parse().unwrap(),
            data_type: DataType::Integer,
            value,
            secret: false,
        }];
        outcome.warnings = vec![Warning::NotRecorded { what: text.to_owned() }];
    }
    run.conclude(outcome).unwrap();
    let response = has_ran.then(|| serde_json::json!({ "rows": 1, text: [text] }).to_string().into());
    runs.update(&run, response).await.unwrap();
}

/// A server with all of it.
pub async fn world(text: &str) -> World {
    let world = World::idle();
    fill(&world, text).await;
    world
}

/// Stores all of it.
pub async fn fill(world: &World, text: &str) {
    world.fake.store.put(&job(text), None).await.unwrap();
    for state in RunState::ALL {
        world.fake.clock.advance(Duration::from_mins(1));
        add_run(world, state, text).await;
    }
}
