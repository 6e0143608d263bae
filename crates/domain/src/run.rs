//! One execution of a job: from a recorded intent to exactly one outcome.

use crate::{
    ConnectionName, EffectiveSettings, ErrorCode, Evidence, EvidenceKind, ExecutionReport, FunctionRef, Hint,
    JobName, Output, RecordedArgument, Revision, RunId, RunIdError, RunState, Status, Warning,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// A text that is no run key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no run key; a run key is 1-64 lower-case letters, digits or '-'")]
pub struct RunKeyError(pub String);

/// The run's own key, which exists before the call leaves.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RunKey(String);

impl RunKey {
    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for RunKey {
    type Err = RunKeyError;

    fn from_str(text: &str) -> Result<Self, RunKeyError> {
        let good = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if (1..=64).contains(&text.len()) && text.bytes().all(good) {
            Ok(Self(text.to_owned()))
        } else {
            Err(RunKeyError(text.chars().take(80).collect()))
        }
    }
}

impl TryFrom<String> for RunKey {
    type Error = RunKeyError;

    fn try_from(text: String) -> Result<Self, RunKeyError> {
        text.parse()
    }
}

impl From<RunKey> for String {
    fn from(key: RunKey) -> Self {
        key.0
    }
}

impl fmt::Display for RunKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The process that makes a call, so that others can tell whether it is still there.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RunnerId(pub String);

/// What went wrong, in the caller's terms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunError {
    /// A stable code, documented in `docs/errors.md`.
    pub code: ErrorCode,
    /// What happened, as one fragment.
    pub message: String,
    /// The type of the error that the function reported, in its language's words.
    #[serde(default)]
    pub error_type: Option<String>,
    /// The stack that the function reported, a frame a line.
    #[serde(default)]
    pub stack: Vec<String>,
    /// What to do about it.
    #[serde(default)]
    pub hint: Option<Hint>,
    /// What lies beneath, outermost first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub causes: Vec<String>,
}

/// An outcome was offered to a run that has one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("run {key} is {from} already and cannot become {to}")]
pub struct TransitionError {
    /// The run.
    pub key: RunKey,
    /// Its state.
    pub from: RunState,
    /// The state refused.
    pub to: RunState,
}

/// What is known before the call leaves.
#[derive(Debug, Clone)]
pub struct NewRun {
    /// The run's own key.
    pub key: RunKey,
    /// The job, where the run is one's.
    pub job: Option<JobName>,
    /// The connection used.
    pub connection: ConnectionName,
    /// The function called.
    pub function: FunctionRef,
    /// The settings, each with its level.
    pub effective: EffectiveSettings,
    /// The arguments as they may be kept.
    pub arguments: Vec<RecordedArgument>,
    /// The size of the event in bytes.
    pub payload_bytes: u64,
    /// Where a person can watch the function.
    pub monitor_url: Option<String>,
    /// The process that makes the call.
    pub runner: RunnerId,
    /// When the intent was recorded.
    pub started_at: Timestamp,
}

/// How a run ended, with all that is known about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Conclusion {
    /// The final state.
    pub state: RunState,
    /// What it rests on.
    pub evidence: Evidence,
    /// The provider's request id, where it gave one.
    pub request_id: Option<String>,
    /// The version that ran, where the provider said so.
    pub executed_version: Option<String>,
    /// The outputs taken from the response.
    pub outputs: Vec<Output>,
    /// What deserves a look.
    pub warnings: Vec<Warning>,
    /// What went wrong.
    pub error: Option<RunError>,
    /// The end of the function's log.
    pub log_tail: Option<String>,
    /// The provider's figures.
    pub report: Option<ExecutionReport>,
    /// What the execution costs by list price, in US dollars.
    pub cost_usd: Option<f64>,
    /// The response as it came; what does not look like JSON is kept as it is, too.
    pub response: Option<Vec<u8>>,
}

impl Conclusion {
    /// A conclusion of which only state and evidence are known.
    pub fn new(state: RunState, evidence: Evidence) -> Self {
        Self {
            state,
            evidence,
            request_id: None,
            executed_version: None,
            outputs: Vec::new(),
            warnings: Vec::new(),
            error: None,
            log_tail: None,
            report: None,
            cost_usd: None,
            response: None,
        }
    }

    /// Unknown, for a reason that lies on our side.
    pub fn unknown(kind: EvidenceKind) -> Self {
        Self::new(RunState::Unknown, Evidence::of(kind))
    }
}

