//! Failures without a whole answer: no credentials, no connection, no answer.

use crate::codes;
use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::result::SdkError;
use lamplight_ports::PortErrorKind::{self, InvalidRequest, Unauthenticated, Unavailable};
use std::{error::Error, fmt::Debug};

/// A failure as both kinds of port report it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Failure {
    pub(super) kind: PortErrorKind,
    pub(super) code: &'static str,
    pub(super) message: &'static str,
    pub(super) hint: &'static str,
    /// Whether the cause may pass.
    pub(super) transient: bool,
}

const NETWORK: &str = "check the region, the endpoint URL, the network and the proxy settings";

const NO_CONNECTION: Failure = Failure {
    kind: Unavailable,
    code: codes::CONNECTION_FAILED,
    message: "the connection could not be made; nothing was sent",
    hint: NETWORK,
    transient: true,
};

const NO_CONNECTION_IN_TIME: Failure =
    Failure { message: "no connection came about in time; nothing was sent", ..NO_CONNECTION };

/// What a new connection would meet again: a certificate that is not trusted, a proxy that refuses.
const CONNECTION_REFUSED: Failure = Failure {
    message: "the other side and this one could not agree on a connection; nothing was sent",
    hint: "check the endpoint's certificate, this machine's CA certificates and the proxy settings",
    transient: false,
    ..NO_CONNECTION
};

const NOT_BUILT: Failure = Failure {
    kind: InvalidRequest,
    code: codes::INVALID_REQUEST,
    message: "the request could not be built; nothing was sent",
    hint: "check the function's name and the endpoint URL",
    transient: false,
};

const CREDENTIALS_MISSING: Failure = Failure {
    kind: Unauthenticated,
    code: codes::CREDENTIALS_MISSING,
    message: "there are no credentials; nothing was sent",
    hint: "set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or sign in as with aws configure",
    transient: false,
};

const CREDENTIALS_FAILED: Failure = Failure {
    kind: Unauthenticated,
    code: codes::CREDENTIALS_FAILED,
    message: "no credentials could be got from where they are configured; nothing was sent",
    hint: "check the profile and its source of credentials; sign in again where it is a sign-in",
    transient: false,
};

const NO_ANSWER_IN_TIME: Failure = Failure {
    kind: Unavailable,
    code: codes::TIMEOUT,
    message: "no whole answer came in time",
    hint: NETWORK,
    transient: true,
};

const NO_ANSWER: Failure = Failure {
    code: codes::NO_ANSWER,
    message: "the connection ended before an answer came",
    ..NO_ANSWER_IN_TIME
};

const INCOMPLETE_ANSWER: Failure =
    Failure { code: codes::INCOMPLETE_ANSWER, message: "the answer did not come whole", ..NO_ANSWER_IN_TIME };

/// A failure of a request of which no byte was sent.
pub(super) fn before_sending<E, R>(error: &SdkError<E, R>) -> Failure
where
    E: Error + 'static,
    R: Debug,
{
    if let Some(credentials) = credentials_error(error) {
        return match credentials {
            CredentialsError::CredentialsNotLoaded(_) => CREDENTIALS_MISSING,
            CredentialsError::ProviderTimedOut(_) => Failure { transient: true, ..CREDENTIALS_FAILED },
            _ => CREDENTIALS_FAILED,
        };
    }
    match error {
        SdkError::TimeoutError(_) => NO_CONNECTION_IN_TIME,
        SdkError::DispatchFailure(failure) if failure.is_timeout() => NO_CONNECTION_IN_TIME,
        SdkError::DispatchFailure(failure) if failure.is_io() => NO_CONNECTION,
        SdkError::DispatchFailure(failure) if failure.is_other() => CONNECTION_REFUSED,
        _ => NOT_BUILT,
    }
}

/// A failure of a request of which some may have been sent; none of a service's own errors.
pub(super) fn after_sending<E, R>(error: &SdkError<E, R>) -> Failure {
    match error {
        SdkError::TimeoutError(_) => NO_ANSWER_IN_TIME,
        SdkError::DispatchFailure(failure) if failure.is_timeout() => NO_ANSWER_IN_TIME,
        SdkError::ResponseError(_) => INCOMPLETE_ANSWER,
        _ => NO_ANSWER,
    }
}

/// A failure of a request that may be repeated: here it is enough to guess how far it got.
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
    if had_connection && credentials_error(error).is_none() {
        after_sending(error)
    } else {
        before_sending(error)
    }
}

fn credentials_error<E, R>(error: &SdkError<E, R>) -> Option<&CredentialsError>
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

/// What lies beneath a failure, as text: the SDK's own errors hold whole answers in their `Debug`.
#[derive(Debug, thiserror::Error)]
#[error("{text}")]
pub(super) struct Cause {
    text: String,
    source: Option<Box<Cause>>,
}

impl Cause {
    /// The causes of a failure without a whole answer, outermost first.
    pub(super) fn chain(error: &(dyn Error + 'static)) -> Option<Self> {
        error.source().map(|cause| Self { text: cause.to_string(), source: Self::chain(cause).map(Box::new) })
    }

    /// A service's own words, on one line and no longer than a person reads.
    pub(super) fn of_words(words: &str) -> Self {
        const LONGEST: usize = 500;
        let text = words.split_whitespace().collect::<Vec<_>>().join(" ");
        Self { text: text.chars().take(LONGEST).collect(), source: None }
    }
}
