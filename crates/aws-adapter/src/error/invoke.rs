//! The failures of a call. What is at stake is the proof that the function did not start: where there is
//! none, it may have.

use super::transport;
use crate::timeouts::Waits;
use aws_sdk_lambda::{
    operation::{RequestId, invoke::InvokeError as SdkInvokeError},
    types::error::TooManyRequestsException,
};
use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use lamplight_aws_model::{InvokeErrorClass, LambdaLimits, Repeat, classify};
use lamplight_domain::{Delivery, ErrorCode, FunctionRef, InvocationType, Qualifier, Start};
use lamplight_http_adapter::Cause;
use lamplight_ports::{InvokeError, PortErrorKind};
use std::time::Duration;

/// AWS quotes the event in the message of this one.
const QUOTES_THE_EVENT: &str = "InvalidRequestContentException";

/// What was called, for the texts.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    pub(crate) function: &'a FunctionRef,
    pub(crate) qualifier: Option<&'a Qualifier>,
    pub(crate) invocation_type: InvocationType,
    pub(crate) region: &'a str,
    /// The size of the event in bytes.
    pub(crate) payload_bytes: usize,
    pub(crate) waits: Waits,
}

/// Words for the log tail in a refusal, in small letters without spaces and dashes.
const LOG_TAIL_WORDS: [&str; 3] = ["logtype", "logtail", "taillog"];

/// Whether Lambda says that the function gives no log tail. Only an answer that proves that the function did
/// not start counts.
pub(crate) fn refuses_log_tail(error: &SdkError<SdkInvokeError, HttpResponse>) -> bool {
    let SdkError::ServiceError(service) = error else { return false };
    let (http, code) = super::status_and_code(service.raw(), service.err().meta());
    let facts = classify(code.as_deref(), http);
    let words =
        service.err().meta().message().unwrap_or_default().to_lowercase().replace([' ', '-', '_'], "");
    facts.start == Start::DidNotStart
        && facts.class == InvokeErrorClass::InvalidRequest
        && LOG_TAIL_WORDS.iter().any(|word| words.contains(word))
}

/// Maps the failure of a call. `may_have_left` is what the connection knows: whether any byte of the request
/// can have been sent.
pub(crate) fn invoke_error(
    error: &SdkError<SdkInvokeError, HttpResponse>,
    may_have_left: bool,
    call: &Call<'_>,
) -> InvokeError {
    let request_id = error.request_id().map(str::to_owned);
    let told = match error {
        // An answer of a service proves that the request left.
        SdkError::ServiceError(service) => {
            InvokeError { request_id, ..refused(service.err(), service.raw(), call) }
        }
        error if may_have_left => {
            let http_status = match error {
                SdkError::ResponseError(answer) => Some(answer.raw().status().as_u16()),
                _ => None,
            };
            InvokeError { request_id, http_status, ..unanswered(error, call) }
        }
        error => not_sent(error, call),
    };
    match call.invocation_type {
        InvocationType::DryRun => of_dry_run(told, call),
        InvocationType::RequestResponse | InvocationType::Event => told,
    }
}

/// A dry run starts nothing, whatever becomes of it: what the texts say of a call is not true of it.
fn of_dry_run(told: InvokeError, call: &Call<'_>) -> InvokeError {
    if told.start == Start::DidNotStart {
        return told;
    }
    let doubts = [
        format!("; function {} may have started", call.function.name),
        "; the function may have run".to_owned(),
    ];
    let mut message = told.message;
    for doubt in doubts {
        message = message.replace(&doubt, "");
    }
    InvokeError {
        message: format!("{message}; a dry run starts no function"),
        hint: Some(
            "try again; check the region, the endpoint URL, the network and the proxy settings".into(),
        ),
        ..told
    }
}

/// The failure of a call that was never tried.
pub(crate) fn client_context_too_large(bytes: usize) -> InvokeError {
    let limit = LambdaLimits::LAMBDA.client_context_base64_bytes;
    InvokeError {
        delivery: Delivery::NotSent,
        start: Start::DidNotStart,
        transient: false,
        retry_after: None,
        kind: PortErrorKind::TooLarge,
        code: ErrorCode::ClientContextTooLarge,
        provider_code: None,
        http_status: None,
        request_id: None,
        message: format!(
            "the client context is {bytes} bytes in base64; Lambda takes at most {limit}; nothing was sent"
        ),
        hint: Some("put what is large into the event".into()),
        source: None,
    }
}

