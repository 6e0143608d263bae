//! Decides whose an answer to a call is: Lambda's, or that of a proxy, a portal or another server.

use super::patience::Phase;
use crate::error::{
    answers::emulator_hint,
    origin::{Sent, origin_of},
};
use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        interceptors::{
            Intercept,
            context::{
                AfterDeserializationInterceptorContextRef, BeforeDeserializationInterceptorContextRef,
                BeforeTransmitInterceptorContextMut, BeforeTransmitInterceptorContextRef,
            },
            dyn_dispatch_hint,
        },
        orchestrator::HttpResponse,
        runtime_components::RuntimeComponents,
    },
};
use aws_smithy_types::{body::SdkBody, config_bag::ConfigBag};
use base64::{Engine, engine::general_purpose::STANDARD};
use lamplight_aws_model::{
    classify, code_of_emulator, is_known_code,
    reported_error::{self, is_error_body, is_timeout_text},
};
use lamplight_domain::{AnswerOrigin, AnswerOutcome, ReportedError};
use lamplight_http_adapter::BodyEnd;
use lamplight_ports::InvokeAnswer;
use std::{
    borrow::Cow,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};
use tokio::{sync::watch, time::Instant};

/// Headers that only Lambda sets in an answer to a call; each of its answers has one of them, or `x-amzn-errortype` with a
/// known code. They are documented with Invoke's response.
const MARKS: [&str; 3] = [REQUEST_ID, EXECUTED_VERSION, FUNCTION_ERROR];
const REQUEST_ID: &str = "x-amzn-requestid";
const EXECUTED_VERSION: &str = "x-amz-executed-version";
const FUNCTION_ERROR: &str = "x-amz-function-error";
const ERROR_TYPE: &str = "x-amzn-errortype";
const LOG_RESULT: &str = "x-amz-log-result";

/// What an answer without a mark means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unmarked {
    /// Nothing: the endpoint is AWS's own.
    Foreign,
    /// Nothing, but the endpoint may be an emulator that sends no marks.
    ForeignAtOwnEndpoint,
    /// It is the emulator's.
    Accepted,
}

/// What an answer is if the SDK's reading of it does not count.
#[derive(Debug)]
pub(crate) enum Finding {
    /// An answer that does not need the SDK's reading: one without a mark, or the error of a function.
    Read(Box<InvokeAnswer>),
    /// An answer with a status of success and an error code: its head.
    Contradiction(Box<HttpResponse>),
    /// Only the end of the connection ended the body, and a part of it may be missing.
    Cut { http_status: u16, request_id: Option<String> },
}

/// Judges the answer to one request. Clones share the finding.
#[derive(Debug, Clone)]
pub(crate) struct AnswerWatch {
    unmarked: Unmarked,
    finding: Arc<Mutex<Option<Finding>>>,
    head: Arc<OnceLock<HttpResponse>>,
    phase: Arc<watch::Sender<Phase>>,
}

impl AnswerWatch {
    pub(crate) fn new(unmarked: Unmarked) -> Self {
        Self {
            unmarked,
            finding: Arc::default(),
            head: Arc::default(),
            phase: Arc::new(watch::Sender::new(Phase::Preparing)),
        }
    }

    /// How far the call gets.
    pub(crate) fn phase(&self) -> watch::Receiver<Phase> {
        self.phase.subscribe()
    }

