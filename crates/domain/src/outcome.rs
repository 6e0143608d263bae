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

    /// The size in bytes of what [`brief`](Self::brief) leaves out.
    pub fn detail_bytes(&self) -> usize {
        let outputs = self.outputs.iter().map(|output| output.value.as_str().len());
        let error =
            self.error.iter().flat_map(|error| error.stack.iter().chain(&error.causes)).map(String::len);
        outputs.chain(error).sum::<usize>() + self.log_tail.as_ref().map_or(0, String::len)
    }

    /// The same outcome without what may be large: outputs and their warnings, log tail, stack trace and causes. A
    /// warning says so. A text of more than `longest` bytes is truncated, or left out if a part of it would mislead.
    #[must_use]
    pub fn brief(&self, longest: usize) -> Self {
        let whole = |text: &Option<String>| text.clone().filter(|text| text.len() <= longest);
        let mut warnings: Vec<Warning> =
            self.warnings.iter().filter(|warning| is_short(warning, longest)).cloned().collect();
        if self.detail_bytes() > 0 {
            warnings.push(Warning::NotRecorded { what: "outputs, log tail and stack trace".to_owned() });
        }
        let durable = self.durable.clone().filter(|durable| durable.reference.len() <= longest);
        let error = self.error.as_ref().map(|error| RunError {
            error_type: whole(&error.error_type),
            hint: error.hint.clone().filter(|hint| hint.to_string().len() <= longest),
            ..RunError::new(error.code.clone(), truncate(&error.message, longest))
        });
        Self {
            request_id: whole(&self.request_id),
            executed_version: whole(&self.executed_version),
            durable,
            error,
            warnings,
            report: self.report.clone(),
            cost_usd: self.cost_usd,
            ..Self::new(self.state, self.evidence.clone().brief(longest), self.ended_at)
        }
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

/// Whether a warning is about what was not recorded, and short.
fn is_short(warning: &Warning, longest: usize) -> bool {
    matches!(warning, Warning::NotRecorded { what } if what.len() <= longest)
}

fn truncate(text: &str, longest: usize) -> &str {
    text.get(..text.floor_char_boundary(longest)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_brief_outcome_is_small_whatever_it_is_made_from() {
        let long = "ä".repeat(100_000);
        let outcome = Outcome {
            request_id: Some(long.clone()),
            executed_version: Some("7".to_owned()),
            log_tail: Some(long.clone()),
            error: Some(RunError {
                stack: vec![long.clone()],
                causes: vec![long.clone()],
                error_type: Some(long.clone()),
                hint: Some(long.clone().into()),
                ..RunError::new(ErrorCode::FunctionError, &long)
            }),
            warnings: vec![Warning::NotRecorded { what: long.clone() }],
            ..Outcome::new(
                RunState::FunctionFailed,
                Evidence { code: Some(long.clone()), ..Evidence::of(EvidenceKind::FunctionError) },
                Timestamp::UNIX_EPOCH,
            )
        };
        assert_eq!(outcome.detail_bytes(), 3 * long.len());
        let brief = outcome.brief(9);
        assert_eq!((brief.state, brief.evidence.kind), (outcome.state, outcome.evidence.kind));
        let lost = |warning: &Warning| warning.to_string();
        let warnings: Vec<String> = brief.warnings.iter().map(lost).collect();
        assert_eq!(warnings, ["not recorded: outputs, log tail and stack trace"]);
        assert_eq!((brief.request_id, brief.executed_version), (None, Some("7".to_owned())));
        let error = brief.error.unwrap();
        assert_eq!((error.code, error.message.as_str()), (ErrorCode::FunctionError, "ääää"));
        assert_eq!(
            (error.error_type, error.hint, brief.log_tail, brief.evidence.code),
            (None, None, None, None)
        );
    }
}
