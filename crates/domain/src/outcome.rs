//! The attempts of a run and its outcome.

use crate::{ErrorCode, Evidence, EvidenceKind, ExecutionReport, Hint, Output, RunState, Warning};
use jiff::Timestamp;

/// The error of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunError {
    /// The stable code, documented in `docs/errors.md`.
    pub code: ErrorCode,
    /// What happened: lower case, without a final period.
    pub message: String,
    /// The type of the error that the function reported, in the function's language.
    pub error_type: Option<String>,
    /// The stack trace that the function reported, one frame per item.
    pub stack: Vec<String>,
    /// What to do about it.
    pub hint: Option<Hint>,
    /// The underlying causes, outermost first.
    pub causes: Vec<String>,
}

impl RunError {
    /// An error of which no more is known than this.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { code, message, error_type: None, stack: Vec::new(), hint: None, causes: Vec::new() }
    }
}

/// One call of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// When the call was made, or was about to be made if no end is recorded. `None` in records that are older than
    /// this field.
    pub sent_at: Option<Timestamp>,
    /// When the answer arrived, the call failed or the caller stopped waiting. `None` while the call is in progress,
    /// and forever if the process ended before the call did.
    pub ended_at: Option<Timestamp>,
    /// How it ended, and what that proves.
    pub evidence: Option<Evidence>,
    /// The code of the error that it ended with, if any.
    pub error: Option<ErrorCode>,
}

impl Attempt {
    /// A call that is about to be made.
    pub fn sent(at: Timestamp) -> Self {
        Self { sent_at: Some(at), ended_at: None, evidence: None, error: None }
    }
}

/// A durable execution, which outlives the call that starts it. Not every provider has them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DurableExecution {
    /// The provider's reference of the execution.
    pub reference: String,
    /// Whether it already existed, so that the call joined it instead of starting it.
    pub joined: bool,
}

/// How a run ended, with everything known about it except the response, which stores keep separately.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// The final state.
    pub state: RunState,
    /// Why this is the state.
    pub evidence: Evidence,
    /// The provider's request ID, if it gave one.
    pub request_id: Option<String>,
    /// The version that ran, if the provider reported it.
    pub executed_version: Option<String>,
    /// The durable execution that the call started or joined.
    pub durable: Option<DurableExecution>,
    /// The outputs extracted from the response.
    pub outputs: Vec<Output>,
    /// Problems that do not change the state.
    pub warnings: Vec<Warning>,
    /// The error, if the run failed or its state is unknown.
    pub error: Option<RunError>,
    /// The end of the function's log.
    pub log_tail: Option<String>,
    /// Durations and memory, as the provider reported them.
    pub report: Option<ExecutionReport>,
    /// The cost of the execution at list price, in US dollars.
    pub cost_usd: Option<f64>,
    /// When the outcome became known.
    pub ended_at: Timestamp,
}

impl Outcome {
    /// An outcome with only a state, evidence and a time.
    pub fn new(state: RunState, evidence: Evidence, ended_at: Timestamp) -> Self {
        Self {
            state,
            evidence,
            request_id: None,
            executed_version: None,
            durable: None,
            outputs: Vec::new(),
            warnings: Vec::new(),
            error: None,
            log_tail: None,
            report: None,
            cost_usd: None,
            ended_at,
        }
    }

    /// An outcome with the state `Unknown` for a reason of our own, such as a caller that stopped waiting.
    pub fn unknown(kind: EvidenceKind, ended_at: Timestamp) -> Self {
        Self::new(RunState::Unknown, Evidence::of(kind), ended_at)
    }

    /// This outcome, completed with what only the earlier one knew.
    pub(crate) fn completed_from(self, earlier: Self) -> Self {
        let mut warnings = earlier.warnings;
        warnings.extend(self.warnings);
        Self {
            request_id: self.request_id.or(earlier.request_id),
            executed_version: self.executed_version.or(earlier.executed_version),
            durable: self.durable.or(earlier.durable),
            log_tail: self.log_tail.or(earlier.log_tail),
            report: self.report.or(earlier.report),
            cost_usd: self.cost_usd.or(earlier.cost_usd),
            warnings,
            ..self
        }
    }
}
