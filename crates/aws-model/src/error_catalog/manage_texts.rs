//! The messages and hints for errors of management operations, by class and operation.
//! [`ManageSubject`](super::ManageSubject) gives the values for the placeholders in braces.

use super::{
    AwsErrorClass, Texts,
    table::{OfCall, PRECONDITION, Row},
};
use crate::Operation;

/// Message and hint.
pub(super) fn of(
    operation: Operation,
    class: AwsErrorClass,
    code: Option<&str>,
    proven: bool,
    row: &Row,
) -> Texts {
    match class {
        AwsErrorClass::Denied | AwsErrorClass::Unauthenticated => denied(operation, class, row.texts),
        AwsErrorClass::Exists => exists(operation),
        AwsErrorClass::Conflict | AwsErrorClass::NotReady => busy(operation),
        // If Invoke never returns the error, the table's texts are written for management.
        _ if row.call == OfCall::Unlisted => row.texts,
        AwsErrorClass::NotFound => not_found(operation, code),
        AwsErrorClass::PreconditionFailed => PRECONDITION,
        AwsErrorClass::Throttled => {
            ("AWS throttled {operation} in region {region}", "wait a moment, and make fewer calls at once")
        }
        AwsErrorClass::LimitExceeded
        | AwsErrorClass::CodeStorageExceeded
        | AwsErrorClass::PolicyTooLong
        | AwsErrorClass::PublicPolicy => (
            "a quota of the account in region {region} prevents {operation} for {thing}",
            "check the Lambda quotas in the region, and request an increase",
        ),
        AwsErrorClass::InvalidRequest | AwsErrorClass::InvalidCode | AwsErrorClass::Misconfigured => {
            invalid(operation, code)
        }
        AwsErrorClass::TooLarge => too_large(operation),
        AwsErrorClass::Unavailable | AwsErrorClass::Internal => failed(class, proven),
    }
}

fn denied(operation: Operation, class: AwsErrorClass, texts: Texts) -> Texts {
    // Passing a role needs a permission of its own, and if it is missing, AWS returns the same code.
    let passes_role = matches!(operation, Operation::CreateFunction | Operation::UpdateFunctionConfiguration);
    if passes_role && class == AwsErrorClass::Denied && texts.0.contains("{action}") {
        return (
            "the caller is not authorized to perform {action} on {resource}, or iam:PassRole on the execution role of {thing}",
            "allow the caller {action} on {resource}, and iam:PassRole on the role",
        );
    }
    texts
}

fn not_found(operation: Operation, code: Option<&str>) -> Texts {
    const CHECK: &str = "check the name, the region and the account";
    if code.is_none() {
        return (
            "the endpoint did not find {thing} in region {region}",
            "check the name, the region and the endpoint URL",
        );
    }
    match operation {
        Operation::CreateFunction => (
            "something that {thing} refers to was not found in region {region}",
            "check its role, code, layers, keys and network",
        ),
        Operation::UpdateFunctionCode | Operation::UpdateFunctionConfiguration => (
            "{thing}, or something that it refers to, was not found in region {region}",
            "check the name, the region and the account, and what it refers to",
        ),
        Operation::CreateAlias => (
            "the function of {thing}, or a version that it points to, was not found in region {region}",
            "check the function's name, and that the version is published",
        ),
        Operation::UpdateAlias => (
            "{thing}, or a version that it points to, was not found in region {region}",
            "check the names of function and alias, and that the version is published",
        ),
        Operation::AddPermission => (
            "the function, version or alias for {thing} was not found in region {region}",
            "check the function's name, and its version or alias",
        ),
        Operation::AddLayerVersionPermission => (
            "the layer version for {thing} was not found in region {region}",
            "check the layer and its version",
        ),
        Operation::GetPolicy | Operation::GetLayerVersionPolicy => {
            ("{thing} has no policy, or was not found in region {region}", CHECK)
        }
        Operation::GetFunctionEventInvokeConfig
        | Operation::UpdateFunctionEventInvokeConfig
        | Operation::DeleteFunctionEventInvokeConfig => {
            ("{thing} has no asynchronous invocation settings, or was not found in region {region}", CHECK)
        }
        _ => ("{thing} was not found in region {region}", CHECK),
    }
}

