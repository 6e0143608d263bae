//! The result of a diagnosis.

use schemars::JsonSchema;
use serde::Serialize;

/// The checks, in the order in which they ran.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ChecksView {
    /// The checks.
    pub checks: Vec<CheckView>,
}

/// The result of one check.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CheckView {
    /// The causes of a failure, outermost first.
    pub causes: Vec<String>,
    /// The stable code of a failure, documented in `docs/errors.md`.
    pub code: Option<String>,
    /// What was found, why the check failed, or why it was skipped.
    pub detail: String,
    /// What to do about the failure.
    pub hint: Option<String>,
    /// The name of the check.
    pub name: &'static str,
    /// The outcome of the check.
    pub outcome: CheckWord,
}

/// The outcome of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CheckWord {
    /// No problem was found.
    Pass,
    /// A problem was found.
    Fail,
    /// The check was not run.
    Skipped,
}

impl CheckWord {
    /// The word as it is printed.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Skipped => "skipped",
        }
    }
}
