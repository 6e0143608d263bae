//! What the doctor looked at.

use schemars::JsonSchema;
use serde::Serialize;

/// The checks, in their order.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ChecksView {
    /// The checks.
    pub checks: Vec<CheckView>,
}

/// A check that was made.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CheckView {
    /// What lies beneath a failure, outermost first.
    pub causes: Vec<String>,
    /// The stable code of a failure, documented in `docs/errors.md`.
    pub code: Option<String>,
    /// What was found, why it failed, or why it was not looked at.
    pub detail: String,
    /// What to do about a failure.
    pub hint: Option<String>,
    /// What was looked at.
    pub name: &'static str,
    /// How it ended.
    pub outcome: CheckWord,
}

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CheckWord {
    /// All is well.
    Pass,
    /// Something is wrong.
    Fail,
    /// It was not looked at.
    Skipped,
}

impl CheckWord {
    /// The word as it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Skipped => "skipped",
        }
    }
}