fn not_sent(error: &SdkError<SdkInvokeError, HttpResponse>, call: &Call<'_>) -> InvokeError {
    let failure = transport::before_sending(error);
    InvokeError {
        delivery: Delivery::NotSent,
        start: Start::DidNotStart,
        transient: failure.transient,
        retry_after: None,
        kind: failure.kind,
        code: failure.code,
        provider_code: None,
        http_status: None,
        request_id: None,
        message: format!("calling {} in region {}: {}", call.function.name, call.region, failure.message),
        hint: Some(failure.hint),
        source: transport::cause(error).map(Into::into),
    }
}

fn unanswered(error: &SdkError<SdkInvokeError, HttpResponse>, call: &Call<'_>) -> InvokeError {
    let failure = transport::after_sending(error);
    let waited = match error {
        SdkError::TimeoutError(_) => format!(" ({} s)", call.waits.whole.as_secs()),
        _ if failure.code == ErrorCode::Timeout => format!(" ({} s)", call.waits.head.as_secs()),
        _ => String::new(),
    };
    InvokeError {
        delivery: Delivery::MaybeSent,
        start: Start::MayHaveStarted,
        transient: failure.transient,
        retry_after: None,
        kind: failure.kind,
        code: failure.code,
        provider_code: None,
        http_status: None,
        request_id: None,
        message: format!(
            "calling {} in region {}: {}{waited}; the function may have run",
            call.function.name, call.region, failure.message
        ),
        hint: Some("look at the function's log or metrics before running it again".into()),
        source: Cause::chain(error).map(Into::into),
    }
}

fn refused(error: &SdkInvokeError, answer: &HttpResponse, call: &Call<'_>) -> InvokeError {
    let (http, code) = super::status_and_code(answer, error.meta());
    let facts = classify(code.as_deref(), http);
    let mut subject = super::subject(call.function, call.qualifier, call.region);
    let words = error.meta().message().filter(|_| code.as_deref() != Some(QUOTES_THE_EVENT));
    if let Some(arn) = words.and_then(function_arn) {
        arn.clone_into(&mut subject.resource);
    }
    let (kind, stable) = super::kind_and_code(&facts);
    let throttled = match error {
        SdkInvokeError::TooManyRequestsException(throttled) => Some(throttled),
        _ => None,
    };
    let message = match (facts.class, throttled.and_then(TooManyRequestsException::reason)) {
        (InvokeErrorClass::TooLarge, _) => too_large(call, &facts.message(&subject)),
        (_, Some(reason)) => format!("{} ({})", facts.message(&subject), reason.as_str()),
        (_, None) => facts.message(&subject),
    };
    InvokeError {
        delivery: Delivery::Answered,
        start: facts.start,
        transient: facts.repeat == Repeat::Backoff
            || (facts.start == Start::MayHaveStarted && may_pass(facts.class)),
        retry_after: throttled
            .and_then(TooManyRequestsException::retry_after_seconds)
            .or_else(|| answer.headers().get("retry-after"))
            .and_then(|seconds| seconds.trim().parse().ok())
            .map(Duration::from_secs),
        kind,
        code: stable,
        provider_code: code,
        http_status: Some(http),
        request_id: None,
        message,
        hint: Some(facts.hint(&subject)),
        source: words.map(Cause::of_words).map(Into::into),
    }
}

fn too_large(call: &Call<'_>, message: &str) -> String {
    let (bytes, invocation_type) = (call.payload_bytes, call.invocation_type);
    let limit = match invocation_type {
        InvocationType::Event => LambdaLimits::LAMBDA.async_payload_bytes,
        InvocationType::RequestResponse | InvocationType::DryRun => LambdaLimits::LAMBDA.sync_payload_bytes,
    };
    if bytes > limit {
        format!(
            "the event is {bytes} bytes; Lambda takes at most {limit} in a call of type {invocation_type}"
        )
    } else {
        format!("{message}: the event is {bytes} bytes and the limit of the event alone {limit}")
    }
}

/// The function's ARN where AWS names it in its own words: it knows the account, and we may not.
fn function_arn(words: &str) -> Option<&str> {
    words
        .split(|c: char| c.is_whitespace() || c == ',' || c == '"')
        .find(|word| word.starts_with("arn:") && word.contains(":lambda:") && word.contains(":function:"))
}

/// Whether the cause of an answer without proof may pass.
fn may_pass(class: InvokeErrorClass) -> bool {
    match class {
        InvokeErrorClass::Throttled
        | InvokeErrorClass::NotReady
        | InvokeErrorClass::Unavailable
        | InvokeErrorClass::Internal => true,
        InvokeErrorClass::Denied
        | InvokeErrorClass::Unauthenticated
        | InvokeErrorClass::NotFound
        | InvokeErrorClass::TooLarge
        | InvokeErrorClass::InvalidRequest
        | InvokeErrorClass::Conflict
        | InvokeErrorClass::Misconfigured => false,
    }
}
