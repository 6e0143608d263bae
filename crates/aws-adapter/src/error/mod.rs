//! What the SDK's failures mean to a caller of the ports. Each is mapped once, here.

pub(crate) mod answers;
pub(crate) mod change;
mod credentials;
pub(crate) mod invoke;
pub(crate) mod manage;
pub(crate) mod read;
mod transport;

pub(crate) use credentials::CredentialsFailure;
pub(crate) use transport::{credentials_failure, transport_failure};

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_types::error::ErrorMetadata;
use lamplight_aws_model::{FunctionSpec, InvokeErrorClass, InvokeErrorFacts, Repeat, Subject};
use lamplight_domain::{ErrorCode, FunctionRef, Qualifier};
use lamplight_ports::PortErrorKind;

/// The status and the error code of a refusal. The SDK loses the code in the header where the body beside it
/// cannot be read.
fn status_and_code(answer: &HttpResponse, meta: &ErrorMetadata) -> (u16, Option<String>) {
    let header = answer.headers().get("x-amzn-errortype");
    let code = meta.code().or(header).map(|code| code.split(':').next().unwrap_or(code).to_owned());
    (answer.status().as_u16(), code)
}

/// How a class of errors is told to the callers of ports.
fn kind_and_code(facts: &InvokeErrorFacts) -> (PortErrorKind, ErrorCode) {
    match facts.class {
        InvokeErrorClass::Denied => (PortErrorKind::Denied, ErrorCode::AccessDenied),
        InvokeErrorClass::Unauthenticated => (PortErrorKind::Unauthenticated, ErrorCode::NotAuthenticated),
        InvokeErrorClass::NotFound => (PortErrorKind::NotFound, ErrorCode::FunctionNotFound),
        InvokeErrorClass::Throttled => match facts.repeat {
            Repeat::Never if facts.http == 402 => (PortErrorKind::Throttled, ErrorCode::QuotaExceeded),
            Repeat::Never | Repeat::Backoff => (PortErrorKind::Throttled, ErrorCode::Throttled),
        },
        InvokeErrorClass::TooLarge => (PortErrorKind::TooLarge, ErrorCode::PayloadTooLarge),
        InvokeErrorClass::InvalidRequest => (PortErrorKind::InvalidRequest, ErrorCode::InvalidRequest),
        InvokeErrorClass::Conflict => (PortErrorKind::Conflict, ErrorCode::Conflict),
        InvokeErrorClass::NotReady => (PortErrorKind::Unavailable, ErrorCode::NotReady),
        // Waiting does not help: it is the function that has to be changed.
        InvokeErrorClass::Misconfigured => (PortErrorKind::InvalidRequest, ErrorCode::MisconfiguredFunction),
        InvokeErrorClass::Unavailable | InvokeErrorClass::Internal => {
            (PortErrorKind::Unavailable, ErrorCode::ServiceUnavailable)
        }
    }
}

/// What a call is about, for the texts; the account is known where the reference names it.
fn subject(function: &FunctionRef, qualifier: Option<&Qualifier>, region: &str) -> Subject {
    let spec = function.reference.parse::<FunctionSpec>().ok();
    let account = spec.as_ref().and_then(FunctionSpec::account);
    Subject::invoke(function.name.as_str(), qualifier.map(Qualifier::as_str), region, account)
}
