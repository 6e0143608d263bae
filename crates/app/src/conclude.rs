//! Derives the outcome of a run from an answer or an error.

use crate::PreparedRun;
use lamplight_domain::{
    AnswerOutcome, ErrorCode, Hint, InvocationType, MASK, Outcome, Output, RawJson, ReportedError, RunError,
    RunState, Scrubber, Start, Timestamp, Warning, extract_outputs, judge_answer, judge_failure,
};
use lamplight_ports::{Bytes, InvokeAnswer, InvokeError};
use std::error::Error;

/// The maximum length of a function's error message in an outcome, in characters.
const LONGEST_MESSAGE: usize = 2000;

/// The outcome of a run, and the response.
pub(crate) struct Conclusion {
    pub(crate) outcome: Outcome,
    pub(crate) response: Option<Bytes>,
}

/// Concludes a run from an answer.
pub(crate) fn from_answer(run: &PreparedRun, answer: InvokeAnswer, now: Timestamp) -> Conclusion {
    let invocation_type = run.effective.invocation_type.value;
    let (state, evidence) = judge_answer(invocation_type, &answer.outcome, answer.http_status);
    let platform = &run.connection.platform;
    let report = answer.report.or_else(|| {
        answer.log_tail.as_deref().and_then(|log| platform.read_report(log, answer.request_id.as_deref()))
    });
    let cost = report.as_ref().and_then(|r| platform.estimate_cost(r, run.function.architecture.as_deref()));
    let mut outcome = Outcome::new(state, evidence, now);
    if state == RunState::Succeeded {
        let extraction = extract_outputs(&run.parameters, &answer.response);
        (outcome.outputs, outcome.warnings) = (extraction.outputs, extraction.warnings);
    }
    outcome.error = match (state, answer.outcome) {
        (RunState::FunctionFailed, AnswerOutcome::FunctionError(error)) => {
            let has_page = platform.monitor_url(&run.function).is_some();
            Some(function_error(error, answer.log_tail.is_some(), has_page))
        }
        (RunState::Unknown | RunState::Rejected | RunState::FunctionFailed, meaning) => {
            Some(unexpected_answer(&meaning, answer.http_status, invocation_type))
        }
        (
            RunState::Queued
            | RunState::Running
            | RunState::Succeeded
            | RunState::Accepted
            | RunState::Validated,
            _,
        ) => None,
    };
    outcome.warnings.extend(answer.refused_feature.map(|feature| Warning::FeatureRefused { feature }));
    outcome.request_id = answer.request_id;
    outcome.executed_version = answer.executed_version;
    outcome.log_tail = answer.log_tail;
    outcome.report = report;
    outcome.cost_usd = cost;
    let response = (!answer.response.is_empty()).then(|| Bytes::from(answer.response));
    Conclusion { outcome, response }
}

/// Concludes a run from the error of its last call.
pub(crate) fn from_failure(run: &PreparedRun, error: &InvokeError, now: Timestamp) -> Conclusion {
    let (state, evidence) = judge_failure(
        run.effective.invocation_type.value,
        error.delivery,
        error.start,
        error.http_status,
        error.provider_code.as_deref(),
    );
    let mut outcome = Outcome::new(state, evidence, now);
    let start = match state {
        RunState::Unknown => Start::MayHaveStarted,
        _ => Start::DidNotStart,
    };
    outcome.request_id.clone_from(&error.request_id);
    outcome.error = Some(RunError {
        hint: error.hint.clone().or_else(|| unknown_hint(start)),
        causes: causes(error),
        ..RunError::new(error.code.clone(), &error.message)
    });
    Conclusion { outcome, response: None }
}

/// Concludes a run that was stopped while it waited for another attempt. Its last call, which failed with `error`,
/// provably did not start the function.
pub(crate) fn stopped_waiting(run: &PreparedRun, error: &InvokeError, now: Timestamp) -> Conclusion {
    let mut conclusion = from_failure(run, error, now);
    if let Some(last) = &mut conclusion.outcome.error {
        let mut causes = vec![std::mem::take(&mut last.message)];
        causes.append(&mut last.causes);
        *last = RunError {
            causes,
            hint: Some("the function did not run; start it again if needed".into()),
            ..RunError::new(ErrorCode::Interrupted, "stopped while waiting for another attempt")
        };
    }
    conclusion
}