/// The function itself does not exist, so its alias or policy cannot exist either.
pub(super) const NO_FUNCTION: Texts = (
    "function {function} was not found in region {region}",
    "check the name, the region and the account; {list functions} shows all functions",
);

fn exists(operation: Operation) -> Texts {
    let hint = match operation {
        Operation::CreateFunction => "change it with {update code} or {update settings}, or use another name",
        Operation::CreateAlias => "change it with {update alias}, or use another name",
        _ => "remove it first, or use another statement ID",
    };
    ("{thing} already exists", hint)
}

fn busy(operation: Operation) -> Texts {
    match operation {
        Operation::DeleteFunction => (
            "{thing} is used by an alias, or another change of it is in progress",
            "check {list aliases}, or wait with {wait}",
        ),
        Operation::AddLayerVersionPermission | Operation::RemoveLayerVersionPermission => {
            ("another change of {thing} is in progress", "wait a moment, then retry")
        }
        _ => ("another change of {thing} is in progress", "wait until it is done with {wait}, then retry"),
    }
}

fn invalid(operation: Operation, code: Option<&str>) -> Texts {
    match code {
        Some("UnknownOperationException") => (
            "the endpoint does not support {operation}",
            "check that the endpoint URL is a Lambda endpoint, and that it supports this operation",
        ),
        Some("MalformedHttpRequestException" | "InvalidRequestContentException") => (
            "the endpoint could not read the request about {thing}",
            "check that no proxy changes the request",
        ),
        Some("UnsupportedMediaTypeException") => (
            "Lambda says that the content type of the request about {thing} is not JSON",
            "check that no proxy rewrites the request's content type",
        ),
        None => (
            "the endpoint refused {operation} for {thing}",
            "check the request, and that the endpoint URL is a Lambda endpoint",
        ),
        Some(_) => match operation {
            Operation::AddPermission | Operation::AddLayerVersionPermission => (
                "Lambda refused {thing}",
                "fix the value that Lambda names; the principal must exist, and action, source and qualifier must match it",
            ),
            Operation::CreateAlias | Operation::UpdateAlias => (
                "Lambda refused the values for {thing}",
                "fix the value that Lambda names; the versions must be published",
            ),
            Operation::CreateFunction
            | Operation::UpdateFunctionConfiguration
            | Operation::UpdateFunctionCode => (
                "Lambda refused the values for {thing}",
                "fix the value that Lambda names; a role that was just created can take a few seconds to become usable",
            ),
            _ => (
                "Lambda refused a parameter of {operation} for {thing}",
                "fix the value that Lambda names, then retry",
            ),
        },
    }
}

fn too_large(operation: Operation) -> Texts {
    let hint = match operation {
        Operation::CreateFunction | Operation::UpdateFunctionCode => {
            "upload the package to S3 and give its bucket and key; a direct upload is limited to 50 MB"
        }
        _ => "request less at once",
    };
    ("the request about {thing} is larger than Lambda accepts", hint)
}

fn failed(class: AwsErrorClass, proven: bool) -> Texts {
    match (proven, class) {
        (false, AwsErrorClass::Unavailable) => (
            "the service, or a proxy in front of it, aborted {operation}; the change of {thing} may have been made",
            "check its current state before you retry",
        ),
        (false, _) => (
            "the Lambda service failed during {operation}; the change of {thing} may have been made",
            "check its current state before you retry",
        ),
        (true, AwsErrorClass::Unavailable) => (
            "the service, or a proxy in front of it, did not answer {operation} for {thing}",
            "retry later, and check that the endpoint URL is a Lambda endpoint",
        ),
        (true, _) => ("the Lambda service failed during {operation} for {thing}", "retry later"),
    }
}
