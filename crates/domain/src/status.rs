//! What an answer, or a missing answer, says about a run.

use crate::{AnswerOutcome, Delivery, InvocationType, Start};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// The status of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Status {
    /// It is known that the run did what its invocation type promises.
    Success,
    /// It is known that the run did not.
    Failed,
    /// It is not known. The function may have run.
    Unknown,
}

/// A text that is not the name of a [`Status`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a status; use Success, Failed or Unknown")]
pub struct UnknownStatus(pub String);

impl Status {
    /// The name used in run IDs and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Success => "Success",
            Self::Failed => "Failed",
            Self::Unknown => "Unknown",
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Status {
    type Err = UnknownStatus;

    fn from_str(text: &str) -> Result<Self, UnknownStatus> {
        [Self::Success, Self::Failed, Self::Unknown]
            .into_iter()
            .find(|status| status.as_str() == text)
            .ok_or_else(|| UnknownStatus(text.to_owned()))
    }
}

/// The state of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    /// The intent is recorded and nothing was sent. Only in this state may the run be given to another runner.
    Queued,
    /// A runner makes the calls, and no outcome is recorded.
    Running,
    /// The function answered without an error.
    Succeeded,
    /// The function ran and reported an error.
    FunctionFailed,
    /// The provider accepted the event and runs it later. How that ends may be learned later.
    Accepted,
    /// A dry run found nothing wrong.
    Validated,
    /// The function provably did not start.
    Rejected,
    /// The function may have run, and no answer says how it ended.
    Unknown,
}

impl RunState {
    /// All states.
    pub const ALL: [Self; 8] = [
        Self::Queued,
        Self::Running,
        Self::Succeeded,
        Self::FunctionFailed,
        Self::Accepted,
        Self::Validated,
        Self::Rejected,
        Self::Unknown,
    ];

    /// The name used in files, JSON and filters.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Succeeded => "succeeded",
            Self::FunctionFailed => "function_failed",
            Self::Accepted => "accepted",
            Self::Validated => "validated",
            Self::Rejected => "rejected",
            Self::Unknown => "unknown",
        }
    }

    /// The status that follows from the state. It is `Unknown` for a run without an outcome, because nothing is proven
    /// yet.
    pub fn status(self) -> Status {
        match self {
            Self::Succeeded | Self::Accepted | Self::Validated => Status::Success,
            Self::FunctionFailed | Self::Rejected => Status::Failed,
            Self::Queued | Self::Running | Self::Unknown => Status::Unknown,
        }
    }

    /// Whether this is the state of an outcome, that is, neither queued nor running.
    pub fn is_final(self) -> bool {
        match self {
            Self::Queued | Self::Running => false,
            Self::Succeeded
            | Self::FunctionFailed
            | Self::Accepted
            | Self::Validated
            | Self::Rejected
            | Self::Unknown => true,
        }
    }
}

impl fmt::Display for RunState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The kind of evidence for a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EvidenceKind {
    /// An answer of the expected kind without a function error.
    Answered,
    /// An answer that carries a function error.
    FunctionError,
    /// An answer that says the provider accepted the event. It does not say how the function ended.
    #[serde(rename = "queued")]
    Accepted,
    /// An answer that says the dry run found nothing wrong.
    Validated,
    /// An answer that proves the function did not start.
    Refused,
    /// An answer that proves neither that the function started nor that it did not.
    UnprovenAnswer,
    /// An answer without the provider's identifying header: it may come from a proxy.
    UnidentifiedAnswer,
    /// An answer without the provider's identifying header, which counts because the connection accepts such answers.
    UnmarkedAnswer,
    /// The request was never sent.
    NotSent,
    /// The request may have arrived, and no complete answer was received.
    NoAnswer,
    /// The caller stopped waiting.
    Interrupted,
    /// The process that made the call ended before it recorded an outcome.
    RunnerGone,
    /// The history of a durable execution at the provider.
    Durable,
    /// The record that the provider sent to a destination after the function ended.
    Destination,
    /// A line that the provider wrote to the function's log as a JSON object.
    JsonLog,
    /// A line that the provider wrote to the function's log as text.
    TextLog,
}

/// How strong evidence is, weakest first. Only stronger evidence replaces an outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Strength {
    /// It does not say how the function ended, or nothing proves that it is the provider's.
    None,
    /// A text line in a log.
    TextLog,
    /// A JSON line in a log.
    JsonLog,
    /// A record at a destination.
    Destination,
    /// The history of a durable execution.
    Durable,
    /// The answer to the call, or proof that the function did not start.
    Response,
}

