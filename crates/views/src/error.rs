//! A request that failed.

use schemars::JsonSchema;
use serde::Serialize;

/// The answer to a failed request.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ErrorView<'a> {
    /// The error.
    pub error: FailureView<'a>,
}

/// An error: what happened, why, and what to do.
#[derive(Debug, Serialize, JsonSchema)]
pub struct FailureView<'a> {
    /// A stable code, documented in `docs/errors.md`.
    pub code: &'a str,
    /// What happened.
    pub message: &'a str,
    /// The causes, outermost first.
    pub causes: &'a [String],
    /// What to do about it, in the words of the front that shows it.
    pub hint: Option<&'a str>,
}
