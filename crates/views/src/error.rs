//! A request that failed.

use schemars::JsonSchema;
use serde::Serialize;

/// The answer to a request that failed.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ErrorView<'a> {
    /// What went wrong.
    pub error: FailureView<'a>,
}

/// What went wrong, what lies beneath, and what to do.
#[derive(Debug, Serialize, JsonSchema)]
pub struct FailureView<'a> {
    /// A stable code, documented in `docs/errors.md`.
    pub code: &'a str,
    /// What happened.
    pub message: &'a str,
    /// What lies beneath, outermost first.
    pub causes: &'a [String],
    /// What to do about it, in the words of the front that shows it.
    pub hint: Option<&'a str>,
}