/// One execution. It begins [`RunState::Running`] and is concluded once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// The run's own key.
    pub key: RunKey,
    /// The job, where the run is one's.
    pub job: Option<JobName>,
    /// The connection used.
    pub connection: ConnectionName,
    /// The function called.
    pub function: FunctionRef,
    /// The settings, each with its level.
    pub effective: EffectiveSettings,
    /// The arguments, masked and cut where needed.
    pub arguments: Vec<RecordedArgument>,
    /// The size of the event in bytes.
    pub payload_bytes: u64,
    state: RunState,
    evidence: Option<Evidence>,
    /// The provider's request id.
    pub request_id: Option<String>,
    /// The version that ran.
    pub executed_version: Option<String>,
    /// How many calls were made.
    pub attempts: u32,
    /// The outputs taken from the response.
    pub outputs: Vec<Output>,
    /// What deserves a look.
    pub warnings: Vec<Warning>,
    /// What went wrong.
    pub error: Option<RunError>,
    /// The end of the function's log.
    pub log_tail: Option<String>,
    /// The provider's figures.
    pub report: Option<ExecutionReport>,
    /// What the execution costs by list price, in US dollars.
    pub cost_usd: Option<f64>,
    /// The response as it came. Stores keep it apart from the rest: it may be megabytes.
    #[serde(skip)]
    pub response: Option<Vec<u8>>,
    /// Where a person can watch the function.
    pub monitor_url: Option<String>,
    /// The process that makes the call.
    pub runner: RunnerId,
    /// When the intent was recorded.
    pub started_at: Timestamp,
    /// When the outcome was known.
    pub ended_at: Option<Timestamp>,
    /// Which change of the record this is.
    pub revision: Revision,
}

impl Run {
    /// Begins a run.
    pub fn begin(new: NewRun) -> Self {
        Self {
            key: new.key,
            job: new.job,
            connection: new.connection,
            function: new.function,
            effective: new.effective,
            arguments: new.arguments,
            payload_bytes: new.payload_bytes,
            state: RunState::Running,
            evidence: None,
            request_id: None,
            executed_version: None,
            attempts: 0,
            outputs: Vec::new(),
            warnings: Vec::new(),
            error: None,
            log_tail: None,
            report: None,
            cost_usd: None,
            response: None,
            monitor_url: new.monitor_url,
            runner: new.runner,
            started_at: new.started_at,
            ended_at: None,
            revision: Revision::FIRST,
        }
    }

    /// Records how the run ended. A run that has ended is not changed.
    pub fn conclude(&mut self, conclusion: Conclusion, now: Timestamp) -> Result<(), TransitionError> {
        if self.state.is_final() || !conclusion.state.is_final() {
            return Err(TransitionError { key: self.key.clone(), from: self.state, to: conclusion.state });
        }
        self.state = conclusion.state;
        self.evidence = Some(conclusion.evidence);
        self.request_id = conclusion.request_id;
        self.executed_version = conclusion.executed_version;
        self.outputs = conclusion.outputs;
        self.warnings.extend(conclusion.warnings);
        self.error = conclusion.error;
        self.log_tail = conclusion.log_tail;
        self.report = conclusion.report;
        self.cost_usd = conclusion.cost_usd;
        self.response = conclusion.response;
        self.ended_at = Some(now);
        Ok(())
    }

    /// Where the run is in its life.
    pub fn state(&self) -> RunState {
        self.state
    }

    /// What the state rests on; `None` while it runs.
    pub fn evidence(&self) -> Option<&Evidence> {
        self.evidence.as_ref()
    }

    /// The status that follows from the state.
    pub fn status(&self) -> Status {
        self.state.status()
    }

    /// The run's identity for other systems: with the provider's request id where it gave one, else with
    /// the run's own key.
    pub fn id(&self) -> Result<RunId, RunIdError> {
        let local = || format!("{}{}", RunId::LOCAL, self.key);
        let request_id = self.request_id.clone().unwrap_or_else(local);
        RunId::new(self.function.name.clone(), &request_id, self.status())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Settings;

    fn run() -> Run {
        let defaults = Settings::default();
        Run::begin(NewRun {
            key: "0199".parse().unwrap(),
            job: None,
            connection: "demo".parse().unwrap(),
            function: FunctionRef::by_name("adder".parse().unwrap()),
            effective: EffectiveSettings::resolve(&defaults, &defaults, &defaults),
            arguments: vec![],
            payload_bytes: 2,
            monitor_url: None,
            runner: RunnerId("r".into()),
            started_at: Timestamp::UNIX_EPOCH,
        })
    }

    #[test]
    fn a_run_is_concluded_once() {
        let mut run = run();
        assert_eq!(run.id().unwrap().to_string(), "adder/local-0199#Unknown");
        let (state, evidence) = crate::judge_answer(crate::InvocationType::RequestResponse, 200, None);
        let mut good = Conclusion::new(state, evidence);
        good.request_id = Some("8f5f".into());
        run.conclude(good, Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!(run.id().unwrap().to_string(), "adder/8f5f#Success");
        let before = run.clone();
        assert!(run.conclude(Conclusion::unknown(EvidenceKind::RunnerGone), Timestamp::UNIX_EPOCH).is_err());
        assert_eq!(run, before);
    }

    #[test]
    fn running_is_no_conclusion() {
        let evidence = Evidence::of(EvidenceKind::Answered);
        assert!(run().conclude(Conclusion::new(RunState::Running, evidence), Timestamp::UNIX_EPOCH).is_err());
    }
}
