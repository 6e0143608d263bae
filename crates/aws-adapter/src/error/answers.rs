//! Detects answers that are not from AWS: a page of a proxy, or a successful answer without members that Lambda always sends.
//!
//! The SDK accepts any status of success, ignores the body if the operation returns no data, and replaces missing members
//! with defaults. So without this check a page that says "please sign in" would look like a successful deletion, and an
//! empty object would look like an empty list.

use super::origin::{Sent, origin_of};
use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        interceptors::{
            Intercept,
            context::{AfterDeserializationInterceptorContextRef, BeforeTransmitInterceptorContextRef},
            dyn_dispatch_hint,
        },
        orchestrator::{HttpResponse, Metadata},
        runtime_components::RuntimeComponents,
    },
};
use aws_smithy_types::config_bag::ConfigBag;
use lamplight_aws_model::{Operation, UnexpectedAnswer, is_known_code};
use std::error::Error;

/// Fails a management operation if its answer cannot be from Lambda. Calls of functions are not checked, because
/// the result of a function can be anything.
#[derive(Debug)]
pub(crate) struct AnswerCheck;

#[dyn_dispatch_hint]
impl Intercept for AnswerCheck {
    fn name(&self) -> &'static str {
        "AnswerCheck"
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        Sent::remember(context.request(), config);
        Ok(())
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let answer = context.response();
        let operation = config.load::<Metadata>().and_then(|metadata| Operation::by_name(metadata.name()));
        // An incomplete body is no longer available here, and has already made the request fail.
        match (operation, answer.body().bytes()) {
            (Some(operation), Some(body)) if answer.status().is_success() => {
                let identified = answer.headers().contains_key("x-amzn-requestid");
                Ok(operation.check_answer(answer.status().as_u16(), body, identified)?)
            }
            (Some(_), Some(body)) => match foreign(answer, body, config.load::<Sent>()) {
                Some(foreign) => Err(foreign.into()),
                None => Ok(()),
            },
            _ => Ok(()),
        }
    }
}

/// The problem with an error answer that is not from AWS. An error of AWS has a request ID; emulators send at least a known
/// error code.
fn foreign(answer: &HttpResponse, body: &[u8], sent: Option<&Sent>) -> Option<UnexpectedAnswer> {
    if has_request_id(answer) || code_in_header(answer).is_some_and(is_known_code) || has_known_code(body) {
        return None;
    }
    let was_sent = |word: &str| sent.is_some_and(|sent| sent.contains(word));
    let sender = origin_of(answer, body, sent).describe(was_sent);
    Some(UnexpectedAnswer::Foreign { http: answer.status().as_u16(), sender })
}

/// Whether an answer has the ID that AWS gives to each request.
pub(crate) fn has_request_id(answer: &HttpResponse) -> bool {
    answer.headers().get("x-amzn-requestid").is_some_and(|id| !id.trim().is_empty())
}

fn code_in_header(answer: &HttpResponse) -> Option<&str> {
    answer.headers().get("x-amzn-errortype")
}

/// Whether the body is an error of AWS in JSON with a known code.
fn has_known_code(body: &[u8]) -> bool {
    let Ok(error) = serde_json::from_slice::<serde_json::Value>(body) else { return false };
    ["__type", "code", "Code"].iter().any(|member| error[member].as_str().is_some_and(is_known_code))
}

/// The problem that [`AnswerCheck`] found, if it is among the causes of `error`.
pub(crate) fn find_unexpected_answer<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a UnexpectedAnswer> {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        cause = error.source();
    }
    None
}
