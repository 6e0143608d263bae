//! Sample runs and jobs for stores: the same number always returns the same one.

use lamplight_domain::{
    Argument, Attempt, ConnectionName, DataType, Direction, DurableExecution, EffectiveSettings, ErrorCode,
    Evidence, EvidenceKind, ExecutionReport, FunctionName, FunctionRef, Imported, Intent, InvocationType,
    Job, JobName, Origin, Outcome, Output, ParamName, Parameter, Parent, Provenance, RawJson,
    RecordedArgument, Run, RunError, RunKey, RunState, RunnerId, Settings, StartedBy, Timestamp, Warning,
};
use std::str::FromStr;

/// When the sample run 0 began; each further run begins one second later.
pub const EPOCH: &str = "2026-01-02T03:04:05.123456Z";

/// A run that has begun.
pub fn sample_run(n: u32) -> Run {
    Run::begin(sample_intent(n), sample_runner())
}

/// The same run, queued.
pub fn queued_run(n: u32) -> Run {
    Run::queue(sample_intent(n))
}

/// The runner of sample runs that have begun.
pub fn sample_runner() -> RunnerId {
    RunnerId("runner-1".to_owned())
}

/// The intent of the sample run. Even numbers belong to one of two [`sample_job`]s, odd numbers to none; functions
/// repeat every three numbers, [parents](sample_parent) every four.
pub fn sample_intent(n: u32) -> Intent {
    let settings = Settings { qualifier: Some(parse_name("live")), ..Settings::default() };
    let even = n.is_multiple_of(2);
    Intent {
        key: sample_key(n),
        job: even.then(|| sample_job(n / 2 % 2).name),
        connection: sample_connection(n),
        function: function(n),
        effective: EffectiveSettings::resolve(&Settings::default(), &settings, &Settings::default()),
        arguments: vec![
            RecordedArgument::new(&parse_name("count"), &Argument::Text(n.to_string()), false),
            RecordedArgument::new(&parse_name("token"), &Argument::Text("hunter2".to_owned()), true),
            RecordedArgument::new(&parse_name("text"), &Argument::Text("ä\"\n".repeat(2000)), false),
        ],
        payload_bytes: 8042,
        durable_name: even.then(|| format!("order-{n}")),
        monitor_url: Some(format!("https://monitor.example/{n}")),
        provenance: Provenance {
            started_by: match n % 4 {
                0 => Some(StartedBy::User("alice".to_owned())),
                1 => Some(StartedBy::Token("deploy".to_owned())),
                2 => Some(StartedBy::Service("queue".to_owned())),
                _ => None,
            },
            parent: sample_parent(n),
            trace_id: even.then(|| format!("trace-{n}")),
            origin: (n % 4 == 2)
                .then(|| Origin { source: "orders".to_owned(), message_id: format!("message-{n}") }),
        },
        started_at: EPOCH.parse::<Timestamp>().expect("a time") + std::time::Duration::from_secs(n.into()),
    }
}

/// The parent of the sample run.
pub fn sample_parent(n: u32) -> Option<Parent> {
    match n % 4 {
        0 => Some(Parent::Workflow { execution: "execution-1".to_owned(), state: "Load".to_owned() }),
        1 => Some(Parent::MapRun { map_run: "map-1".to_owned(), item: n.into() }),
        _ => None,
    }
}

/// The key of the sample run; keys sort in the order of the numbers.
pub fn sample_key(n: u32) -> RunKey {
    parse_name(&format!("0199c0de-0000-7000-8000-{n:012x}"))
}

/// The request ID that the sample run has once it has ended.
pub fn sample_request_id(n: u32) -> String {
    format!("8f5fc0de-0000-4000-8000-{n:012x}")
}

