//! Maps the SDK's failures to the errors of the ports. Each failure is mapped once, here.

pub(crate) mod answers;
pub(crate) mod change;
mod credentials;
pub(crate) mod invoke;
pub(crate) mod manage;
pub(crate) mod origin;
pub(crate) mod read;
mod transport;

pub(crate) use credentials::{CredentialsFailure, is_sign_in_missing};
pub(crate) use transport::{credentials_failure, transport_failure};

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_types::error::ErrorMetadata;
use lamplight_aws_model::{AwsErrorClass, FunctionSpec, Subject, codes};
use lamplight_domain::{ErrorCode, FunctionRef, Qualifier};
use lamplight_ports::PortErrorKind;

/// The HTTP status and the error code of an error answer. If the body cannot be read, the SDK ignores the code in the
/// header, so the header is read here.
fn status_and_code(answer: &HttpResponse, meta: &ErrorMetadata) -> (u16, Option<String>) {
    let header = answer.headers().get("x-amzn-errortype");
    let code = meta.code().or(header).map(|code| code.split(':').next().unwrap_or(code).to_owned());
    (answer.status().as_u16(), code)
}

/// The kind and code of the port's error for a class of errors. `absent` and `too_large` differ between calls and
/// management operations.
fn kind_and_code(
    class: AwsErrorClass,
    absent: ErrorCode,
    too_large: ErrorCode,
) -> (PortErrorKind, ErrorCode) {
    match class {
        AwsErrorClass::Denied => (PortErrorKind::Denied, ErrorCode::AccessDenied),
        AwsErrorClass::Unauthenticated => (PortErrorKind::Unauthenticated, ErrorCode::NotAuthenticated),
        AwsErrorClass::NotFound => (PortErrorKind::NotFound, absent),
        AwsErrorClass::Exists => (PortErrorKind::Conflict, ErrorCode::AlreadyExists),
        AwsErrorClass::Conflict => (PortErrorKind::Conflict, ErrorCode::Conflict),
        AwsErrorClass::PreconditionFailed => (PortErrorKind::Conflict, ErrorCode::RevisionChanged),
        AwsErrorClass::Throttled => (PortErrorKind::Throttled, ErrorCode::Throttled),
        // A quota is a limit of the account; waiting does not help.
        AwsErrorClass::LimitExceeded => (PortErrorKind::Throttled, ErrorCode::QuotaExceeded),
        AwsErrorClass::CodeStorageExceeded => (PortErrorKind::Throttled, codes::CODE_STORAGE_EXCEEDED),
        AwsErrorClass::PolicyTooLong => (PortErrorKind::TooLarge, codes::POLICY_TOO_LONG),
        AwsErrorClass::TooLarge => (PortErrorKind::TooLarge, too_large),
        AwsErrorClass::InvalidRequest => (PortErrorKind::InvalidRequest, ErrorCode::InvalidRequest),
        AwsErrorClass::InvalidCode => (PortErrorKind::InvalidRequest, ErrorCode::CodeNotTrusted),
        AwsErrorClass::PublicPolicy => (PortErrorKind::Denied, codes::PUBLIC_ACCESS_BLOCKED),
        AwsErrorClass::NotReady => (PortErrorKind::Unavailable, ErrorCode::NotReady),
        // Waiting does not help: the function itself must be changed.
        AwsErrorClass::Misconfigured => (PortErrorKind::InvalidRequest, ErrorCode::MisconfiguredFunction),
        AwsErrorClass::Unavailable | AwsErrorClass::Internal => {
            (PortErrorKind::Unavailable, ErrorCode::ServiceUnavailable)
        }
    }
}

/// The kind and code for the error of a call.
fn kind_and_code_of_call(class: AwsErrorClass) -> (PortErrorKind, ErrorCode) {
    kind_and_code(class, ErrorCode::FunctionNotFound, ErrorCode::PayloadTooLarge)
}

/// The subject of a call, for messages. The account is known only if the function's reference contains it.
fn subject(function: &FunctionRef, qualifier: Option<&Qualifier>, region: &str) -> Subject {
    let spec = function.reference.parse::<FunctionSpec>().ok();
    let account = spec.as_ref().and_then(FunctionSpec::account);
    Subject::invoke(function.name.as_str(), qualifier.map(Qualifier::as_str), region, account)
}