fn causes(error: &InvokeError) -> Vec<String> {
    let mut causes = Vec::new();
    let mut cause = error.source();
    while let Some(found) = cause {
        causes.push(found.to_string());
        cause = found.source();
    }
    // Some libraries repeat a cause in the message above it.
    causes.dedup();
    causes
}

fn unknown_hint(start: Start) -> Option<Hint> {
    match start {
        Start::MayHaveStarted => Some(Hint::new(
            "the function may have run: check its logs before you run it again; the call was not repeated",
        )),
        Start::DidNotStart => None,
    }
}

fn unexpected_answer(
    outcome: &AnswerOutcome,
    http_status: Option<u16>,
    invocation_type: InvocationType,
) -> RunError {
    let hint = match (outcome, invocation_type) {
        (_, InvocationType::DryRun) => Some("check that the endpoint belongs to the provider".into()),
        (AnswerOutcome::Unidentified, _) => Some(
            "the function may have run: check its logs before you run it again, and check that the endpoint belongs \
             to the provider; the call was not repeated"
                .into(),
        ),
        _ => unknown_hint(Start::MayHaveStarted),
    };
    let message = describe_unexpected_answer(outcome, http_status);
    RunError { hint, ..RunError::new(ErrorCode::UnexpectedAnswer, message) }
}

/// Describes an answer that does not fit its call, in lower case and without a final period.
pub(crate) fn describe_unexpected_answer(outcome: &AnswerOutcome, http_status: Option<u16>) -> String {
    let with = http_status.map(|status| format!(" with HTTP {status}")).unwrap_or_default();
    match outcome {
        AnswerOutcome::Unidentified => format!(
            "the answer{with} cannot be identified as the provider's: a proxy may have answered instead"
        ),
        AnswerOutcome::Returned
        | AnswerOutcome::FunctionError(_)
        | AnswerOutcome::Accepted
        | AnswerOutcome::Validated
        | AnswerOutcome::Unproven => {
            format!("the provider gave an answer{with} that is not expected for this invocation type")
        }
    }
}

fn function_error(error: ReportedError, has_log_tail: bool, has_page: bool) -> RunError {
    let hint = match (has_log_tail, has_page) {
        (_, true) => Some("see the log tail and the monitor page".into()),
        (true, false) => Some("see the log tail".into()),
        (false, false) => None,
    };
    let message = truncate(&error.message);
    RunError {
        error_type: error.error_type,
        stack: error.stack,
        hint,
        ..RunError::new(ErrorCode::FunctionError, message)
    }
}

fn truncate(text: &str) -> String {
    let mut shown: String = text.chars().take(LONGEST_MESSAGE).collect();
    if shown.len() < text.len() {
        shown.push_str(" … (truncated)");
    }
    if shown.is_empty() { "the function gave no error message".to_owned() } else { shown }
}

/// Removes the run's secrets from an outcome before it is recorded or shown. The response is not part of the outcome;
/// see [`may_keep_response`].
pub(crate) fn scrub(outcome: &mut Outcome, scrubber: &Scrubber) {
    for output in
        outcome.outputs.iter_mut().filter(|output| output.secret || contains_secret(output, scrubber))
    {
        output.value = RawJson::string(MASK);
    }
    if scrubber.is_empty() {
        return;
    }
    outcome.log_tail = outcome.log_tail.take().map(|log| scrubber.scrub(log));
    if let Some(error) = &mut outcome.error {
        error.message = scrubber.scrub(std::mem::take(&mut error.message));
        for lines in [&mut error.stack, &mut error.causes] {
            *lines = std::mem::take(lines).into_iter().map(|line| scrubber.scrub(line)).collect();
        }
    }
}

fn contains_secret(output: &Output, scrubber: &Scrubber) -> bool {
    scrubber.finds(output.value.as_str())
}

/// Whether a response may be recorded: not if it contains a secret argument, or if a secret output may be in it.
pub(crate) fn may_keep_response(run: &PreparedRun, response: &[u8]) -> bool {
    let has_secret_output = run.parameters.iter().any(|p| p.secret && p.direction.is_output());
    let repeats_secret = !run.scrubber.is_empty() && run.scrubber.finds(&String::from_utf8_lossy(response));
    !has_secret_output && !repeats_secret
}
