//! The known errors of AWS, one row per meaning: the errors that the Lambda API model lists for Invoke and for management
//! (botocore 1.44.5), and the errors that every AWS service can return (Lambda API Reference, "Common Errors", and the
//! IAM and `SigV4` troubleshooting pages).
//!
//! AWS does not publish which errors prove that nothing has happened. The columns `call` and `change` are our reading of
//! the descriptions in the API model.

use super::{
    AwsErrorClass::{
        self, CodeStorageExceeded, Conflict, Denied, Internal, InvalidCode, InvalidRequest, LimitExceeded,
        Misconfigured, NotFound, NotReady, PolicyTooLong, PreconditionFailed, PublicPolicy, Throttled,
        TooLarge, Unauthenticated, Unavailable,
    },
    Texts,
};

/// What an error proves about a call, and whether the call may be repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OfCall {
    /// Invoke never returns this error, so it proves nothing about a call.
    Unlisted,
    /// The function did not start, and a repetition would fail the same way.
    Refused,
    /// The function did not start, and the cause is temporary.
    Passing,
    /// The function may have started.
    Doubtful,
}

/// What an error proves about a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OfChange {
    /// Management operations never return this error, so it proves nothing about a change.
    Unlisted,
    /// Nothing was changed.
    Refused,
    /// The change may have been made.
    Doubtful,
}

/// All codes with the same meaning, and what we know about them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    pub(super) codes: &'static [&'static str],
    /// The HTTP status that AWS sends with these codes.
    pub(super) http: u16,
    pub(super) class: AwsErrorClass,
    pub(super) call: OfCall,
    pub(super) change: OfChange,
    /// Message and hint. Errors that Invoke and management share have other texts for management, see
    /// [`manage_texts`](super::manage_texts).
    pub(super) texts: Texts,
}

macro_rules! rows {
    ($($($code:ident)|+ => $http:literal $class:ident, $call:ident $change:ident, $message:expr, $hint:expr;)*) => {
        pub(super) const ROWS: &[Row] = &[$(Row {
            codes: &[$(stringify!($code)),+],
            http: $http,
            class: $class,
            call: OfCall::$call,
            change: OfChange::$change,
            texts: ($message, $hint),
        }),*];
    };
}

const ALLOW: &str = "allow the caller {action} on {resource}";
const CLOCK: &str = "check this machine's clock";
const CODE: &str = "deploy the code of function {function} again";
const CREDENTIALS: &str = "check which credentials are in use, and that they belong to the right account";
const DENIED: &str = "the caller is not authorized to perform {action} on {resource}";
const KMS: &str = "check the KMS key of function {function} and the key policy for its execution role";
const LOOK_FIRST: &str = "look at the function's log or metrics before running it again";
const MOUNT: &str = "check the permissions of the access point and of the execution role";
const NETWORK: &str =
    "retry in a moment; if it fails again, check the function's VPC, subnets and security groups";
const REFERENCE: &str = "store the data elsewhere, for example in S3, and pass a reference to it";
const RUNTIME: &str = "update function {function} to a runtime that Lambda supports";
const SIGNATURE: &str = "check the secret key, this machine's clock, and that no proxy changes the request";
const SLOWER: &str = "run fewer at once, or request a quota increase";
const UNTIL_ACTIVE: &str = "wait until the function's state is Active";
const VPC: &str = "correct the function's VPC configuration";

pub(super) const PRECONDITION: Texts =
    ("{thing} has changed since the given revision", "read it again, then retry with its current revision");

