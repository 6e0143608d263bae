//! Maps the failures of calls. Without proof that the function did not start, it may have started.

use super::transport;
use crate::{
    lambda::{Unmarked, says_it_ran},
    timeouts::CallLimit,
};
use aws_sdk_lambda::{
    operation::{RequestId, invoke::InvokeError as SdkInvokeError},
    types::error::TooManyRequestsException,
};
use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::error::ErrorMetadata;
use lamplight_aws_model::{
    AwsErrorClass, Repeat, classify, code_of_emulator,
    limits::{ASYNC_PAYLOAD_BYTES, CLIENT_CONTEXT_BASE64_BYTES, SYNC_PAYLOAD_BYTES},
};
use lamplight_domain::{ErrorCode, FunctionRef, Hint, InvocationType, MASK, Qualifier, Scrubber, Start};
use lamplight_http_adapter::Cause;
use lamplight_ports::{InvokeError, PortErrorKind};
use std::time::Duration;

/// The message of this error can repeat parts of the event, so it is shown only if it is about the client context.
const QUOTES_THE_EVENT: &str = "InvalidRequestContentException";

/// Whether the message of an error is about the client context and quotes nothing.
fn refuses_context(words: &str) -> bool {
    words.to_lowercase().replace(' ', "").contains("clientcontext") && !words.contains(['"', '\'', '`'])
}

/// The call that failed, for messages.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    pub(crate) function: &'a FunctionRef,
    pub(crate) qualifier: Option<&'a Qualifier>,
    pub(crate) invocation_type: InvocationType,
    pub(crate) region: &'a str,
    /// The size of the event in bytes.
    pub(crate) payload_bytes: usize,
    /// How long its answer is waited for, as far as is known.
    pub(crate) limit: CallLimit,
    /// What an answer without a mark means.
    pub(crate) unmarked: Unmarked,
    /// The secrets of the run.
    pub(crate) scrubber: &'a Scrubber,
}

/// How a refusal names the log tail, in lower case without spaces, dashes and underscores.
const LOG_TAIL_WORDS: [&str; 3] = ["logtype", "logtail", "taillog"];

/// Whether Lambda refuses to return the log tail. Only an answer that proves that the function did not start counts.
pub(crate) fn refuses_log_tail(error: &SdkError<SdkInvokeError, HttpResponse>) -> bool {
    let SdkError::ServiceError(service) = error else { return false };
    let (http, code) = super::status_and_code(service.raw(), service.err().meta());
    let facts = classify(code.as_deref(), http);
    // Lambda writes the header's name in several ways.
    let words =
        service.err().meta().message().unwrap_or_default().to_lowercase().replace([' ', '-', '_'], "");
    facts.proven
        && !says_it_ran(service.raw())
        && facts.class == AwsErrorClass::InvalidRequest
        && LOG_TAIL_WORDS.iter().any(|word| words.contains(word))
}

/// Maps the failure of a call. `may_have_left` says whether any byte of the request can have been sent, as observed by the
/// HTTP client.
pub(crate) fn invoke_error(
    error: &SdkError<SdkInvokeError, HttpResponse>,
    may_have_left: bool,
    call: &Call<'_>,
) -> InvokeError {
    let request_id = error.request_id().map(str::to_owned);
    match error {
        // An answer of a service proves that the request was sent.
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
    }
}

/// The end of the message and the hint for an error that does not prove that the function did not start.
fn in_doubt(call: &Call<'_>, hint: Hint) -> (String, Hint) {
    match call.invocation_type {
        InvocationType::DryRun => (
            "the dry run has no result".to_owned(),
            "check the region, the endpoint URL, the network and the proxy settings, then retry".into(),
        ),
        InvocationType::RequestResponse | InvocationType::Event => {
            (format!("function {} may have started", call.function.name), hint)
        }
    }
}

/// The failure of a call that was not sent because its client context is too large.
pub(crate) fn client_context_too_large(bytes: usize) -> InvokeError {
    let limit = CLIENT_CONTEXT_BASE64_BYTES;
    let message = format!(
        "the client context is {bytes} bytes in base64; Lambda accepts at most {limit}; nothing was sent"
    );
    InvokeError::not_sent(PortErrorKind::TooLarge, ErrorCode::ClientContextTooLarge, message)
        .with_hint("move large values to the event")
}

