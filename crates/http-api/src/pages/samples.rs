//! Values for the tests of pages.

use lamplight_domain::{
    EffectiveSettings, Evidence, EvidenceKind, FunctionRef, Intent, Job, Outcome, Provenance, Run, RunState,
    RunnerId, Settings, Timestamp,
};

/// When everything happens.
pub fn start() -> Timestamp {
    "2026-01-14T03:03:56Z".parse().unwrap()
}

/// A job without parameters.
pub fn job(name: &str) -> Job {
    Job::new(name.parse().unwrap(), "demo".parse().unwrap(), FunctionRef::by_name(name.parse().unwrap()))
}

/// A run of the job `adder` in a state.
pub fn run(state: RunState) -> Run {
    let none = Settings::default();
    let intent = Intent {
        key: "01k9f3v6s8".parse().unwrap(),
        job: Some("adder".parse().unwrap()),
        connection: "demo".parse().unwrap(),
        function: FunctionRef::by_name("adder".parse().unwrap()),
        effective: EffectiveSettings::resolve(&none, &none, &none),
        arguments: Vec::new(),
        payload_bytes: 2,
        durable_name: None,
        monitor_url: Some("https://example.com/monitor".to_owned()),
        provenance: Provenance::default(),
        started_at: start(),
    };
    let kind = match state {
        RunState::Queued => return Run::queue(intent),
        RunState::Running => return Run::begin(intent, RunnerId("r".to_owned())),
        RunState::Succeeded => EvidenceKind::Answered,
        RunState::FunctionFailed => EvidenceKind::FunctionError,
        RunState::Accepted => EvidenceKind::Accepted,
        RunState::Validated => EvidenceKind::Validated,
        RunState::Rejected => EvidenceKind::NotSent,
        RunState::Unknown => EvidenceKind::NoAnswer,
    };
    let mut run = Run::begin(intent, RunnerId("r".to_owned()));
    let end = start() + std::time::Duration::from_millis(812);
    run.conclude(Outcome::new(state, Evidence::of(kind), end)).unwrap();
    run
}