rows! {
    // Errors of Lambda, for calls and changes.
    InvalidParameterValueException => 400 InvalidRequest, Refused Refused,
        "Lambda refused a parameter of the call to function {function}", "check qualifier, invocation type and client context";
    InvalidRequestContentException => 400 InvalidRequest, Refused Refused,
        "Lambda could not read the payload as JSON, or refused a header", "check that the payload is valid JSON";
    ServiceQuotaExceededException => 402 LimitExceeded, Refused Refused,
        "the call would exceed a service quota of the account", "check the Lambda quotas in region {region} and request an increase";
    ResourceNotFoundException => 404 NotFound, Refused Refused,
        "function {function} with qualifier {qualifier} was not found in region {region}",
        "check the name, the qualifier, the region and the account";
    ResourceConflictException => 409 Conflict, Passing Refused,
        "another operation on function {function} is in progress",
        "wait until the function's state is Active and its last update is Successful";
    RequestTooLargeException => 413 TooLarge, Refused Refused, "the payload is larger than Lambda accepts", REFERENCE;
    SerializedRequestEntityTooLargeException => 413 TooLarge, Refused Refused, "the request is larger than Lambda accepts", REFERENCE;
    UnsupportedMediaTypeException => 415 InvalidRequest, Refused Refused,
        "Lambda says that the payload's content type is not JSON",
        "check that the payload is valid JSON, and that no proxy rewrites the request's content type";
    TooManyRequestsException => 429 Throttled, Passing Refused,
        "Lambda throttled the call to function {function} in region {region}",
        "run fewer at once, or raise the function's or the account's concurrency";
    ServiceException => 500 Internal, Doubtful Doubtful, "the Lambda service failed", LOOK_FIRST;

    // Errors of Lambda, for calls only.
    ModeNotSupportedException => 400 InvalidRequest, Refused Unlisted,
        "function {function} does not support this invocation type", "run it with another invocation type";
    NoPublishedVersionException => 400 NotFound, Refused Unlisted,
        "function {function} has no published version", "publish a version, or run it with another qualifier";
    RecursiveInvocationException => 400 InvalidRequest, Refused Unlisted,
        "Lambda stopped function {function} because it calls itself in a loop",
        "break the loop, or allow it in the function's recursive loop detection";
    // The handler does not run; the failed hook runs again only at the next call.
    SnapStartException => 400 Misconfigured, Refused Unlisted,
        "the after-restore hook of function {function} failed", "read the function's log for the hook's error";
    EFSMountFailureException => 403 Misconfigured, Refused Unlisted, "function {function} could not mount its file system", MOUNT;
    S3FilesMountFailureException => 403 Misconfigured, Refused Unlisted,
        "function {function} could not mount its S3 Files access point", MOUNT;
    EFSMountConnectivityException => 408 Unavailable, Passing Unlisted, "function {function} could not reach its file system", NETWORK;
    EFSMountTimeoutException => 408 Unavailable, Passing Unlisted,
        "mounting the file system of function {function} took too long", NETWORK;
    S3FilesMountConnectivityException => 408 Unavailable, Passing Unlisted,
        "function {function} could not reach its S3 Files access point", NETWORK;
    S3FilesMountTimeoutException => 408 Unavailable, Passing Unlisted,
        "mounting the S3 Files access point of function {function} took too long", NETWORK;
    SnapStartTimeoutException => 408 NotReady, Passing Unlisted,
        "restoring the snapshot of function {function} took too long",
        "retry in a moment; if it fails again, read the function's log for its after-restore hooks";
    SnapStartNotReadyException => 409 NotReady, Passing Unlisted, "Lambda is still initialising function {function}", UNTIL_ACTIVE;
    CodeArtifactUserPendingException => 409 NotReady, Passing Unlisted,
        "Lambda is still preparing the code of function {function}", UNTIL_ACTIVE;
    CodeArtifactUserDeletedException => 409 Misconfigured, Refused Unlisted,
        "Lambda no longer has access to the code of function {function}", CODE;
    CodeArtifactUserFailedException => 409 Misconfigured, Refused Unlisted,
        "Lambda could not get access to the code of function {function}", CODE;
    RuntimeAliasDeletedException => 409 Misconfigured, Refused Unlisted, "the runtime alias of function {function} no longer exists", RUNTIME;
    RuntimeVersionDeletedException => 409 Misconfigured, Refused Unlisted,
        "the runtime version of function {function} no longer exists", RUNTIME;
    SnapStartRegenerationFailureException => 409 Misconfigured, Refused Unlisted,
        "Lambda could not recreate the snapshot of function {function}", "publish a new version of the function";
    DurableExecutionAlreadyStartedException => 409 Conflict, Refused Unlisted,
        "a durable execution of this name was started with another payload",
        "use another name, or check the existing execution";
    // Access to a mounted file system can also fail while the function runs.
    EFSIOException => 410 Unavailable, Doubtful Unlisted,
        "function {function} could not read from or write to its file system", LOOK_FIRST;
    EC2ThrottledException => 502 Throttled, Passing Unlisted,
        "EC2 throttled Lambda while it prepared function {function}", "wait a moment, then run it again";
    ENINotReadyException => 502 NotReady, Passing Unlisted,
        "the network interface of function {function} is not ready yet", "wait a moment, then run it again";
    ResourceNotReadyException => 502 NotReady, Passing Unlisted,
        "function {function} was inactive and its VPC connection is being set up again", UNTIL_ACTIVE;
    EC2AccessDeniedException => 502 Misconfigured, Refused Unlisted,
        "Lambda lacks permissions to set up the VPC of function {function}",
        "add the EC2 network interface permissions to the execution role";
    EC2UnexpectedException => 502 Unavailable, Refused Unlisted,
        "EC2 failed while Lambda prepared function {function}", "check the function's VPC configuration, then run it again";
    ENILimitReachedException => 502 Misconfigured, Refused Unlisted,
        "the VPC of function {function} has reached its limit of network interfaces",
        "delete unused network interfaces, or request a quota increase";
    SubnetIPAddressLimitReachedException => 502 Misconfigured, Refused Unlisted,
        "a subnet of function {function} has no free IP addresses", "give the function a larger subnet or additional subnets";
    InvalidSecurityGroupIDException => 502 Misconfigured, Refused Unlisted, "a security group of function {function} is not valid", VPC;
    InvalidSubnetIDException => 502 Misconfigured, Refused Unlisted, "a subnet of function {function} is not valid", VPC;
    KMSAccessDeniedException => 502 Misconfigured, Refused Unlisted, "Lambda is not allowed to decrypt the environment variables of function {function}", KMS;
    KMSDisabledException => 502 Misconfigured, Refused Unlisted, "the KMS key of function {function} is disabled", KMS;
    KMSInvalidStateException => 502 Misconfigured, Refused Unlisted,
        "the KMS key of function {function} is in a state in which it cannot decrypt", KMS;
    KMSNotFoundException => 502 Misconfigured, Refused Unlisted, "the KMS key of function {function} was not found", KMS;
    InvalidRuntimeException => 502 Misconfigured, Refused Unlisted, "Lambda does not support the runtime of function {function}", RUNTIME;
    InvalidZipFileException => 502 Misconfigured, Refused Unlisted, "Lambda could not unpack the code of function {function}", CODE;

    // Errors of Lambda, for changes only.
    AliasLimitExceededException => 400 LimitExceeded, Unlisted Refused,
        "with {thing} the function would exceed its limit of aliases",
        "delete an unused alias, or request a quota increase";
    CodeSigningConfigNotFoundException => 404 NotFound, Unlisted Refused,
        "the code signing configuration of {thing} was not found in region {region}",
        "check its ARN, the region and the account";
    CodeStorageExceededException => 400 CodeStorageExceeded, Unlisted Refused,
        "the code of {thing} would exceed the account's code storage limit in region {region}",
        "delete old versions, or request a quota increase; {show account} shows how much is used";
    CodeVerificationFailedException => 400 InvalidCode, Unlisted Refused,
        "the signature of the code of {thing} is missing, expired or not from an allowed publisher",
        "sign the package with a signing profile that the function's code signing configuration allows";
    FunctionVersionsPerCapacityProviderLimitExceededException => 400 LimitExceeded, Unlisted Refused,
        "the capacity provider of {thing} has reached its limit of function versions",
        "delete old versions, or use another capacity provider";
    InvalidCodeSignatureException => 400 InvalidCode, Unlisted Refused,
        "the code of {thing} was changed after it was signed", "sign the package again, and upload it unchanged";
    PolicyLengthExceededException => 400 PolicyTooLong, Unlisted Refused,
        "with {thing} the policy would exceed its maximum length", "remove statements: {show permissions} shows them";
    PreconditionFailedException => 412 PreconditionFailed, Unlisted Refused, PRECONDITION.0, PRECONDITION.1;
    PublicPolicyException => 400 PublicPolicy, Unlisted Refused,
        "the change of {thing} would make the policy public, and public access is blocked",
        "limit the policy to an account, an organisation or a source, or allow public access to the function";
    // The model lists this one for other operations of Lambda.
    ResourceInUseException => 400 Conflict, Unlisted Refused,
        "another change of {thing} is in progress", "wait until it is done with {wait}, then retry";

    // Errors of every AWS service.
    AccessDeniedException | AccessDenied | NotAuthorized | UnauthorizedOperation => 403 Denied, Refused Refused, DENIED, ALLOW;
    OptInRequired => 403 Denied, Refused Refused,
        "the account is not signed up for Lambda in region {region}", "enable the region or the service in the account";
    ExpiredTokenException | ExpiredToken => 403 Unauthenticated, Refused Refused,
        "the credentials have expired", "get new credentials, for example by signing in again";
    UnrecognizedClientException => 403 Unauthenticated, Refused Refused, "AWS does not accept the credentials", CREDENTIALS;
    InvalidClientTokenId | InvalidAccessKeyId => 403 Unauthenticated, Refused Refused, "the access key ID does not exist", CREDENTIALS;
    AuthFailure => 401 Unauthenticated, Refused Refused, "AWS does not accept the credentials", CREDENTIALS;
    MissingAuthenticationTokenException | MissingAuthenticationToken => 403 Unauthenticated, Refused Refused,
        "the request had no credentials", CREDENTIALS;
    InvalidSignatureException | SignatureDoesNotMatch => 403 Unauthenticated, Refused Refused,
        "the request's signature is not valid", SIGNATURE;
    IncompleteSignatureException | IncompleteSignature => 403 Unauthenticated, Refused Refused,
        "the request's signature is incomplete", SIGNATURE;
    RequestExpired => 400 Unauthenticated, Refused Refused, "the request is older than AWS accepts", CLOCK;
    RequestTimeTooSkewed => 403 Unauthenticated, Refused Refused, "the request's time differs too much from AWS's clock", CLOCK;
    ThrottlingException | Throttling | ThrottledException | RequestThrottledException | RequestLimitExceeded
        => 400 Throttled, Passing Refused, "AWS throttled the caller's requests in region {region}", SLOWER;
    RequestEntityTooLargeException => 413 TooLarge, Refused Refused, "the request is larger than Lambda accepts", REFERENCE;
    ValidationException | ValidationError => 400 InvalidRequest, Refused Refused,
        "Lambda refused the call to function {function}", "check name, qualifier and invocation type";
    UnknownOperationException => 404 InvalidRequest, Refused Refused,
        "the endpoint does not support the operation", "check that the endpoint URL is a Lambda endpoint";
    MalformedHttpRequestException => 400 InvalidRequest, Refused Refused,
        "the endpoint could not read the request", "check that no proxy changes the request";
    // AWS says that it did not read the body in time, but the request may have been forwarded before that was noticed.
    RequestTimeoutException => 408 Unavailable, Doubtful Doubtful, "the service timed out waiting for the request", LOOK_FIRST;
    // Sent if the connection closes before the answer; by then the request may have been processed.
    RequestAbortedException => 400 Unavailable, Doubtful Doubtful, "the request was aborted", LOOK_FIRST;
    InternalFailure | InternalServerError | InternalServerException => 500 Internal, Doubtful Doubtful, "the service failed", LOOK_FIRST;
    ServiceUnavailable | ServiceUnavailableException => 503 Unavailable, Doubtful Doubtful, "the service failed", LOOK_FIRST;
}