impl EvidenceKind {
    /// All kinds.
    pub const ALL: [Self; 16] = [
        Self::Answered,
        Self::FunctionError,
        Self::Accepted,
        Self::Validated,
        Self::Refused,
        Self::UnprovenAnswer,
        Self::UnidentifiedAnswer,
        Self::UnmarkedAnswer,
        Self::NotSent,
        Self::NoAnswer,
        Self::Interrupted,
        Self::RunnerGone,
        Self::Durable,
        Self::Destination,
        Self::JsonLog,
        Self::TextLog,
    ];

    /// How strong it is as evidence of how the function ended.
    pub fn strength(self) -> Strength {
        match self {
            Self::Answered | Self::FunctionError | Self::Validated | Self::Refused | Self::NotSent => {
                Strength::Response
            }
            Self::Durable => Strength::Durable,
            Self::Destination => Strength::Destination,
            Self::JsonLog => Strength::JsonLog,
            Self::TextLog => Strength::TextLog,
            Self::Accepted
            | Self::UnprovenAnswer
            | Self::UnidentifiedAnswer
            | Self::UnmarkedAnswer
            | Self::NoAnswer
            | Self::Interrupted
            | Self::RunnerGone => Strength::None,
        }
    }
}

/// The evidence for a state, with details.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// The kind.
    pub kind: EvidenceKind,
    /// The HTTP status of the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub http_status: Option<u16>,
    /// The provider's error code, or its kind of function error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

impl Evidence {
    /// Evidence without details.
    pub fn of(kind: EvidenceKind) -> Self {
        Self { kind, http_status: None, code: None }
    }

    /// The same evidence if the answer that it rests on has no identifying header, but the connection accepts such
    /// answers.
    #[must_use]
    pub fn unmarked(self) -> Self {
        let kind = match self.kind {
            EvidenceKind::Answered
            | EvidenceKind::FunctionError
            | EvidenceKind::Accepted
            | EvidenceKind::Validated => EvidenceKind::UnmarkedAnswer,
            other => other,
        };
        Self { kind, ..self }
    }

    /// The same evidence without a code of more than `longest` bytes.
    pub(crate) fn brief(self, longest: usize) -> Self {
        Self { code: self.code.filter(|code| code.len() <= longest), ..self }
    }
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            EvidenceKind::Answered => "the function answered without an error",
            EvidenceKind::FunctionError => "the function answered with an error",
            EvidenceKind::Accepted => "the provider accepted the event and runs it later",
            EvidenceKind::Validated => "the dry run found nothing wrong",
            EvidenceKind::Refused => "the answer proves that the function did not start",
            EvidenceKind::UnprovenAnswer => "the answer does not say whether the function ran",
            EvidenceKind::UnidentifiedAnswer => "the answer cannot be identified as the provider's",
            EvidenceKind::UnmarkedAnswer => {
                "the answer cannot be identified as the provider's, but the connection accepts such answers"
            }
            EvidenceKind::NotSent => "the request was never sent",
            EvidenceKind::NoAnswer => "the request may have been sent, but no complete answer was received",
            EvidenceKind::Interrupted => "the caller stopped waiting; the function may still be running",
            EvidenceKind::RunnerGone => "the process that made the call ended before it recorded an outcome",
            EvidenceKind::Durable => "the history of the durable execution says so",
            EvidenceKind::Destination => "the message at the function's destination says so",
            EvidenceKind::JsonLog | EvidenceKind::TextLog => "the function's log says so",
        })?;
        match (self.http_status, &self.code) {
            (Some(status), Some(code)) => write!(f, " (HTTP {status}, {code})"),
            (Some(status), None) => write!(f, " (HTTP {status})"),
            (None, Some(code)) => write!(f, " ({code})"),
            (None, None) => Ok(()),
        }
    }
}

/// Judges a complete answer to a call.
///
/// An answer that does not fit the invocation type does not prove that the function did not start, so the state is
/// `Unknown`. This also holds for a dry run: an emulator may ignore the invocation type and run the function. The error of
/// a function says how it ended, whatever the invocation type.
pub fn judge_answer(
    invocation_type: InvocationType,
    outcome: &AnswerOutcome,
    http_status: Option<u16>,
) -> (RunState, Evidence) {
    use {AnswerOutcome as Outcome, InvocationType as Type};
    let (state, kind) = match (invocation_type, outcome) {
        (_, Outcome::Unidentified) => (RunState::Unknown, EvidenceKind::UnidentifiedAnswer),
        (_, Outcome::FunctionError(_)) => (RunState::FunctionFailed, EvidenceKind::FunctionError),
        (Type::RequestResponse, Outcome::Returned) => (RunState::Succeeded, EvidenceKind::Answered),
        (Type::Event, Outcome::Accepted) => (RunState::Accepted, EvidenceKind::Accepted),
        (Type::DryRun, Outcome::Validated) => (RunState::Validated, EvidenceKind::Validated),
        (Type::RequestResponse, Outcome::Accepted | Outcome::Validated | Outcome::Unproven)
        | (Type::Event, Outcome::Returned | Outcome::Validated | Outcome::Unproven)
        | (Type::DryRun, Outcome::Returned | Outcome::Accepted | Outcome::Unproven) => {
            (RunState::Unknown, EvidenceKind::UnprovenAnswer)
        }
    };
    let code = match outcome {
        Outcome::FunctionError(error) => error.kind.clone(),
        Outcome::Returned
        | Outcome::Accepted
        | Outcome::Validated
        | Outcome::Unproven
        | Outcome::Unidentified => None,
    };
    (state, Evidence { kind, http_status, code })
}

