//! Answers to a call that are not Lambda's: the page of a proxy, a portal, another server.

use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        interceptors::{Intercept, context::AfterDeserializationInterceptorContextRef, dyn_dispatch_hint},
        runtime_components::RuntimeComponents,
    },
};
use aws_smithy_types::config_bag::ConfigBag;
use lamplight_domain::AnswerOutcome;
use lamplight_ports::InvokeAnswer;
use std::sync::{Arc, Mutex, PoisonError};

/// What only Lambda sets; each of its answers has one. Its documentation names them with Invoke's response and, the
/// last, with the errors of the REST protocol.
const MARKS: [&str; 5] = [
    "x-amzn-requestid",
    "x-amz-executed-version",
    "x-amz-function-error",
    "x-amz-log-result",
    "x-amzn-errortype",
];

/// Keeps the answer to one request where it is not Lambda's. Clones share it.
#[derive(Debug, Clone, Default)]
pub(crate) struct ForeignAnswer(Arc<Mutex<Option<InvokeAnswer>>>);

impl ForeignAnswer {
    /// The foreign answer, where one came whole.
    pub(crate) fn take(&self) -> Option<InvokeAnswer> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

#[dyn_dispatch_hint]
impl Intercept for ForeignAnswer {
    fn name(&self) -> &'static str {
        "ForeignAnswer"
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let answer = context.response();
        let is_marked = MARKS.iter().any(|mark| answer.headers().contains_key(*mark));
        // A body that did not come whole is not there any more, and is a failure already. What is in it is nobody's
        // result, and may repeat what was sent to it: the event, or the credentials.
        if !is_marked && answer.body().bytes().is_some() {
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(InvokeAnswer {
                http_status: Some(answer.status().as_u16()),
                ..InvokeAnswer::new(AnswerOutcome::Unidentified)
            });
        }
        Ok(())
    }
}
