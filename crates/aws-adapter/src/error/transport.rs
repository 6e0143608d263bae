//! Failures without a complete answer: no credentials, no connection, no answer.

use super::CredentialsFailure;
use aws_smithy_runtime_api::client::result::SdkError;
use lamplight_domain::{ErrorCode, Hint};
use lamplight_http_adapter::{Cause, TunnelRefusal};
use lamplight_ports::PortErrorKind::{self, InvalidRequest, Unauthenticated, Unavailable};
use std::{borrow::Cow, error::Error, fmt::Debug, sync::Arc};

/// The parts of a failure that calls and all other requests have in common.
#[derive(Debug, Clone)]
pub(super) struct Failure {
    pub(super) kind: PortErrorKind,
    pub(super) code: ErrorCode,
    pub(super) message: Cow<'static, str>,
    pub(super) hint: Hint,
    /// Whether the cause may be temporary.
    pub(super) transient: bool,
}

const NETWORK: &str = "check the region, the endpoint URL, the network and the proxy settings";

fn no_connection() -> Failure {
    Failure {
        kind: Unavailable,
        code: ErrorCode::ConnectionFailed,
        message: Cow::Borrowed("could not connect; nothing was sent"),
        hint: NETWORK.into(),
        transient: true,
    }
}

pub(super) fn no_connection_in_time() -> Failure {
    Failure { message: Cow::Borrowed("could not connect in time; nothing was sent"), ..no_connection() }
}

/// A failure that a new connection would meet again: a certificate that is not trusted, or a proxy that refuses.
fn connection_refused(refusal: Option<&TunnelRefusal>) -> Failure {
    let (message, hint) = match refusal {
        Some(refusal) => (
            Cow::Owned(format!("{refusal}; nothing was sent")),
            "check that the proxy allows this host, its user and password, and the variables HTTPS_PROXY and NO_PROXY",
        ),
        None => (
            Cow::Borrowed("the TLS handshake failed; nothing was sent"),
            "check the endpoint's certificate, this machine's CA certificates and the proxy settings",
        ),
    };
    Failure { message, hint: hint.into(), transient: false, ..no_connection() }
}

fn not_built() -> Failure {
    Failure {
        kind: InvalidRequest,
        code: ErrorCode::InvalidRequest,
        message: Cow::Borrowed("the request could not be built; nothing was sent"),
        hint: "check the function's name and the endpoint URL".into(),
        transient: false,
    }
}

pub(super) fn no_answer_in_time() -> Failure {
    Failure {
        kind: Unavailable,
        code: ErrorCode::Timeout,
        message: Cow::Borrowed("no complete answer was received in time"),
        hint: NETWORK.into(),
        transient: true,
    }
}

fn no_answer() -> Failure {
    Failure {
        code: ErrorCode::NoAnswer,
        message: Cow::Borrowed("the connection was closed before the answer"),
        ..no_answer_in_time()
    }
}

pub(super) fn incomplete_answer() -> Failure {
    Failure {
        code: ErrorCode::IncompleteAnswer,
        message: Cow::Borrowed("the answer is incomplete"),
        ..no_answer_in_time()
    }
}

/// The failure of a request of which no byte was sent.
pub(super) fn before_sending<E, R>(error: &SdkError<E, R>) -> Failure
where
    E: Error + 'static,
    R: Debug,
{
    if let Some(failure) = credentials_failure(error) {
        return Failure {
            kind: failure.kind,
            code: failure.code.clone(),
            message: Cow::Owned(failure.message.clone()),
            hint: failure.hint.clone(),
            transient: failure.transient,
        };
    }
    match error {
        SdkError::TimeoutError(_) => no_connection_in_time(),
        SdkError::DispatchFailure(failure) if failure.is_timeout() => no_connection_in_time(),
        SdkError::DispatchFailure(failure) if failure.is_io() => no_connection(),
        SdkError::DispatchFailure(failure) if failure.is_other() => {
            let refusal = failure.as_connector_error().and_then(|error| TunnelRefusal::find(error));
            connection_refused(refusal)
        }
        _ => not_built(),
    }
}

/// The failure of a request of which some bytes may have been sent. Errors of the service itself are not mapped here.
pub(super) fn after_sending<E, R>(error: &SdkError<E, R>) -> Failure {
    match error {
        SdkError::TimeoutError(_) => no_answer_in_time(),
        SdkError::DispatchFailure(failure) if failure.is_timeout() => no_answer_in_time(),
        SdkError::ResponseError(_) => incomplete_answer(),
        _ => no_answer(),
    }
}

/// The failure of a request that may be repeated. So it is enough to guess from the SDK's error how far the request got.
pub(super) fn of_a_read<E, R>(error: &SdkError<E, R>) -> Failure
where
    E: Error + 'static,
    R: Debug,
{
    let had_connection = match error {
        SdkError::TimeoutError(_) | SdkError::ResponseError(_) => true,
        SdkError::DispatchFailure(failure) => {
            failure.is_timeout()
                || failure
                    .as_connector_error()
                    .is_some_and(|connector| connector.connection_metadata().is_some())
        }
        _ => false,
    };
    if had_connection && credentials_failure(error).is_none() {
        after_sending(error)
    } else {
        before_sending(error)
    }
}

/// Why credentials could not be obtained, if that is the cause.
pub(crate) fn credentials_failure<E, R>(error: &SdkError<E, R>) -> Option<&CredentialsFailure>
where
    E: Error + 'static,
    R: Debug,
{
    let mut cause = error.source();
    while let Some(error) = cause {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        cause = error.source();
    }
    None
}

/// The causes of a failure. If credentials could not be obtained, it is the cause of that, because its message is already
/// the failure's message.
pub(super) fn cause<E, R>(error: &SdkError<E, R>) -> Option<Arc<Cause>>
where
    E: Error + 'static,
    R: Debug + 'static,
{
    match credentials_failure(error) {
        Some(failure) => failure.cause.clone(),
        None => Cause::chain(error).map(Arc::new),
    }
}

/// The failure to reach STS for credentials, a request that may be repeated.
pub(crate) fn transport_failure<E, R>(error: &SdkError<E, R>, action: &str) -> CredentialsFailure
where
    E: Error + 'static,
    R: Debug + 'static,
{
    let failure = of_a_read(error);
    CredentialsFailure {
        kind: Unauthenticated,
        // After a timeout the SDK has already retried, so another retry would only wait as long again.
        transient: failure.transient && failure.code != ErrorCode::Timeout,
        code: failure.code,
        message: format!("{action}: {}", failure.message),
        hint: failure.hint,
        cause: cause(error),
    }
}