/// What the HTTP status says if the code is not known. It proves nothing about a call. For a change, 4xx proves that
/// nothing was changed, except for 408 and 410: a timeout or a missing resource can also occur halfway through a change.
pub(super) fn by_status(http: u16) -> Row {
    const ENDPOINT: &str = "check the request, and that the endpoint URL is a Lambda endpoint";
    use OfChange::{Doubtful, Refused};
    let (class, change, message, hint) = match http {
        401 => (Unauthenticated, Refused, "AWS does not accept the credentials", CREDENTIALS),
        402 => (LimitExceeded, Refused, "a quota or billing problem of the account blocks the call", SLOWER),
        403 => (Denied, Refused, DENIED, ALLOW),
        404 => (
            NotFound,
            Refused,
            "the endpoint did not find function {function} with qualifier {qualifier} in region {region}",
            "check the name, the qualifier, the region and the endpoint URL",
        ),
        408 | 410 => (Unavailable, Doubtful, "the endpoint aborted the call", LOOK_FIRST),
        413 => (TooLarge, Refused, "the request is larger than the endpoint accepts", REFERENCE),
        429 => (Throttled, Refused, "the endpoint throttled the call to function {function}", SLOWER),
        400..=499 => {
            (InvalidRequest, Refused, "the endpoint refused the call to function {function}", ENDPOINT)
        }
        502..=504 => {
            (Unavailable, Doubtful, "the service, or a proxy in front of it, did not answer", LOOK_FIRST)
        }
        500..=599 => (Internal, Doubtful, "the service failed", LOOK_FIRST),
        _ => (
            Internal,
            Doubtful,
            "the endpoint sent an answer that Lambda never sends",
            "check that the endpoint URL is a Lambda endpoint",
        ),
    };
    Row { codes: &[], http, class, call: OfCall::Doubtful, change, texts: (message, hint) }
}
