//! Decides whose an answer to a call is: Lambda's, or that of a proxy, a portal or another server.

use super::patience::Phase;
use crate::error::origin::{Sent, origin_of};
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
use aws_smithy_types::config_bag::ConfigBag;
use lamplight_aws_model::{
    code_of_emulator, is_known_code,
    reported_error::{self, is_error_body, is_timeout_text},
};
use lamplight_domain::{AnswerOrigin, AnswerOutcome, Hint, ReportedError, SettingName};
use lamplight_http_adapter::BodyEnd;
use lamplight_ports::InvokeAnswer;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::{sync::watch, time::Instant};

/// Headers that only Lambda sets in an answer to a call; each of its answers has one of them, or `x-amzn-errortype` with a
/// known code. They are documented with Invoke's response.
const MARKS: [&str; 3] = ["x-amzn-requestid", "x-amz-executed-version", "x-amz-function-error"];

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
    /// An answer without a mark.
    Unmarked(Box<InvokeAnswer>),
    /// Only the end of the connection ended the body, and a part of it may be missing.
    Cut { http_status: u16, request_id: Option<String> },
}

/// Judges the answer to one request. Clones share the finding.
#[derive(Debug, Clone)]
pub(crate) struct AnswerWatch {
    unmarked: Unmarked,
    finding: Arc<Mutex<Option<Finding>>>,
    phase: Arc<watch::Sender<Phase>>,
}

impl AnswerWatch {
    pub(crate) fn new(unmarked: Unmarked) -> Self {
        Self { unmarked, finding: Arc::default(), phase: Arc::new(watch::Sender::new(Phase::Preparing)) }
    }

    /// How far the call gets.
    pub(crate) fn phase(&self) -> watch::Receiver<Phase> {
        self.phase.subscribe()
    }

    /// The finding, if a complete answer was received and the SDK's reading of it does not count.
    pub(crate) fn take(&self) -> Option<Finding> {
        self.finding.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn is_marked(&self, answer: &HttpResponse) -> bool {
        let header = |name: &str| answer.headers().get(name).filter(|value| !value.trim().is_empty());
        let known = |code: &str| match self.unmarked {
            Unmarked::Accepted => code_of_emulator(code).is_some(),
            Unmarked::Foreign | Unmarked::ForeignAtOwnEndpoint => is_known_code(code),
        };
        MARKS.iter().any(|mark| header(mark).is_some()) || header("x-amzn-errortype").is_some_and(known)
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
        let hint = (self.unmarked == Unmarked::ForeignAtOwnEndpoint).then(|| {
            Hint::new("if an emulator that sends no request IDs answers at this endpoint, set ")
                .setting(SettingName::UnmarkedAnswers)
                .text(" beside its endpoint_url in the configuration of the connection")
        });
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

/// Whether a longer text could begin with this one: it ends within a JSON value, or it is a number.
fn could_go_on(body: &[u8]) -> bool {
    match serde_json::from_slice::<serde_json::Value>(body) {
        Ok(value) => value.is_number(),
        Err(error) => error.is_eof(),
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
        _: &BeforeDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
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
        let status = answer.status().as_u16();
        let is_unproven = answer.extension::<BodyEnd>().is_some_and(BodyEnd::is_unproven)
            && (status == 200 || !body.is_empty())
            && could_go_on(body);
        let cut = || Finding::Cut {
            http_status: status,
            request_id: answer.headers().get("x-amzn-requestid").map(str::to_owned),
        };
        let finding = if self.is_marked(answer) {
            is_unproven.then(cut)
        } else if let Some(accepted) = self.accept(status, body) {
            Some(if is_unproven { cut() } else { Finding::Unmarked(Box::new(accepted)) })
        } else {
            let origin = origin_of(answer, body, config.load::<Sent>());
            Some(Finding::Unmarked(Box::new(self.foreign(status, origin))))
        };
        *self.finding.lock().unwrap_or_else(PoisonError::into_inner) = finding;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_could_go_on_is_not_known_to_be_whole() {
        for open in ["", " ", "{\"a\":1", "[1,", "\"ab", "\"ab\\", "12", "-1.5e3", "tru", "{\"a\":{}"] {
            assert!(could_go_on(open.as_bytes()), "{open}");
        }
        for whole in ["{\"a\":1}", "[] ", "\"ab\"", "true", "null", "<html>", "plain text", "{} {"] {
            assert!(!could_go_on(whole.as_bytes()), "{whole}");
        }
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
