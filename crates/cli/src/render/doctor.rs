//! The doctor's checks, as lines and as views.

use crate::{hints::word_hint, render::table::one_line};
use lamplight_app::{Check, CheckOutcome};
use lamplight_views::{CheckView, CheckWord};

/// A check for programs.
pub fn check_view(check: &Check) -> CheckView {
    let (outcome, detail, code, hint) = match &check.outcome {
        CheckOutcome::Pass { detail } => (CheckWord::Pass, detail.clone(), None, None),
        CheckOutcome::Skipped { reason } => (CheckWord::Skipped, reason.clone(), None, None),
        CheckOutcome::Fail(error) => {
            let code = error.code().as_str().to_owned();
            (CheckWord::Fail, error.to_string(), Some(code), error.hint().as_ref().map(word_hint))
        }
    };
    CheckView { causes: causes(check), code, detail, hint, name: check.name.as_str(), outcome }
}

fn causes(check: &Check) -> Vec<String> {
    let CheckOutcome::Fail(error) = &check.outcome else { return Vec::new() };
    let mut causes = Vec::new();
    let mut cause = error.cause();
    while let Some(found) = cause {
        causes.push(found.to_string());
        cause = found.source();
    }
    causes
}

/// The checks, one per line; a failed one with its causes and a hint.
pub fn checks_text(checks: &[CheckView]) -> String {
    let lines = checks.iter().map(|shown| {
        let mut text =
            format!("{:7}  {:14}  {}", shown.outcome.as_str(), shown.name, one_line(&shown.detail));
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
