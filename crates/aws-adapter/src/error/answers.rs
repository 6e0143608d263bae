//! Answers of success that are not Lambda's: a page of a proxy, or less than Lambda always sends.
//!
//! The SDK takes any status of success for the answer, reads nothing where none is due, and fills what is missing with
//! defaults. So a page that says "please sign in" would pass for a deletion, and an empty object for a list of nothing.

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

/// Fails a managing operation whose answer of success is none that it gives. Others pass: a function's own result can
/// be anything.
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
        // A body that did not come whole is not there any more, and is a failure already.
        match (operation, answer.body().bytes()) {
            (Some(operation), Some(body)) if answer.status().is_success() => {
                let identified = answer.headers().contains_key("x-amzn-requestid");
                Ok(operation.check_answer(answer.status().as_u16(), body, identified)?)
            }
            _ => Ok(()),
        }
    }
}

/// What is wrong with an answer that [`AnswerCheck`] did not let pass.
pub(crate) fn unexpected<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a UnexpectedAnswer> {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        cause = error.source();
    }
    None
}
