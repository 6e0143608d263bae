//! What people are told, by class and operation. The places in braces are those of
//! [`ManageSubject`](super::ManageSubject).

use super::{Applied, ManageErrorClass, codes::Cause};
use crate::Operation;

type Texts = (&'static str, &'static str);

/// Message and hint.
pub(super) fn of(operation: Operation, cause: &Cause, applied: Applied) -> Texts {
    match cause.class {
        ManageErrorClass::Denied | ManageErrorClass::Unauthenticated => stopped_at_the_door(operation, cause),
        ManageErrorClass::NotFound => not_found(operation, cause),
        ManageErrorClass::Exists => exists(operation),
        ManageErrorClass::Busy => busy(operation),
        ManageErrorClass::PreconditionFailed => (
            "{thing} changed since the revision that the change was meant for",
            "read it again, and repeat with its new revision",
        ),
        ManageErrorClass::Throttled => (
            "AWS throttled the calls of {operation} in region {region}",
            "wait a moment, and make fewer calls at once",
        ),
        ManageErrorClass::CodeStorageExceeded => (
            "the account has no room left for the code of {thing} in region {region}",
            "delete old versions, or ask for a higher quota; {show account} shows how much is used",
        ),
        ManageErrorClass::LimitExceeded => limit_exceeded(cause),
        ManageErrorClass::PolicyTooLong => {
            ("the policy has no room left for {thing}", "remove statements: {show permissions} shows them")
        }
        ManageErrorClass::InvalidParameter => invalid(operation, cause),
        ManageErrorClass::InvalidCode => invalid_code(cause),
        ManageErrorClass::PublicPolicy => (
            "{thing} would leave a policy that lets anyone in, and public access is blocked",
            "limit the policy to an account, an organisation or a source, or allow public access to the function",
        ),
        ManageErrorClass::TooLarge => too_large(operation),
        ManageErrorClass::Unavailable | ManageErrorClass::Internal => failed(cause, applied),
    }
}

fn stopped_at_the_door(operation: Operation, cause: &Cause) -> Texts {
    let shared = match cause.shared {
        Some(shared) => (shared.message, shared.hint),
        None => ("AWS refused {operation} on {resource}", "check the caller's permissions and credentials"),
    };
    // Handing a role over needs a permission of its own, and its lack comes with the same code.
    let hands_over = matches!(operation, Operation::CreateFunction | Operation::UpdateFunctionConfiguration);
    if hands_over && cause.class == ManageErrorClass::Denied && shared.0.contains("{action}") {
        return (
            "the caller lacks {action} on {resource}, or iam:PassRole on the role that {thing} runs as",
            "allow {action} on {resource} to the caller, and iam:PassRole on the role",
        );
    }
    shared
}

fn not_found(operation: Operation, cause: &Cause) -> Texts {
    const CHECK: &str = "check the name, the region and the account";
    if cause.code == Some("CodeSigningConfigNotFoundException") {
        return (
            "the code signing configuration of {thing} was not found in region {region}",
            "check its ARN, the region and the account",
        );
    }
    if cause.code.is_none() {
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

fn limit_exceeded(cause: &Cause) -> Texts {
    match cause.code {
        Some("AliasLimitExceededException") => (
            "the function has no room left for {thing}: it has as many aliases as it can have",
            "delete an alias that is not used, or ask for a higher quota",
        ),
        Some("FunctionVersionsPerCapacityProviderLimitExceededException") => (
            "the capacity provider of {thing} serves as many function versions as it can",
            "delete old versions, or use another capacity provider",
        ),
        _ => (
            "a quota of the account in region {region} stands against {operation} for {thing}",
            "look at Lambda's quotas in the region, and ask for a higher one",
        ),
    }
}

fn invalid(operation: Operation, cause: &Cause) -> Texts {
    match cause.code {
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

fn invalid_code(cause: &Cause) -> Texts {
    if cause.code == Some("InvalidCodeSignatureException") {
        return (
            "the code of {thing} was changed after it was signed",
            "sign the package again, and upload it as it was signed",
        );
    }
    (
        "the signature of the code of {thing} is missing, expired or not by a publisher that is trusted",
        "sign the package with a profile that the function's code signing configuration trusts",
    )
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

fn failed(cause: &Cause, applied: Applied) -> Texts {
    match (applied, cause.class) {
        (Applied::Maybe, ManageErrorClass::Unavailable) => (
            "the service or a proxy before it broke {operation} off; the change of {thing} may have been made",
            "look at it before you repeat",
        ),
        (Applied::Maybe, _) => (
            "the Lambda service failed at {operation}; the change of {thing} may have been made",
            "look at it before you repeat",
        ),
        (Applied::No, ManageErrorClass::Unavailable) => (
            "the service or a proxy before it did not answer {operation} for {thing}",
            "try again in a while, and check that the endpoint URL is one of Lambda",
        ),
        (Applied::No, _) => ("the Lambda service failed at {operation} for {thing}", "try again in a while"),
    }
}
