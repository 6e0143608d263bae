//! How the calls of a run went, and how the run ended.

use crate::{ErrorCode, Evidence, EvidenceKind, ExecutionReport, Hint, Output, RunState, Warning};
use jiff::Timestamp;

/// What went wrong, in the caller's terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunError {
    /// A stable code, documented in `docs/errors.md`.
    pub code: ErrorCode,
    /// What happened, as one fragment.
    pub message: String,
    /// The type of the error that the function reported, in its language's words.
    pub error_type: Option<String>,
    /// The stack that the function reported, a frame a line.
    pub stack: Vec<String>,
    /// What to do about it.
    pub hint: Option<Hint>,
    /// What lies beneath, outermost first.
    pub causes: Vec<String>,
}

/// One call of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// When the call was handed to the provider, or was about to be, where no end is recorded; `None` in records that
    /// are older than this field.
    pub sent_at: Option<Timestamp>,
    /// When its answer came, or it failed, or the caller stopped waiting; `None` while it is under way, and for good
    /// where its process ended before it.
    pub ended_at: Option<Timestamp>,
    /// How it ended, with what that proves.
    pub evidence: Option<Evidence>,
    /// The code of the error that it ended with.
    pub error: Option<ErrorCode>,
}

impl Attempt {
    /// A call that is about to be made.
    pub fn sent(at: Timestamp) -> Self {
        Self { sent_at: Some(at), ended_at: None, evidence: None, error: None }
    }
}

/// An execution that outlives one call, at a provider that has such.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DurableExecution {
    /// The provider's reference of it.
    pub reference: String,
    /// Whether it was there already, so that the call joined it and began none.
    pub joined: bool,
}

/// How a run ended, with all that is known about it but the response, which stores keep apart.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// The final state.
    pub state: RunState,
    /// What it rests on.
    pub evidence: Evidence,
    /// The provider's request id, where it gave one.
    pub request_id: Option<String>,
    /// The version that ran, where the provider said so.
    pub executed_version: Option<String>,
    /// The durable execution that the call began or joined.
    pub durable: Option<DurableExecution>,
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
    /// When the outcome was known.
    pub ended_at: Timestamp,
}

impl Outcome {
    /// An outcome of which only state, evidence and time are known.
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

    /// Unknown, for a reason that lies on our side.
    pub fn unknown(kind: EvidenceKind, ended_at: Timestamp) -> Self {
        Self::new(RunState::Unknown, Evidence::of(kind), ended_at)
    }

    /// This outcome, with what only the earlier one knew.
    pub(crate) fn after(self, earlier: Self) -> Self {
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
