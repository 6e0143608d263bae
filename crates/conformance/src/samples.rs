//! Runs and jobs to fill a store with: the same number always gives the same one.

use lamplight_domain::{
    Argument, Conclusion, ConnectionName, DataType, Direction, EffectiveSettings, ErrorCode, Evidence,
    EvidenceKind, ExecutionReport, FunctionName, FunctionRef, InvocationType, Job, JobName, NewRun, Output,
    ParamName, Parameter, RawJson, RecordedArgument, Run, RunError, RunKey, RunState, RunnerId, Settings,
    Timestamp, Warning,
};
use std::str::FromStr;

/// When the sample run 0 began; each further one begins a second later.
pub const EPOCH: &str = "2026-01-02T03:04:05.123456Z";

/// A run that has begun. Even numbers are runs of [`sample_job`]s, one of two, odd ones of none; functions
/// take turns by threes.
pub fn sample_run(n: u32) -> Run {
    let settings = Settings { qualifier: Some(parsed("live")), ..Settings::default() };
    let even = n.is_multiple_of(2);
    Run::begin(NewRun {
        key: sample_key(n),
        job: even.then(|| sample_job(n / 2 % 2).name),
        connection: connection(),
        function: function(n),
        effective: EffectiveSettings::resolve(&Settings::default(), &settings, &Settings::default()),
        arguments: vec![
            RecordedArgument::new(&parsed("count"), &Argument::Text(n.to_string()), false),
            RecordedArgument::new(&parsed("token"), &Argument::Text("hunter2".to_owned()), true),
            RecordedArgument::new(&parsed("text"), &Argument::Text("ä\"\n".repeat(2000)), false),
        ],
        payload_bytes: 8042,
        monitor_url: Some(format!("https://monitor.example/{n}")),
        runner: RunnerId("runner-1".to_owned()),
        started_at: EPOCH.parse::<Timestamp>().expect("a time") + std::time::Duration::from_secs(n.into()),
    })
}

/// The key of the sample run; keys of later ones sort after.
pub fn sample_key(n: u32) -> RunKey {
    parsed(&format!("0199c0de-0000-7000-8000-{n:012x}"))
}

/// The request id that the sample run has once it has ended.
pub fn sample_request_id(n: u32) -> String {
    format!("8f5fc0de-0000-4000-8000-{n:012x}")
}

/// Ends a run with everything that a conclusion can hold, and `response`.
///
/// # Panics
/// Where the run has ended already, or `state` ends none.
pub fn finish(run: &mut Run, n: u32, state: RunState, response: Option<Vec<u8>>) {
    let evidence =
        Evidence { kind: EvidenceKind::FunctionError, http_status: Some(200), code: Some("Handled".into()) };
    let conclusion = Conclusion {
        request_id: Some(sample_request_id(n)),
        executed_version: Some("7".to_owned()),
        outputs: vec![Output {
            name: parsed("sum"),
            data_type: DataType::Number,
            value: RawJson::parse("12345678901234567890.10").expect("a number"),
            secret: false,
        }],
        warnings: vec![Warning::PropertyMissing { parameter: parsed("rest") }],
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
            duration_ms: 12.34,
            billed_ms: 13,
            memory_mb: 128,
            max_memory_mb: Some(64),
            init_ms: Some(0.1),
        }),
        cost_usd: Some(0.000_000_217),
        response,
        ..Conclusion::new(state, evidence)
    };
    let now = run.started_at + std::time::Duration::from_micros(2_500_001);
    run.attempts = 2;
    run.conclude(conclusion, now).expect("a run that goes on");
}

/// A job with parameters and overrides.
pub fn sample_job(n: u32) -> Job {
    let mut token = Parameter::new(parsed("token"), DataType::String);
    token.secret = true;
    token.default = Some("env:TOKEN".to_owned());
    let parameters = vec![
        Parameter::new(parsed("count"), DataType::Integer).with_direction(Direction::InputOutput),
        token,
        Parameter::new(parsed("sum"), DataType::Number).with_direction(Direction::Output),
    ];
    Job {
        name: parsed(&format!("job-{n:03}")),
        connection: connection(),
        function: function(n),
        description: Some("loads \"everything\"\nevery night".to_owned()),
        parameters: parameters.try_into().expect("a list of parameters"),
        overrides: Settings {
            invocation_type: Some(InvocationType::Event),
            max_attempts: Some(2),
            ..Settings::default()
        },
    }
}

/// The function of the sample run or job.
pub fn sample_function(n: u32) -> FunctionName {
    parsed(["adder", "echo", "load"][(n % 3) as usize])
}

fn function(n: u32) -> FunctionRef {
    FunctionRef { timeout_seconds: Some(30), ..FunctionRef::by_name(sample_function(n)) }
}

fn connection() -> ConnectionName {
    parsed("demo")
}

/// Reads a name that is known to be one.
pub(crate) fn parsed<T: Name>(text: &str) -> T {
    text.parse().unwrap_or_else(|_| panic!("{text:?} is a name"))
}

/// Names whose parsing can be taken for granted here.
pub(crate) trait Name: FromStr {}
impl Name for ConnectionName {}
impl Name for FunctionName {}
impl Name for JobName {}
impl Name for ParamName {}
impl Name for RunKey {}
impl Name for lamplight_domain::Qualifier {}