fn not_sent(error: &SdkError<SdkInvokeError, HttpResponse>, call: &Call<'_>) -> InvokeError {
    let source = transport::cause(error).map(Into::into);
    InvokeError { source, ..unsent(transport::before_sending(error), call) }
}

/// The failure of a call of which nothing was sent.
fn unsent(failure: transport::Failure, call: &Call<'_>) -> InvokeError {
    let message = format!("calling {} in region {}: {}", call.function.name, call.region, failure.message);
    InvokeError {
        transient: failure.transient,
        hint: Some(failure.hint),
        ..InvokeError::not_sent(failure.kind, failure.code, message)
    }
}

/// The failure of a call whose answer ended with its connection, so that a part of it may be missing.
pub(crate) fn cut_off(http_status: u16, request_id: Option<String>, call: &Call<'_>) -> InvokeError {
    let failure = transport::incomplete_answer();
    InvokeError { http_status: Some(http_status), request_id, ..in_the_dark(&failure, "", call) }
}

/// The failure of a call whose answer is no longer waited for.
pub(crate) fn given_up(waited: &str, may_have_left: bool, call: &Call<'_>) -> InvokeError {
    if may_have_left {
        return in_the_dark(&transport::no_answer_in_time(), &format!(" ({waited})"), call);
    }
    unsent(transport::no_connection_in_time(), call)
}

fn unanswered(error: &SdkError<SdkInvokeError, HttpResponse>, call: &Call<'_>) -> InvokeError {
    let failure = transport::after_sending(error);
    InvokeError { source: Cause::chain(error).map(Into::into), ..in_the_dark(&failure, "", call) }
}

/// The failure of a call that may have been sent and has no complete answer.
fn in_the_dark(failure: &transport::Failure, waited: &str, call: &Call<'_>) -> InvokeError {
    let look = "look at the function's log or metrics before running it again";
    let (doubt, hint) = in_doubt(call, look.into());
    let message = format!(
        "calling {} in region {}: {}{waited}; {doubt}",
        call.function.name, call.region, failure.message
    );
    InvokeError {
        transient: failure.transient,
        hint: Some(hint),
        ..InvokeError::unanswered(failure.kind, failure.code.clone(), message)
    }
}

/// The refusal of a call, if the head of the answer proves it.
pub(crate) fn refused_by_head(head: &HttpResponse, call: &Call<'_>) -> Option<InvokeError> {
    let error = SdkInvokeError::generic(ErrorMetadata::builder().build());
    let refusal = refused(&error, head, call);
    (refusal.start == Start::DidNotStart).then(|| InvokeError { request_id: request_id_in(head), ..refusal })
}

/// The failure of a call whose answer says both that it succeeded and that it was refused.
pub(crate) fn success_and_refusal(head: &HttpResponse, call: &Call<'_>) -> InvokeError {
    let (http, code) = super::status_and_code(head, &ErrorMetadata::builder().build());
    let code = match (classify(code.as_deref(), http).code, code) {
        (Some(known), _) => known.to_owned(),
        (None, code) => unknown_code(code.unwrap_or_default(), head, call),
    };
    let what =
        format!("HTTP {http} says that it succeeded, and x-amzn-errortype that it was refused ({code})");
    contradictory(&what, head, code, call)
}

/// The failure of a call whose answer says both that the function ran and that the call was refused.
fn run_and_refusal(answer: &HttpResponse, code: &str, call: &Call<'_>) -> InvokeError {
    let what = format!("its headers say that the function ran, and {code} that the call was refused");
    contradictory(&what, answer, code.to_owned(), call)
}

fn contradictory(what: &str, answer: &HttpResponse, code: String, call: &Call<'_>) -> InvokeError {
    let look = "look at the function's log or metrics before running it again";
    let (doubt, hint) = in_doubt(call, look.into());
    let message = format!(
        "calling {} in region {}: the answer contradicts itself: {what}; {doubt}",
        call.function.name, call.region
    );
    InvokeError {
        provider_code: Some(code),
        http_status: Some(answer.status().as_u16()),
        request_id: request_id_in(answer),
        hint: Some(hint),
        ..InvokeError::answered(
            Start::MayHaveStarted,
            PortErrorKind::Corrupt,
            ErrorCode::UnexpectedAnswer,
            message,
        )
    }
}