/// Judges a call that failed or whose answer is an error. The invocation type does not matter: only an answer that
/// proves it says that the function did not start.
pub fn judge_failure(
    delivery: Delivery,
    start: Start,
    http_status: Option<u16>,
    code: Option<&str>,
) -> (RunState, Evidence) {
    let (state, kind) = match (delivery, start) {
        (Delivery::NotSent, _) => (RunState::Rejected, EvidenceKind::NotSent),
        (Delivery::Answered, Start::DidNotStart) => (RunState::Rejected, EvidenceKind::Refused),
        (Delivery::Answered, Start::MayHaveStarted) => (RunState::Unknown, EvidenceKind::UnprovenAnswer),
        (Delivery::MaybeSent, _) => (RunState::Unknown, EvidenceKind::NoAnswer),
    };
    (state, Evidence { kind, http_status, code: code.map(str::to_owned) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use InvocationType::{DryRun, Event, RequestResponse};

    #[test]
    fn answers_are_judged_by_invocation_type() {
        use {AnswerOutcome as O, RunState as S};
        let error = O::FunctionError(crate::ReportedError {
            kind: Some("Unhandled".into()),
            ..crate::ReportedError::default()
        });
        for (outcome, waiting, queued, dry) in [
            (O::Returned, S::Succeeded, S::Unknown, S::Unknown),
            (error.clone(), S::FunctionFailed, S::FunctionFailed, S::FunctionFailed),
            (O::Accepted, S::Unknown, S::Accepted, S::Unknown),
            (O::Validated, S::Unknown, S::Unknown, S::Validated),
            (O::Unproven, S::Unknown, S::Unknown, S::Unknown),
            (O::Unidentified, S::Unknown, S::Unknown, S::Unknown),
        ] {
            for (invocation_type, state) in [(RequestResponse, waiting), (Event, queued), (DryRun, dry)] {
                let (found, evidence) = judge_answer(invocation_type, &outcome, Some(200));
                assert_eq!(found, state, "{invocation_type} {outcome:?}");
                let code = if outcome == error { "(HTTP 200, Unhandled)" } else { "(HTTP 200)" };
                assert!(evidence.to_string().ends_with(code), "{evidence}");
                assert_eq!(
                    evidence.kind == EvidenceKind::UnidentifiedAnswer,
                    outcome == O::Unidentified,
                    "{invocation_type} {outcome:?}"
                );
                // A mark that is missing never makes more of an answer.
                let unmarked = evidence.clone().unmarked();
                assert_eq!(unmarked.kind.strength(), Strength::None, "{invocation_type} {outcome:?}");
                let counts = state != S::Unknown;
                assert_eq!(unmarked.kind == EvidenceKind::UnmarkedAnswer, counts, "{outcome:?}");
            }
        }
        let (_, evidence) = judge_answer(RequestResponse, &O::Returned, None);
        assert_eq!(evidence.to_string(), "the function answered without an error");
    }

    #[test]
    fn a_run_is_rejected_only_where_the_function_provably_did_not_start() {
        use {Delivery as D, Start as S};
        for (delivery, start, state) in [
            (D::NotSent, S::DidNotStart, RunState::Rejected),
            (D::Answered, S::DidNotStart, RunState::Rejected),
            (D::Answered, S::MayHaveStarted, RunState::Unknown),
            (D::MaybeSent, S::MayHaveStarted, RunState::Unknown),
            (D::MaybeSent, S::DidNotStart, RunState::Unknown),
        ] {
            let (found, evidence) = judge_failure(delivery, start, Some(500), Some("X"));
            assert_eq!(found, state, "{delivery:?} {start:?}");
            assert!(evidence.to_string().ends_with("(HTTP 500, X)"));
        }
    }

    #[test]
    fn states_and_statuses_agree() {
        for state in RunState::ALL {
            assert_eq!(serde_json::to_string(&state).unwrap(), format!("\"{state}\""));
            assert_eq!(state.is_final(), !matches!(state, RunState::Queued | RunState::Running));
        }
        assert_eq!(RunState::Accepted.status(), Status::Success);
        assert_eq!(RunState::Running.status(), Status::Unknown);
        assert_eq!(RunState::Queued.status(), Status::Unknown);
    }
}
