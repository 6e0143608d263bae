//! What the SDK's failures mean to a caller of the ports. Each is mapped once, here.

pub(crate) mod answers;
mod cause;
pub(crate) mod change;
mod credentials;
pub(crate) mod invoke;
pub(crate) mod manage;
pub(crate) mod read;
mod transport;

pub(crate) use cause::Cause;
pub(crate) use credentials::CredentialsFailure;
pub(crate) use transport::{credentials_failure, transport_failure};

use crate::codes;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_types::error::ErrorMetadata;
use lamplight_aws_model::{FunctionSpec, InvokeErrorClass, InvokeErrorFacts, Repeat, Subject};
use lamplight_domain::{FunctionRef, Qualifier};
use lamplight_ports::PortErrorKind;

/// The status and the error code of a refusal. The SDK loses the code in the header where the body beside it
/// cannot be read.
fn status_and_code(answer: &HttpResponse, meta: &ErrorMetadata) -> (u16, Option<String>) {
    let header = answer.headers().get("x-amzn-errortype");
    let code = meta.code().or(header).map(|code| code.split(':').next().unwrap_or(code).to_owned());
    (answer.status().as_u16(), code)
}

/// How a class of errors is told to the callers of ports.
fn kind_and_code(facts: &InvokeErrorFacts) -> (PortErrorKind, &'static str) {
    match facts.class {
        InvokeErrorClass::Denied => (PortErrorKind::Denied, codes::ACCESS_DENIED),
        InvokeErrorClass::Unauthenticated => (PortErrorKind::Unauthenticated, codes::NOT_AUTHENTICATED),
        InvokeErrorClass::NotFound => (PortErrorKind::NotFound, codes::FUNCTION_NOT_FOUND),
        InvokeErrorClass::Throttled => match facts.repeat {
            Repeat::Never if facts.http == 402 => (PortErrorKind::Throttled, codes::QUOTA_EXCEEDED),
            Repeat::Never | Repeat::Backoff => (PortErrorKind::Throttled, codes::THROTTLED),
        },
        InvokeErrorClass::TooLarge => (PortErrorKind::TooLarge, codes::PAYLOAD_TOO_LARGE),
        InvokeErrorClass::InvalidRequest => (PortErrorKind::InvalidRequest, codes::INVALID_REQUEST),
        InvokeErrorClass::Conflict => (PortErrorKind::Conflict, codes::CONFLICT),
        InvokeErrorClass::NotReady => (PortErrorKind::Unavailable, codes::NOT_READY),
        // Waiting does not help: it is the function that has to be changed.
        InvokeErrorClass::Misconfigured => (PortErrorKind::InvalidRequest, codes::MISCONFIGURED_FUNCTION),
        InvokeErrorClass::Unavailable | InvokeErrorClass::Internal => {
            (PortErrorKind::Unavailable, codes::SERVICE_UNAVAILABLE)
        }
    }
}

/// What a call is about, for the texts; the account is known where the reference names it.
fn subject(function: &FunctionRef, qualifier: Option<&Qualifier>, region: &str) -> Subject {
    let spec = function.reference.parse::<FunctionSpec>().ok();
    let account = spec.as_ref().and_then(FunctionSpec::account);
    Subject::invoke(function.name.as_str(), qualifier.map(Qualifier::as_str), region, account)
}
