//! Calls functions, each at most once.

use super::{
    foreign::{AnswerWatch, Finding, Unmarked, decode_log, function_error},
    patience::give_up,
};
use crate::{
    error::invoke::{
        Call, client_context_too_large, cut_off, given_up, invoke_error, refused_by_head, refuses_log_tail,
        success_and_refusal,
    },
    session::Session,
    timeouts::CallLimit,
};
use async_trait::async_trait;
use aws_config::timeout::TimeoutConfig;
use aws_sdk_lambda::{
    config::Config,
    operation::{RequestId, invoke::InvokeOutput},
    primitives::Blob,
    types::{InvocationType as WireInvocationType, LogType},
};
use aws_smithy_runtime_api::client::result::SdkError;
use base64::{Engine, engine::general_purpose::STANDARD};
use lamplight_aws_model::{limits::CLIENT_CONTEXT_BASE64_BYTES, reported_error};
use lamplight_domain::{AnswerOutcome, InvocationType, ReportedError};
use lamplight_http_adapter::OneShot;
use lamplight_ports::{Departure, InvokeAnswer, InvokeError, InvokeRequest, Invoker};
use std::sync::Arc;

/// The name of the part that is left out if Lambda refuses to return the log tail.
const LOG_TAIL: &str = "log tail";

/// [`Invoker`] on Lambda's `Invoke`.
///
/// # Guarantees
/// - The SDK's retries are off, and each attempt has an HTTP client that sends only one request, regardless of retry
///   settings in the environment or in profiles.
/// - A failure is [`NotSent`](lamplight_domain::Delivery::NotSent) only if the request was not passed to any connection.
#[derive(Debug)]
pub struct AwsInvoker {
    session: Arc<Session>,
}

impl AwsInvoker {
    pub(crate) fn new(session: Arc<Session>) -> Self {
        Self { session }
    }

    /// Sends one request.
    async fn attempt(
        &self,
        wire: Wire,
        log_type: Option<LogType>,
        call: &Call<'_>,
        departure: &Departure,
        fresh_connection: bool,
    ) -> Result<InvokeAnswer, Failed> {
        let failed = |error| Failed { refuses_log_tail: false, error };
        let watch = AnswerWatch::new(call.unmarked);
        let http = &self.session.config.http;
        let (http, trail) = OneShot::new(if fresh_connection { http.fresh() } else { http.clone() });
        // A previous attempt was answered and did not start the function, so only this one counts.
        departure.set_probe({
            let trail = trail.clone();
            move || trail.may_have_left()
        });
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(self.session.config.timeouts.connect)
            // How long the answer is waited for may change in the meantime.
            .disable_read_timeout()
            .disable_operation_attempt_timeout()
            .build();
        let sending = self
            .session
            .calling()
            .invoke()
            .function_name(wire.function_name)
            .set_qualifier(wire.qualifier)
            .invocation_type(wire.invocation_type)
            .set_log_type(log_type)
            .set_client_context(wire.client_context)
            .payload(wire.payload)
            .customize()
            .interceptor(watch.clone())
            .config_override(Config::builder().http_client(http).timeout_config(timeouts))
            .send();
        let sent = tokio::select! {
            biased;
            sent = sending => sent,
            waited = give_up(&self.session, call, watch.phase(), departure) => {
                let known = without_body(&watch, call);
                return match known {
                    Some(known) => known.map_err(failed),
                    None => Err(failed(given_up(&waited, trail.may_have_left(), call))),
                };
            }
        };
        match watch.take() {
            // Whatever the SDK reads from it.
            Some(Finding::Read(answer)) => return Ok(*answer),
            Some(Finding::Contradiction(head)) => return Err(failed(success_and_refusal(&head, call))),
            Some(Finding::Cut { http_status, request_id }) => {
                return Err(failed(cut_off(http_status, request_id, call)));
            }
            None => {}
        }
        match sent {
            Ok(output) => Ok(answer(output)),
            Err(error @ SdkError::ServiceError(_)) => Err(Failed {
                refuses_log_tail: refuses_log_tail(&error),
                error: invoke_error(&error, trail.may_have_left(), call),
            }),
            Err(error) => match without_body(&watch, call) {
                Some(known) => known.map_err(failed),
                None => Err(failed(invoke_error(&error, trail.may_have_left(), call))),
            },
        }
    }
}

/// What the head of an answer proves if the body did not arrive completely.
fn without_body(watch: &AnswerWatch, call: &Call<'_>) -> Option<Result<InvokeAnswer, InvokeError>> {
    let head = watch.head()?;
    let Some(mut answer) = function_error(head, b"") else { return refused_by_head(head, call).map(Err) };
    if let AnswerOutcome::FunctionError(error) = &mut answer.outcome {
        "the answer is incomplete, so the function's error is not known".clone_into(&mut error.message);
    }
    Some(Ok(answer))
}