    /// The finding, if a complete answer was received and the SDK's reading of it does not count.
    pub(crate) fn take(&self) -> Option<Finding> {
        self.finding.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// The head of the answer, with an empty body, once it has arrived.
    pub(crate) fn head(&self) -> Option<&HttpResponse> {
        self.head.get()
    }

    fn is_marked(&self, answer: &HttpResponse) -> bool {
        let known = |code: &str| match self.unmarked {
            Unmarked::Accepted => code_of_emulator(code).is_some(),
            Unmarked::Foreign | Unmarked::ForeignAtOwnEndpoint => is_known_code(code),
        };
        MARKS.iter().any(|mark| header(answer, mark).is_some())
            || header(answer, ERROR_TYPE).is_some_and(|code| known(&code))
    }

    /// Whether the headers prove that the call was refused, whatever became of the body.
    fn is_refusal(&self, answer: &HttpResponse) -> bool {
        header(answer, ERROR_TYPE).is_some_and(|code| {
            let code = match self.unmarked {
                Unmarked::Accepted => code_of_emulator(&code).unwrap_or(&code),
                Unmarked::Foreign | Unmarked::ForeignAtOwnEndpoint => &code,
            };
            classify(Some(code), answer.status().as_u16()).proven
        })
    }

    /// The finding about an answer with a complete body, as far as that is known.
    fn find(&self, answer: &HttpResponse, body: &[u8], sent: Option<&Sent>) -> Option<Finding> {
        if let Some(failed) = function_error(answer, body) {
            return Some(Finding::Read(Box::new(failed)));
        }
        let status = answer.status().as_u16();
        let is_marked = self.is_marked(answer);
        let accepted = if is_marked { None } else { self.accept(status, body) };
        if !is_marked && accepted.is_none() {
            let foreign = self.foreign(status, origin_of(answer, body, sent));
            return Some(Finding::Read(Box::new(foreign)));
        }
        if answer.status().is_success() && header(answer, ERROR_TYPE).is_some() {
            return Some(Finding::Contradiction(Box::new(head_of(answer))));
        }
        let is_unproven = answer.extension::<BodyEnd>().is_some_and(BodyEnd::is_unproven)
            && (status == 200 || !body.is_empty())
            && !is_whole(body);
        if is_unproven && !self.is_refusal(answer) {
            let request_id = header(answer, REQUEST_ID).map(Cow::into_owned);
            return Some(Finding::Cut { http_status: status, request_id });
        }
        accepted.map(|accepted| Finding::Read(Box::new(accepted)))
    }

    /// The answer of an emulator that sends no marks.
    fn accept(&self, status: u16, body: &[u8]) -> Option<InvokeAnswer> {
        if self.unmarked != Unmarked::Accepted {
            return None;
        }
        let outcome = outcome_of_emulator(status, body)?;
        let response = match outcome {
            AnswerOutcome::Returned | AnswerOutcome::FunctionError(_) => body.to_vec(),
            _ => Vec::new(),
        };
        Some(InvokeAnswer {
            http_status: Some(status),
            response,
            unmarked: true,
            ..InvokeAnswer::new(outcome)
        })
    }

    fn foreign(&self, status: u16, origin: AnswerOrigin) -> InvokeAnswer {
        let hint = (self.unmarked == Unmarked::ForeignAtOwnEndpoint).then(emulator_hint);
        InvokeAnswer {
            http_status: Some(status),
            origin: Some(Box::new(AnswerOrigin { hint, ..origin })),
            ..InvokeAnswer::new(AnswerOutcome::Unidentified)
        }
    }
}

/// What an answer without a mark means if it is the emulator's. AWS's runtime interface emulator answers 200 also for
/// errors of the function and timeouts, and 502 if the function's process ended. A page is never an emulator's.
fn outcome_of_emulator(status: u16, body: &[u8]) -> Option<AnswerOutcome> {
    match status {
        200 | 500..=599 if is_error_body(body) => {
            Some(AnswerOutcome::FunctionError(reported_error::read(body)))
        }
        200 if is_timeout_text(body) => {
            Some(AnswerOutcome::FunctionError(ReportedError::of_text(String::from_utf8_lossy(body))))
        }
        200 if !body.trim_ascii_start().starts_with(b"<") => Some(AnswerOutcome::Returned),
        202 => Some(AnswerOutcome::Accepted),
        204 => Some(AnswerOutcome::Validated),
        _ => None,
    }
}

/// Whether a text is known to be whole although nothing marks its end: it is exactly one JSON value, and not a number, which
/// could have more digits.
fn is_whole(body: &[u8]) -> bool {
    let is_value = serde_json::from_slice::<&serde_json::value::RawValue>(body).is_ok();
    is_value && !body.last().is_some_and(u8::is_ascii_digit)
}

fn head_of(answer: &HttpResponse) -> HttpResponse {
    let mut head = HttpResponse::new(answer.status(), SdkBody::empty());
    head.headers_mut().clone_from(answer.headers());
    head
}

/// The first value of a header that is not blank. A value in another encoding counts, too.
fn header<'a>(answer: &'a HttpResponse, name: &str) -> Option<Cow<'a, str>> {
    let value = answer.headers().get_all_bytes(name).find(|value| !value.trim_ascii().is_empty())?;
    Some(String::from_utf8_lossy(value))
}

/// Whether the headers say that the function ran.
pub(crate) fn says_it_ran(answer: &HttpResponse) -> bool {
    header(answer, EXECUTED_VERSION).is_some() || answer.headers().contains_key(FUNCTION_ERROR)
}