/// Ends a run with an outcome that has a value for every field.
///
/// # Panics
/// If the run has already ended, or `state` is not final.
pub fn finish(run: &mut Run, n: u32, state: RunState) {
    let kind = match state {
        RunState::Accepted => EvidenceKind::Accepted,
        RunState::Unknown => EvidenceKind::NoAnswer,
        RunState::FunctionFailed => EvidenceKind::FunctionError,
        _ => EvidenceKind::Answered,
    };
    let evidence = Evidence { kind, http_status: Some(200), code: Some("Handled".into()) };
    let ended_at = run.intent.started_at + std::time::Duration::from_micros(2_500_001);
    let outcome = Outcome {
        request_id: Some(sample_request_id(n)),
        executed_version: Some("7".to_owned()),
        durable: Some(DurableExecution { reference: format!("durable-{n}"), joined: true }),
        outputs: vec![Output {
            name: parse_name("sum"),
            data_type: DataType::Number,
            value: RawJson::parse("12345678901234567890.10").expect("a number"),
            secret: false,
        }],
        warnings: vec![Warning::PropertyMissing { parameter: parse_name("rest") }],
        error: Some(RunError {
            code: ErrorCode::FunctionError,
            message: "it said \"no\"".to_owned(),
            error_type: Some("ValueError".to_owned()),
            stack: vec!["a".to_owned(), "b".to_owned()],
            causes: Vec::new(),
            hint: None,
        }),
        log_tail: Some("START\n\u{1F600}\nEND".to_owned()),
        report: Some(ExecutionReport {
            duration_ms: Some(12.34),
            billed_ms: Some(13),
            memory_mb: Some(128),
            max_memory_mb: Some(64),
            init_ms: Some(0.1),
        }),
        cost_usd: Some(0.000_000_217),
        ..Outcome::new(state, evidence.clone(), ended_at)
    };
    let throttled = Evidence { kind: EvidenceKind::Refused, http_status: Some(429), code: None };
    let attempt = |evidence, error| Attempt {
        sent_at: Some(run.intent.started_at),
        ended_at: Some(ended_at),
        evidence: Some(evidence),
        error,
    };
    run.attempts = vec![attempt(throttled, Some(ErrorCode::Throttled)), attempt(evidence, None)];
    run.conclude(outcome).expect("a run that goes on");
}

/// A job with parameters and overrides.
pub fn sample_job(n: u32) -> Job {
    let parameters = vec![
        Parameter::new(parse_name("count"), DataType::Integer).with_direction(Direction::InputOutput),
        Parameter::new(parse_name("token"), DataType::String).secret().with_default("env:TOKEN"),
        Parameter::new(parse_name("sum"), DataType::Number).with_direction(Direction::Output),
    ];
    Job {
        name: parse_name(&format!("job-{n:03}")),
        connection: sample_connection(n),
        function: function(n),
        description: Some("loads \"everything\"\nevery night".to_owned()),
        parameters: parameters.try_into().expect("a list of parameters"),
        overrides: Settings {
            invocation_type: Some(InvocationType::Event),
            max_attempts: Some(2),
            ..Settings::default()
        },
        idempotent: n.is_multiple_of(2),
        open: n.is_multiple_of(3),
        imported: n.is_multiple_of(3).then(|| Imported {
            description: Some("loads".to_owned()),
            parameters: vec![Parameter::new(parse_name("count"), DataType::Integer).with_default("5")]
                .try_into()
                .expect("a list of parameters"),
        }),
    }
}

/// The function of the sample run or job.
pub fn sample_function(n: u32) -> FunctionName {
    parse_name(["adder", "echo", "load"][(n % 3) as usize])
}

fn function(n: u32) -> FunctionRef {
    FunctionRef { timeout_seconds: Some(30), ..FunctionRef::by_name(sample_function(n)) }
}

/// The connection of the sample run or job; every fifth number has another one.
pub fn sample_connection(n: u32) -> ConnectionName {
    parse_name(if n % 5 == 4 { "other" } else { "demo" })
}

/// Parses a name that is known to be valid.
pub(crate) fn parse_name<T: Name>(text: &str) -> T {
    text.parse().unwrap_or_else(|_| panic!("{text:?} is a valid name"))
}

/// Names that the samples parse.
pub(crate) trait Name: FromStr {}
impl Name for ConnectionName {}
impl Name for FunctionName {}
impl Name for JobName {}
impl Name for ParamName {}
impl Name for RunKey {}
impl Name for lamplight_domain::Qualifier {}
