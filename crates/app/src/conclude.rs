//! Derives the outcome of a run from an answer or an error.

use crate::PreparedRun;
use lamplight_domain::{
    AnswerOrigin, AnswerOutcome, ErrorClass, ErrorCode, Hint, InvocationType, Outcome, ReportedError,
    RunError, RunState, Scrubber, Start, Timestamp, Warning, extract_outputs, judge_answer, judge_failure,
};
use lamplight_ports::{Bytes, InvokeAnswer, InvokeError, PortErrorKind};
use std::error::Error;

/// The maximum length of a function's error message in an outcome, in characters.
const LONGEST_MESSAGE: usize = 2000;

/// The outcome of a run, and the response.
pub(crate) struct Conclusion {
    pub(crate) outcome: Outcome,
    /// What the caller can do about the error of the last call.
    pub(crate) class: Option<ErrorClass>,
    pub(crate) response: Option<Bytes>,
}

/// Concludes a run from an answer.
pub(crate) fn from_answer(run: &PreparedRun, answer: InvokeAnswer, now: Timestamp) -> Conclusion {
    let invocation_type = run.effective.invocation_type.value;
    let (state, mut evidence) = judge_answer(invocation_type, &answer.outcome, answer.http_status);
    if answer.unmarked {
        evidence = evidence.unmarked();
    }
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
            Some(unexpected_answer(run, &meaning, answer.http_status, answer.origin.as_deref()))
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
    outcome.warnings.extend(answer.unmarked.then_some(Warning::UnmarkedAnswer));
    outcome.warnings.extend(answer.refused_feature.map(|feature| Warning::FeatureRefused { feature }));
    outcome.request_id = answer.request_id;
    outcome.executed_version = answer.executed_version;
    outcome.log_tail = answer.log_tail;
    outcome.report = report;
    outcome.cost_usd = cost;
    let response = (!answer.response.is_empty()).then(|| Bytes::from(answer.response));
    let class = outcome.error.as_ref().map(|error| error.code.class());
    Conclusion { outcome: without_secrets(run, outcome), class, response }
}

/// Concludes a run from the error of its last call.
pub(crate) fn from_failure(run: &PreparedRun, error: &InvokeError, now: Timestamp) -> Conclusion {
    let (state, evidence) =
        judge_failure(error.delivery, error.start, error.http_status, error.provider_code.as_deref());
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
    // Whoever lacks credentials has to get some, whatever the reason.
    let class = match error.kind {
        PortErrorKind::Unauthenticated => ErrorClass::Access,
        _ => error.code.class(),
    };
    Conclusion { outcome: without_secrets(run, outcome), class: Some(class), response: None }
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
    conclusion.class = Some(ErrorCode::Interrupted.class());
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

/// The error for an answer that does not fit its call.
pub(crate) fn unexpected_answer(
    run: &PreparedRun,
    outcome: &AnswerOutcome,
    http_status: Option<u16>,
    origin: Option<&AnswerOrigin>,
) -> RunError {
    let origin = origin.map(|origin| scrub_origin(origin, &run.scrubber));
    let message = describe_unexpected_answer(run, outcome, http_status, origin.as_ref());
    let more = origin.and_then(|origin| origin.hint);
    let hint = unexpected_answer_hint(outcome, run.effective.invocation_type.value, more);
    RunError { hint, ..RunError::new(ErrorCode::UnexpectedAnswer, message) }
}

/// Removes the run's secrets from what an answer says about its sender, before anything is cut.
fn scrub_origin(origin: &AnswerOrigin, scrubber: &Scrubber) -> AnswerOrigin {
    let scrub = |text: &String| scrubber.scrub(text.clone());
    AnswerOrigin {
        content_type: origin.content_type.as_ref().map(scrub),
        server: origin.server.as_ref().map(scrub),
        via: origin.via.as_ref().map(scrub),
        text: scrub(&origin.text),
        hint: origin.hint.clone(),
    }
}

/// The hint for an answer that does not fit its call. `origin` is what the adapter knows about its sender.
fn unexpected_answer_hint(
    outcome: &AnswerOutcome,
    invocation_type: InvocationType,
    origin: Option<Hint>,
) -> Option<Hint> {
    let hint = match (outcome, invocation_type) {
        (AnswerOutcome::Unidentified, InvocationType::RequestResponse | InvocationType::Event) => Hint::new(
            "the function may have run: check its logs before you run it again, and check that the endpoint belongs \
             to the provider; the call was not repeated",
        ),
        (_, InvocationType::DryRun) => Hint::new("check that the endpoint belongs to the provider"),
        _ => return unknown_hint(Start::MayHaveStarted),
    };
    Some(match origin {
        Some(more) => hint.then(more),
        None => hint,
    })
}

/// Describes an answer that does not fit its call, in lower case and without a final period. Parts of the event are
/// masked where the answer repeats them.
fn describe_unexpected_answer(
    run: &PreparedRun,
    outcome: &AnswerOutcome,
    http_status: Option<u16>,
    origin: Option<&AnswerOrigin>,
) -> String {
    let with = http_status.map(|status| format!(" with HTTP {status}")).unwrap_or_default();
    match outcome {
        AnswerOutcome::Unidentified => {
            let context = run.effective.client_context.value.as_deref().unwrap_or_default();
            let event = String::from_utf8_lossy(run.payload.as_bytes());
            let was_sent = |word: &str| event.contains(word) || context.contains(word);
            let sender = origin.map(|origin| format!(" ({})", origin.describe(was_sent))).unwrap_or_default();
            format!(
                "the answer{with} cannot be identified as the provider's: a proxy or another program seems to have \
                 answered{sender}; nothing is proven"
            )
        }
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
    RunError {
        error_type: error.error_type,
        stack: error.stack,
        causes: error.causes.iter().map(|cause| truncate(cause)).collect(),
        hint,
        ..RunError::new(ErrorCode::FunctionError, error.message)
    }
}

fn truncate(text: &str) -> String {
    let mut shown: String = text.chars().take(LONGEST_MESSAGE).collect();
    if shown.len() < text.len() {
        shown.push_str(" … (truncated)");
    }
    if shown.is_empty() { "the function gave no error message".to_owned() } else { shown }
}

/// The outcome without the run's secrets and without its secret outputs, after it was judged and before anything in it is
/// cut, recorded or shown. The response is not part of the outcome; see [`may_keep_response`].
fn without_secrets(run: &PreparedRun, outcome: Outcome) -> Outcome {
    let secret_outputs = outcome.outputs.iter().filter(|output| output.secret);
    let returned = Scrubber::new(secret_outputs.map(|output| output.value.as_str()));
    let mut outcome = outcome.scrubbed(&run.scrubber).scrubbed(&returned);
    if let Some(error) = outcome.error.as_mut().filter(|error| error.code == ErrorCode::FunctionError) {
        error.message = truncate(&error.message);
    }
    outcome
}

/// Whether a response may be recorded: not if it contains a secret argument, or if a secret output may be in it.
pub(crate) fn may_keep_response(run: &PreparedRun, response: &[u8]) -> bool {
    let has_secret_output = run.parameters.iter().any(|p| p.secret && p.direction.is_output());
    let repeats_secret = !run.scrubber.is_empty() && run.scrubber.finds(&String::from_utf8_lossy(response));
    !has_secret_output && !repeats_secret
}