fn request_id_in(answer: &HttpResponse) -> Option<String> {
    answer.request_id().map(str::to_owned)
}

fn refused(error: &SdkInvokeError, answer: &HttpResponse, call: &Call<'_>) -> InvokeError {
    let (http, mut code) = super::status_and_code(answer, error.meta());
    if call.unmarked == Unmarked::Accepted {
        code = code.map(|code| code_of_emulator(&code).map_or(code, str::to_owned));
    }
    let facts = classify(code.as_deref(), http);
    if facts.proven && says_it_ran(answer) {
        return run_and_refusal(answer, facts.code.unwrap_or_default(), call);
    }
    let mut subject = super::subject(call.function, call.qualifier, call.region);
    // Secrets are masked before anything is cut out of the message.
    let words = error
        .meta()
        .message()
        .filter(|words| code.as_deref() != Some(QUOTES_THE_EVENT) || refuses_context(words));
    let words = words.map(|words| call.scrubber.scrub(words.to_owned()));
    if let Some(arn) = words.as_deref().and_then(function_arn) {
        arn.clone_into(&mut subject.resource);
    }
    let (kind, stable) = super::kind_and_code_of_call(facts.class);
    let throttled = match error {
        SdkInvokeError::TooManyRequestsException(throttled) => Some(throttled),
        _ => None,
    };
    let message = match (facts.class, throttled.and_then(TooManyRequestsException::reason)) {
        (AwsErrorClass::TooLarge, _) => too_large(call, &facts.message(&subject)),
        (_, Some(reason)) => format!("{} ({})", facts.message(&subject), reason.as_str()),
        (_, None) => facts.message(&subject),
    };
    let message = match words.as_deref().filter(|words| refuses_context(words)) {
        Some(words) => format!("{message}: {words}"),
        None => message,
    };
    let (message, hint) = if facts.proven {
        (message, facts.hint(&subject))
    } else {
        let (doubt, hint) = in_doubt(call, facts.hint(&subject));
        (format!("{message}; {doubt}"), hint)
    };
    InvokeError {
        transient: facts.repeat == Repeat::Backoff || (!facts.proven && facts.class.may_pass()),
        retry_after: throttled
            .and_then(TooManyRequestsException::retry_after_seconds)
            .or_else(|| answer.headers().get("retry-after"))
            .and_then(|seconds| seconds.trim().parse().ok())
            .map(Duration::from_secs),
        provider_code: code
            .map(|code| if facts.code.is_none() { unknown_code(code, answer, call) } else { code }),
        http_status: Some(http),
        hint: Some(hint),
        source: words.as_deref().map(Cause::of_words).map(Into::into),
        ..InvokeError::answered(facts.start(), kind, stable, message)
    }
}

/// A code that Lambda does not document. It was cut out of a longer text, so it may be a part of a secret.
fn unknown_code(code: String, answer: &HttpResponse, call: &Call<'_>) -> String {
    let header = answer.headers().get("x-amzn-errortype").unwrap_or_default();
    let body = String::from_utf8_lossy(answer.body().bytes().unwrap_or_default());
    if call.scrubber.finds(header) || call.scrubber.finds(&body) { MASK.to_owned() } else { code }
}

fn too_large(call: &Call<'_>, message: &str) -> String {
    let (bytes, invocation_type) = (call.payload_bytes, call.invocation_type);
    let limit = match invocation_type {
        InvocationType::Event => ASYNC_PAYLOAD_BYTES,
        InvocationType::RequestResponse | InvocationType::DryRun => SYNC_PAYLOAD_BYTES,
    };
    if bytes > limit {
        format!(
            "the event is {bytes} bytes; Lambda accepts at most {limit} in a call of type {invocation_type}"
        )
    } else {
        format!("{message}: the event is {bytes} bytes, and the limit for the event alone is {limit}")
    }
}

/// The function's ARN in AWS's message, if it contains one: AWS knows the account, which we may not.
fn function_arn(words: &str) -> Option<&str> {
    words
        .split(|c: char| c.is_whitespace() || c == ',' || c == '"')
        .find(|word| word.starts_with("arn:") && word.contains(":lambda:") && word.contains(":function:"))
}
