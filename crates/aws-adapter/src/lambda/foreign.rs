//! Detects answers to a call that are not from Lambda, but from a proxy, a portal or another server.

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

/// Headers that only Lambda sets; each of its answers has at least one of them. They are documented with Invoke's response
/// and, the last one, with the errors of the REST protocol.
const MARKS: [&str; 5] = [
    "x-amzn-requestid",
    "x-amz-executed-version",
    "x-amz-function-error",
    "x-amz-log-result",
    "x-amzn-errortype",
];

/// Keeps the answer to one request if it is not from Lambda. Clones share it.
#[derive(Debug, Clone, Default)]
pub(crate) struct ForeignAnswer(Arc<Mutex<Option<InvokeAnswer>>>);

impl ForeignAnswer {
    /// The answer that is not from Lambda, if one was received completely.
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
        // An incomplete body is no longer available here, and has already made the request fail. The body is not a function's
        // result and may repeat what was sent, such as the event or the credentials, so it is not kept.
        if !is_marked && answer.body().bytes().is_some() {
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(InvokeAnswer {
                http_status: Some(answer.status().as_u16()),
                ..InvokeAnswer::new(AnswerOutcome::Unidentified)
            });
        }
        Ok(())
    }
}
