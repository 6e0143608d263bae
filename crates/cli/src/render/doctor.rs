//! The doctor's checks, as lines and as JSON.

use crate::{hints::worded, render::table::one_line};
use lamplight_app::{Check, Outcome};
use lamplight_domain::ErrorCode;
use serde::Serialize;

/// A check as programs read it.
#[derive(Debug, Serialize)]
pub struct CheckJson {
    name: &'static str,
    outcome: &'static str,
    detail: String,
    code: Option<ErrorCode>,
    causes: Vec<String>,
    hint: Option<String>,
}

impl CheckJson {
    /// One check.
    pub fn new(check: &Check) -> Self {
        let (outcome, detail, code, hint) = match &check.outcome {
            Outcome::Pass { detail } => ("pass", detail.clone(), None, None),
            Outcome::Skipped { reason } => ("skipped", reason.clone(), None, None),
            Outcome::Fail(error) => {
                ("fail", error.to_string(), Some(error.code()), error.hint().as_ref().map(worded))
            }
        };
        Self { name: check.name.as_str(), outcome, detail, code, causes: causes(check), hint }
    }
}

fn causes(check: &Check) -> Vec<String> {
    let Outcome::Fail(error) = &check.outcome else { return Vec::new() };
    let mut causes = Vec::new();
    let mut cause = error.cause();
    while let Some(found) = cause {
        causes.push(found.to_string());
        cause = found.source();
    }
    causes
}

/// The checks, one a line, with what lies beneath a failed one and what to do about it.
pub fn checks_text(checks: &[Check]) -> String {
    let lines = checks.iter().map(|check| {
        let shown = CheckJson::new(check);
        let mut text = format!("{:7}  {:14}  {}", shown.outcome, shown.name, one_line(&shown.detail));
        let causes = shown.causes.iter().map(|cause| format!("caused by: {}", one_line(cause)));
        let hint = shown.hint.iter().map(|hint| format!("hint: {}", one_line(hint)));
        for beneath in causes.chain(hint) {
            text.push_str("\n                         ");
            text.push_str(&beneath);
        }
        text
    });
    lines.collect::<Vec<_>>().join("\n")
}