/// The error of a function, which a header reports: the function ran and failed, whatever else the answer says.
pub(crate) fn function_error(answer: &HttpResponse, body: &[u8]) -> Option<InvokeAnswer> {
    let kind = header(answer, FUNCTION_ERROR)?.into_owned();
    let text = |name| header(answer, name).map(Cow::into_owned);
    let error = ReportedError { kind: Some(kind), ..reported_error::read(body) };
    Some(InvokeAnswer {
        http_status: Some(answer.status().as_u16()),
        request_id: text(REQUEST_ID),
        executed_version: text(EXECUTED_VERSION),
        log_tail: header(answer, LOG_RESULT).map(|encoded| decode_log(&encoded)),
        response: body.to_vec(),
        ..InvokeAnswer::new(AnswerOutcome::FunctionError(error))
    })
}

/// Decodes the log tail. It can begin anywhere, even within a character. A text that is not base64 is kept unchanged.
pub(crate) fn decode_log(encoded: &str) -> String {
    match STANDARD.decode(encoded) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(_) => encoded.to_owned(),
    }
}

#[dyn_dispatch_hint]
impl Intercept for AnswerWatch {
    fn name(&self) -> &'static str {
        "AnswerWatch"
    }

    fn modify_before_signing(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        // `sam local start-lambda` refuses the SDK's application/octet-stream.
        if self.unmarked == Unmarked::Accepted {
            context.request_mut().headers_mut().insert("content-type", "application/json");
        }
        Ok(())
    }

    fn read_before_transmit(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.phase.send_replace(Phase::Sent(Instant::now()));
        Ok(())
    }

    fn read_after_transmit(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        // There is only one answer, because nothing is retried.
        let _ = self.head.set(head_of(context.response()));
        self.phase.send_replace(Phase::Answering(Instant::now()));
        Ok(())
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let answer = context.response();
        // An incomplete body is no longer available here, and has already made the request fail.
        let Some(body) = answer.body().bytes() else { return Ok(()) };
        let finding = self.find(answer, body, config.load::<Sent>());
        *self.finding.lock().unwrap_or_else(PoisonError::into_inner) = finding;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_json_value_is_known_to_be_whole() {
        for open in [
            "",
            " ",
            "{\"a\":1",
            "[1,",
            "\"ab",
            "\"ab\\",
            "12",
            "-1.5e3",
            "tru",
            "{\"a\":{}",
            "<html>",
            "plain text",
            "{} {",
            "{\"a\":1}{\"b\":2",
            "{\"a\":1}\n{\"b\":",
            "{\"a\":1}\n{\"b\":2}",
            "\u{feff}{\"a\":1",
            "{\"a\":NaN,\"b\"",
            "{\u{0}\"\u{0}}\u{0}",
            "// a\n{}",
            "{\"a\":1,}",
            "'a'",
        ] {
            assert!(!is_whole(open.as_bytes()), "{open}");
        }
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        for whole in
            ["{\"a\":1}", "[] ", "\"ab\"", "\"12\"", "true", "null", "\n{\"a\":1}\n", "12\n", "[12]", &deep]
        {
            assert!(is_whole(whole.as_bytes()), "{whole}");
        }
        assert!(!is_whole(&deep.as_bytes()[..deep.len() - 1]));
    }

    #[test]
    fn a_log_tail_cut_within_a_character_is_shown() {
        assert_eq!(decode_log(&STANDARD.encode(b"\xbcber\nEND")), "\u{fffd}ber\nEND");
        assert_eq!(decode_log("no base64!"), "no base64!");
    }

    #[test]
    fn an_emulators_answer_is_read_as_the_runtime_interface_emulator_writes_it() {
        let outcome = |status, body: &str| outcome_of_emulator(status, body.as_bytes());
        for body in ["{\"sum\":3}", "null", "", "\"errorType\"", "plain", "[{\"errorType\":\"no\"}]"] {
            assert_eq!(outcome(200, body), Some(AnswerOutcome::Returned), "{body}");
        }
        for (status, body) in [
            (200, "{\"errorMessage\":\"no\",\"errorType\":\"ValueError\",\"stackTrace\":[]}"),
            (200, "Task timed out after 3.00 seconds"),
            (502, "{\"errorType\":\"Runtime.ExitError\",\"errorMessage\":\"exit status 1\"}"),
        ] {
            assert!(
                outcome(status, body).is_some_and(|outcome| outcome.is_function_error()),
                "{status} {body}"
            );
        }
        assert_eq!(outcome(202, ""), Some(AnswerOutcome::Accepted));
        assert_eq!(outcome(204, ""), Some(AnswerOutcome::Validated));
        for (status, body) in [
            (200, "\n<html>sign in</html>"),
            (404, "{\"errorType\":\"x\"}"),
            (302, ""),
            (500, ""),
            (502, "{}"),
            (201, "{}"),
        ] {
            assert_eq!(outcome(status, body), None, "{status} {body}");
        }
    }
}
