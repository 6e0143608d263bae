//! Detects answers that are not from AWS: an answer without the header that each answer of AWS has, such as the page of a proxy,
//! or a successful answer without members that Lambda always sends.
//!
//! The SDK accepts any status of success, ignores the body if the operation returns no data, and replaces missing members
//! with defaults. So without this check a page that says "please sign in" would look like a successful deletion, and an
//! empty object would look like an empty list.

use super::origin::{Sent, origin_by_headers, origin_of};
use crate::lambda::Unmarked;
use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        interceptors::{
            Intercept, SharedInterceptor,
            context::{AfterDeserializationInterceptorContextRef, BeforeTransmitInterceptorContextRef},
            dyn_dispatch_hint,
        },
        orchestrator::{HttpResponse, Metadata},
        runtime_components::RuntimeComponents,
    },
};
use aws_smithy_types::config_bag::ConfigBag;
use lamplight_aws_model::{Operation, UnexpectedAnswer, is_known_code};
use lamplight_domain::{Hint, SettingName};
use std::error::Error;

/// Fails a request of any service if its answer cannot be from AWS. Calls of functions are not checked, because the result of
/// a function can be anything; `AnswerWatch` judges them.
#[derive(Debug)]
pub(crate) struct AnswerCheck {
    /// What an answer without a mark means.
    unmarked: Unmarked,
}

impl AnswerCheck {
    /// The check as the SDK's clients take it.
    pub(crate) fn shared(unmarked: Unmarked) -> SharedInterceptor {
        SharedInterceptor::new(Self { unmarked })
    }
}

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
        let name = config.load::<Metadata>().map_or("", Metadata::name);
        let operation = Operation::by_name(name);
        // An incomplete body is no longer available here, and has already made the request fail.
        let Some(body) = answer.body().bytes().filter(|_| name != "Invoke") else { return Ok(()) };
        // The SDK logs an error that this one would replace, and it may repeat a token of the request. What maps the errors of
        // these services looks for the mark itself.
        if operation.is_none() && context.output_or_error().is_err() {
            return Ok(());
        }
        let is_marked = is_marked(answer);
        // What an emulator without marks refuses must at least be an error of AWS.
        let is_accepted = self.unmarked == Unmarked::Accepted
            && (answer.status().is_success() || operation.is_none() || has_known_code(body));
        if !is_marked && !is_accepted {
            let sent = config.load::<Sent>();
            // The requests of other services contain tokens, which a page may repeat.
            let origin =
                if operation.is_some() { origin_of(answer, body, sent) } else { origin_by_headers(answer) };
            return Err(UnexpectedAnswer::Foreign {
                http: answer.status().as_u16(),
                sender: origin.describe(|word| sent.is_some_and(|sent| sent.contains(word))),
                maybe_emulator: self.unmarked == Unmarked::ForeignAtOwnEndpoint,
            }
            .into());
        }
        match operation {
            Some(operation) if answer.status().is_success() => {
                Ok(operation.check_answer(answer.status().as_u16(), body, is_marked)?)
            }
            _ => Ok(()),
        }
    }
}

/// Whether the answer is provably from AWS: it has a request ID, or it is an error with a known code in its header.
fn is_marked(answer: &HttpResponse) -> bool {
    let is_refusal =
        !answer.status().is_success() && answer.headers().get("x-amzn-errortype").is_some_and(is_known_code);
    has_request_id(answer) || is_refusal
}

/// Whether an answer has the ID that AWS gives to each request.
pub(crate) fn has_request_id(answer: &HttpResponse) -> bool {
    answer.headers().get("x-amzn-requestid").is_some_and(|id| !id.trim().is_empty())
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

/// The advice for an answer that is not from AWS.
pub(crate) fn foreign_hint(maybe_emulator: bool) -> Hint {
    let hint = Hint::new("check the endpoint URL, and whether a proxy or a portal answers instead of AWS");
    if maybe_emulator { hint.then(emulator_hint()) } else { hint }
}

/// The advice for an answer without a mark at an endpoint of the connection's own.
pub(crate) fn emulator_hint() -> Hint {
    Hint::new("if an emulator that sends no request IDs answers at this endpoint, set ")
        .setting(SettingName::UnmarkedAnswers)
        .text(" beside its endpoint_url in the configuration of the connection")
}
