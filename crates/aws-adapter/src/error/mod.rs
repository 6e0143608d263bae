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
use lamplight_aws_model::{AwsErrorClass, FunctionSpec, Subject, codes};
use lamplight_domain::{ErrorCode, FunctionRef, Qualifier};
use lamplight_ports::PortErrorKind;

/// The status and the error code of a refusal. The SDK loses the code in the header where the body beside it
/// cannot be read.
fn status_and_code(answer: &HttpResponse, meta: &ErrorMetadata) -> (u16, Option<String>) {
    let header = answer.headers().get("x-amzn-errortype");
    let code = meta.code().or(header).map(|code| code.split(':').next().unwrap_or(code).to_owned());
    (answer.status().as_u16(), code)
}

/// How a class of errors is told to the callers of ports. Those of calls and of changes differ in what is not found and
/// what is too large.
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
        // A quota is a limit of the account, and waiting does not lift it.
        AwsErrorClass::LimitExceeded => (PortErrorKind::Throttled, ErrorCode::QuotaExceeded),
        AwsErrorClass::CodeStorageExceeded => (PortErrorKind::Throttled, codes::CODE_STORAGE_EXCEEDED),
        AwsErrorClass::PolicyTooLong => (PortErrorKind::TooLarge, codes::POLICY_TOO_LONG),
        AwsErrorClass::TooLarge => (PortErrorKind::TooLarge, too_large),
        AwsErrorClass::InvalidRequest => (PortErrorKind::InvalidRequest, ErrorCode::InvalidRequest),
        AwsErrorClass::InvalidCode => (PortErrorKind::InvalidRequest, ErrorCode::CodeNotTrusted),
        AwsErrorClass::PublicPolicy => (PortErrorKind::Denied, codes::PUBLIC_ACCESS_BLOCKED),
        AwsErrorClass::NotReady => (PortErrorKind::Unavailable, ErrorCode::NotReady),
        // Waiting does not help: it is the function that has to be changed.
        AwsErrorClass::Misconfigured => (PortErrorKind::InvalidRequest, ErrorCode::MisconfiguredFunction),
        AwsErrorClass::Unavailable | AwsErrorClass::Internal => {
            (PortErrorKind::Unavailable, ErrorCode::ServiceUnavailable)
        }
    }
}

/// The same for the error of a call.
fn kind_and_code_of_call(class: AwsErrorClass) -> (PortErrorKind, ErrorCode) {
    kind_and_code(class, ErrorCode::FunctionNotFound, ErrorCode::PayloadTooLarge)
}

/// What a call is about, for the texts; the account is known where the reference names it.
fn subject(function: &FunctionRef, qualifier: Option<&Qualifier>, region: &str) -> Subject {
    let spec = function.reference.parse::<FunctionSpec>().ok();
    let account = spec.as_ref().and_then(FunctionSpec::account);
    Subject::invoke(function.name.as_str(), qualifier.map(Qualifier::as_str), region, account)
}
