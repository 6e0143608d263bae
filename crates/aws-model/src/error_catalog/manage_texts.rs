//! What people are told about a managing operation, by class and operation. The places in braces are those of
//! [`ManageSubject`](super::ManageSubject).

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
        // The words of the table are of management where Invoke does not give the error.
        _ if row.call == OfCall::Unlisted => row.texts,
        AwsErrorClass::NotFound => not_found(operation, code),
        AwsErrorClass::PreconditionFailed => PRECONDITION,
        AwsErrorClass::Throttled => (
            "AWS throttled the calls of {operation} in region {region}",
            "wait a moment, and make fewer calls at once",
        ),
        AwsErrorClass::LimitExceeded
        | AwsErrorClass::CodeStorageExceeded
        | AwsErrorClass::PolicyTooLong
        | AwsErrorClass::PublicPolicy => (
            "a quota of the account in region {region} stands against {operation} for {thing}",
            "look at Lambda's quotas in the region, and ask for a higher one",
        ),
        AwsErrorClass::InvalidRequest | AwsErrorClass::InvalidCode | AwsErrorClass::Misconfigured => {
            invalid(operation, code)
        }
        AwsErrorClass::TooLarge => too_large(operation),
        AwsErrorClass::Unavailable | AwsErrorClass::Internal => failed(class, proven),
    }
}

fn denied(operation: Operation, class: AwsErrorClass, texts: Texts) -> Texts {
    // Handing a role over needs a permission of its own, and its lack comes with the same code.
    let hands_over = matches!(operation, Operation::CreateFunction | Operation::UpdateFunctionConfiguration);
    if hands_over && class == AwsErrorClass::Denied && texts.0.contains("{action}") {
        return (
            "the caller lacks {action} on {resource}, or iam:PassRole on the role that {thing} runs as",
            "allow {action} on {resource} to the caller, and iam:PassRole on the role",
        );
    }
    texts
}

fn not_found(operation: Operation, code: Option<&str>) -> Texts {
    const CHECK: &str = "check the name, the region and the account";
    if code.is_none() {
        return (
            "the endpoint does not find {thing} in region {region}",
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
            "the function of {thing}, or a version that it leads to, was not found in region {region}",
            "check the function's name, and that the version is published",
        ),
        Operation::UpdateAlias => (
            "{thing}, or a version that it leads to, was not found in region {region}",
            "check the names of function and alias, and that the version is published",
        ),
        Operation::AddPermission => (
            "what {thing} belongs to was not found in region {region}",
            "check the function's name, and its version or alias",
        ),
        Operation::AddLayerVersionPermission => {
            ("what {thing} belongs to was not found in region {region}", "check the layer and its version")
        }
        Operation::GetPolicy | Operation::GetLayerVersionPolicy => {
            ("{thing} has no policy, or was not found in region {region}", CHECK)
        }
        Operation::GetFunctionEventInvokeConfig
        | Operation::UpdateFunctionEventInvokeConfig
        | Operation::DeleteFunctionEventInvokeConfig => {
            ("{thing} has no settings for asynchronous calls, or was not found in region {region}", CHECK)
        }
        _ => ("{thing} was not found in region {region}", CHECK),
    }
}

/// What is not there is the function that something was to hang on.
pub(super) const NO_FUNCTION: Texts = (
    "function {function} was not found in region {region}",
    "check the name, the region and the account; {list functions} shows which functions there are",
);

fn exists(operation: Operation) -> Texts {
    let hint = match operation {
        Operation::CreateFunction => {
            "change it with {update code} or {update settings}, or take another name"
        }
        Operation::CreateAlias => "change it with {update alias}, or take another name",
        _ => "remove it first, or take another statement id",
    };
    ("{thing} exists already", hint)
}

fn busy(operation: Operation) -> Texts {
    match operation {
        Operation::DeleteFunction => (
            "{thing} is used by an alias, or another change of it is in progress",
            "see {list aliases}, or wait with {wait}",
        ),
        Operation::AddLayerVersionPermission | Operation::RemoveLayerVersionPermission => {
            ("another change of {thing} is in progress", "wait a moment, then repeat")
        }
        _ => ("another change of {thing} is in progress", "wait until it is done, with {wait}, then repeat"),
    }
}

fn invalid(operation: Operation, code: Option<&str>) -> Texts {
    match code {
        Some("UnknownOperationException") => (
            "the endpoint does not know {operation}",
            "check that the endpoint URL is one of Lambda, and that it supports this operation",
        ),
        Some("MalformedHttpRequestException" | "InvalidRequestContentException") => (
            "the endpoint could not read the request about {thing}",
            "check that no proxy changes the request",
        ),
        Some("UnsupportedMediaTypeException") => (
            "Lambda takes the request about {thing} for something other than JSON",
            "check that no proxy rewrites the request's content type",
        ),
        None => (
            "the endpoint refused {operation} for {thing}",
            "check the request, and that the endpoint URL is one of Lambda",
        ),
        Some(_) => match operation {
            Operation::AddPermission | Operation::AddLayerVersionPermission => (
                "Lambda refused {thing}",
                "fix the value that Lambda names; the principal has to exist, and action, source and qualifier to fit it",
            ),
            Operation::CreateAlias | Operation::UpdateAlias => (
                "Lambda refused what was to be set for {thing}",
                "fix the value that Lambda names; the versions have to be published",
            ),
            Operation::CreateFunction
            | Operation::UpdateFunctionConfiguration
            | Operation::UpdateFunctionCode => (
                "Lambda refused what was to be set for {thing}",
                "fix the value that Lambda names; a role that was just created needs some seconds",
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
            "put the package into S3 and name its bucket and key; an upload takes at most 50 MB"
        }
        _ => "ask for less at once",
    };
    ("the request about {thing} is larger than Lambda takes", hint)
}

fn failed(class: AwsErrorClass, proven: bool) -> Texts {
    match (proven, class) {
        (false, AwsErrorClass::Unavailable) => (
            "the service or a proxy before it broke {operation} off; the change of {thing} may have been made",
            "look at it before you repeat",
        ),
        (false, _) => (
            "the Lambda service failed at {operation}; the change of {thing} may have been made",
            "look at it before you repeat",
        ),
        (true, AwsErrorClass::Unavailable) => (
            "the service or a proxy before it did not answer {operation} for {thing}",
            "try again in a while, and check that the endpoint URL is one of Lambda",
        ),
        (true, _) => ("the Lambda service failed at {operation} for {thing}", "try again in a while"),
    }
}
