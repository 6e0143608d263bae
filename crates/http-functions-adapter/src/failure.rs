//! The errors of a call: how far the request got, and what that proves.

use crate::HttpFunction;
use lamplight_domain::{Action, ErrorCode, FunctionName, FunctionRef, Hint, Start};
use lamplight_http_adapter::{Answer, SendFailure, SendFailureKind, Waits};
use lamplight_ports::{InvokeError, PortError, PortErrorKind};
use std::time::Duration;

const TIME_LIMIT: &str = "the time limit is timeout_seconds of the function in the configuration, or an hour if it is not \
                          set, and a margin: change it there, or check why the function takes longer";
const NETWORK: &str = "check the URL, the network and the proxy settings";

/// The function is not declared.
pub(crate) fn not_declared(name: &FunctionName) -> InvokeError {
    let hint = Hint::new("declare it in the configuration, or choose another one: ").action(Action::Discover);
    let message = format!("function {name} is not declared for this connection; nothing was sent");
    InvokeError::not_sent(PortErrorKind::NotFound, ErrorCode::FunctionNotFound, message).with_hint(hint)
}

/// The job has another URL for the function than the configuration.
pub(crate) fn url_changed(function: &FunctionRef, declared: &HttpFunction) -> InvokeError {
    let FunctionRef { name, reference, .. } = function;
    let message = format!(
        "function {name} is declared with the URL {}, but the job has {reference}; nothing was sent",
        declared.url
    );
    let hint = Hint::new("import the function again to update the job: ").action(Action::Discover);
    InvokeError::not_sent(PortErrorKind::Conflict, ErrorCode::Conflict, message).with_hint(hint)
}

/// The function does not support this kind of call.
pub(crate) fn unsupported(name: &FunctionName, what: &str, hint: &'static str) -> InvokeError {
    let message = format!("function {name} {what}; nothing was sent");
    InvokeError::not_sent(PortErrorKind::Unsupported, ErrorCode::Unsupported, message).with_hint(hint)
}

/// A secret header that could not be read.
pub(crate) fn secret_error(name: &FunctionName, header: &str, error: PortError) -> InvokeError {
    let message = format!("calling {name}: header {header}: {}; nothing was sent", error.message);
    InvokeError {
        transient: error.kind == PortErrorKind::Unavailable,
        hint: error.hint,
        source: error.source,
        ..InvokeError::not_sent(error.kind, error.code, message)
    }
}

/// A request without a whole answer.
pub(crate) fn send_error(
    name: &FunctionName,
    function: &HttpFunction,
    waits: Waits,
    largest_answer: usize,
    failure: SendFailure,
) -> InvokeError {
    let (code, transient, what, hint) = match failure.kind {
        SendFailureKind::InvalidUrl => {
            (ErrorCode::InvalidEndpoint, false, "cannot send a request to this URL".to_owned(), NETWORK)
        }
        SendFailureKind::InvalidRequest => (
            ErrorCode::InvalidRequest,
            false,
            "could not build the request".to_owned(),
            "check the headers in the configuration; their secrets must not contain line breaks",
        ),
        SendFailureKind::NoConnection => {
            (ErrorCode::ConnectionFailed, true, "could not connect".to_owned(), NETWORK)
        }
        SendFailureKind::NotAgreed => (
            ErrorCode::ConnectionFailed,
            false,
            "the TLS handshake or the proxy tunnel failed".to_owned(),
            "check the server's certificate, the CA certificates on this machine and the proxy settings",
        ),
        SendFailureKind::Timeout if !failure.may_have_left => {
            (ErrorCode::ConnectionFailed, true, "could not connect in time".to_owned(), NETWORK)
        }
        SendFailureKind::Timeout => {
            let (head, whole) = (waits.head.as_secs_f32(), waits.whole.as_secs_f32());
            let what =
                format!("no response within {head} s, or the response was not complete within {whole} s");
            (ErrorCode::Timeout, true, what, TIME_LIMIT)
        }
        SendFailureKind::NoAnswer => (
            ErrorCode::NoAnswer,
            true,
            "the connection was closed before a response arrived".to_owned(),
            NETWORK,
        ),
        SendFailureKind::Incomplete => {
            (ErrorCode::IncompleteAnswer, true, "the response is incomplete".to_owned(), NETWORK)
        }
        SendFailureKind::TooLarge => (
            ErrorCode::IncompleteAnswer,
            false,
            format!("the response is larger than {largest_answer} bytes and was not read completely"),
            NETWORK,
        ),
    };
    let kind = match failure.kind {
        SendFailureKind::InvalidUrl | SendFailureKind::InvalidRequest => PortErrorKind::InvalidRequest,
        _ => PortErrorKind::Unavailable,
    };
    let what = format!("calling {name} at {}: {what}", function.url);
    let error = if failure.may_have_left {
        InvokeError::unanswered(kind, code, format!("{what}; the function may have run"))
            .with_hint("check the function's log before you run it again")
    } else {
        InvokeError::not_sent(kind, code, format!("{what}; nothing was sent")).with_hint(hint)
    };
    InvokeError { transient, http_status: failure.status, source: failure.source.map(Into::into), ..error }
}

/// An answer that the configuration declares as proof that the function did not start.
pub(crate) fn refusal(name: &FunctionName, function: &HttpFunction, answer: &Answer) -> InvokeError {
    let status = answer.status;
    let (kind, code, what, hint) = match status {
        401 => (
            PortErrorKind::Unauthenticated,
            ErrorCode::NotAuthenticated,
            "authentication failed",
            "check the secret headers in the configuration",
        ),
        403 => (
            PortErrorKind::Denied,
            ErrorCode::AccessDenied,
            "the caller is not allowed to call it",
            "check the secret headers in the configuration and the permissions of their owner",
        ),
        404 | 410 => (
            PortErrorKind::NotFound,
            ErrorCode::FunctionNotFound,
            "the function does not exist",
            "check the URL in the configuration",
        ),
        413 => (
            PortErrorKind::TooLarge,
            ErrorCode::PayloadTooLarge,
            "the event is too large",
            "send a reference to the data instead of the data",
        ),
        429 => (
            PortErrorKind::Throttled,
            ErrorCode::Throttled,
            "too many calls at the same time",
            "wait, or call it less often",
        ),
        _ => (
            PortErrorKind::InvalidRequest,
            ErrorCode::InvalidRequest,
            "the call was refused",
            "check the event and the headers in the configuration",
        ),
    };
    let retry_after = answer.header("retry-after").and_then(|seconds| seconds.trim().parse().ok());
    let message =
        format!("calling {name} at {}: {what} (HTTP {status}); the function did not start", function.url);
    InvokeError {
        transient: status == 429,
        retry_after: retry_after.map(Duration::from_secs),
        http_status: Some(status),
        ..InvokeError::answered(Start::DidNotStart, kind, code, message).with_hint(hint)
    }
}
