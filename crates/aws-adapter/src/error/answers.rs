//! Detects successful answers that are not from Lambda: a page of a proxy, or an answer without members that Lambda always
//! sends.
//!
//! The SDK accepts any status of success, ignores the body if the operation returns no data, and replaces missing members
//! with defaults. So without this check a page that says "please sign in" would look like a successful deletion, and an
//! empty object would look like an empty list.

use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        interceptors::{Intercept, context::AfterDeserializationInterceptorContextRef, dyn_dispatch_hint},
        orchestrator::Metadata,
        runtime_components::RuntimeComponents,
    },
};
use aws_smithy_types::config_bag::ConfigBag;
use lamplight_aws_model::{Operation, UnexpectedAnswer};
use std::error::Error;

/// Fails a management operation if its successful answer cannot be from Lambda. Calls of functions are not checked, because
/// the result of a function can be anything.
#[derive(Debug)]
pub(crate) struct AnswerCheck;

#[dyn_dispatch_hint]
impl Intercept for AnswerCheck {
    fn name(&self) -> &'static str {
        "AnswerCheck"
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
            _ => Ok(()),
        }
    }
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