/// The parts of the request. Clones share the event.
#[derive(Clone)]
struct Wire {
    function_name: String,
    qualifier: Option<String>,
    invocation_type: WireInvocationType,
    client_context: Option<String>,
    payload: Blob,
}

struct Failed {
    error: InvokeError,
    /// Whether the answer proves that the call was refused only because of the log tail.
    refuses_log_tail: bool,
}

#[async_trait]
impl Invoker for AwsInvoker {
    async fn invoke(&self, request: InvokeRequest) -> Result<InvokeAnswer, InvokeError> {
        let limit = CallLimit::of(&request, &self.session.config.timeouts);
        let InvokeRequest {
            function,
            qualifier,
            invocation_type,
            payload,
            log_tail,
            client_context,
            scrubber,
            fresh_connection,
            departure,
        } = request;
        let qualifier = qualifier.or_else(|| function.qualifier.clone());
        let call = Call {
            function: &function,
            qualifier: qualifier.as_ref(),
            invocation_type,
            region: self.session.region(),
            payload_bytes: payload.len(),
            limit,
            unmarked: self.session.config.unmarked(),
            scrubber: &scrubber,
        };
        let client_context = client_context.map(|context| STANDARD.encode(context));
        if let Some(context) = &client_context
            && context.len() > CLIENT_CONTEXT_BASE64_BYTES
        {
            return Err(client_context_too_large(context.len()));
        }
        let wire = Wire {
            function_name: function.reference.clone(),
            qualifier: qualifier.as_ref().map(ToString::to_string),
            invocation_type: match invocation_type {
                InvocationType::RequestResponse => WireInvocationType::RequestResponse,
                InvocationType::Event => WireInvocationType::Event,
                InvocationType::DryRun => WireInvocationType::DryRun,
            },
            client_context,
            payload: Blob::new(payload.into_bytes()),
        };
        // Emulators that send no marks refuse or ignore the log tail, and their refusal proves nothing.
        let may_ask =
            invocation_type == InvocationType::RequestResponse && call.unmarked != Unmarked::Accepted;
        let tail = (log_tail && may_ask).then_some(LogType::Tail);
        let first = self.attempt(wire.clone(), tail.clone(), &call, &departure, fresh_connection).await;
        let (outcome, refused_feature) = match first {
            Err(failed) if tail.is_some() && failed.refuses_log_tail => {
                tracing::debug!(function = %function.name, "Lambda refuses the log tail; calling without it");
                (self.attempt(wire, None, &call, &departure, true).await, Some(LOG_TAIL.to_owned()))
            }
            outcome => (outcome, None),
        };
        // Whoever answered may have repeated the event in any of its texts.
        let shown = |text: &Option<String>| text.clone().map(|text| scrubber.scrub(text));
        match outcome {
            Ok(answer) => {
                let answer = InvokeAnswer { refused_feature, ..answer };
                tracing::debug!(
                    function = %function.name,
                    http_status = answer.http_status,
                    request_id = shown(&answer.request_id),
                    function_error = answer.outcome.is_function_error(),
                    identified = answer.outcome != AnswerOutcome::Unidentified,
                    response_bytes = answer.response.len(),
                    "the call was answered"
                );
                Ok(answer)
            }
            Err(Failed { error, .. }) => {
                tracing::debug!(
                    function = %function.name,
                    delivery = ?error.delivery,
                    start = ?error.start,
                    code = error.code.as_str(),
                    provider_code = shown(&error.provider_code),
                    http_status = error.http_status,
                    request_id = shown(&error.request_id),
                    "the call brought no answer about the function"
                );
                Err(error)
            }
        }
    }
}

fn answer(output: InvokeOutput) -> InvokeAnswer {
    let request_id = output.request_id().map(str::to_owned);
    let response = output.payload.map(Blob::into_inner).unwrap_or_default();
    // Any value means that the function failed; Lambda may add new values.
    let outcome = match (output.status_code, output.function_error) {
        (200, None) => AnswerOutcome::Returned,
        (200, kind) => {
            AnswerOutcome::FunctionError(ReportedError { kind, ..reported_error::read(&response) })
        }
        (202, _) => AnswerOutcome::Accepted,
        (204, _) => AnswerOutcome::Validated,
        _ => AnswerOutcome::Unproven,
    };
    InvokeAnswer {
        outcome,
        http_status: u16::try_from(output.status_code).ok(),
        request_id,
        executed_version: output.executed_version,
        log_tail: output.log_result.as_deref().map(decode_log),
        report: None,
        response,
        refused_feature: None,
        unmarked: false,
        origin: None,
    }
}
