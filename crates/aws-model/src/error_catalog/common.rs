//! The errors that the model of Invoke does not list: those that every AWS service gives (Lambda API Reference, "Common
//! Errors", and the IAM and `SigV4` troubleshooting pages), and answers without a code that we know.

use super::{
    InvokeErrorClass::{
        self, Denied, Internal, InvalidRequest, NotFound, Throttled, TooLarge, Unauthenticated, Unavailable,
    },
    InvokeErrorFacts, Repeat, Start,
};

const CREDENTIALS: &str = "check which credentials are in use, and that they belong to the right account";
const EXPIRED: &str = "get new credentials, for example by signing in again";
const SIGNATURE: &str = "check the secret key, this machine's clock, and that no proxy changes the request";
const CLOCK: &str = "check this machine's clock";
const ALLOW: &str = "allow {action} on {resource} to the caller";
const LOOK_FIRST: &str = "look at the function's log or metrics before running it again";
const SLOWER: &str = "run fewer at once, or ask for a higher request rate";

const DENIED: &str = "the caller lacks {action} on {resource}";
const REFUSED_CREDENTIALS: &str = "AWS does not accept the credentials";
const MAY_HAVE_STARTED: &str = "the service failed; function {function} may have started";

pub(crate) const ERRORS: &[InvokeErrorFacts] = &[
    InvokeErrorFacts::refused("AccessDeniedException", 403, Denied, DENIED, ALLOW),
    InvokeErrorFacts::refused("AccessDenied", 403, Denied, DENIED, ALLOW),
    InvokeErrorFacts::refused("NotAuthorized", 403, Denied, DENIED, ALLOW),
    InvokeErrorFacts::refused("UnauthorizedOperation", 403, Denied, DENIED, ALLOW),
    InvokeErrorFacts::refused(
        "OptInRequired",
        403,
        Denied,
        "the account is not signed up for Lambda in region {region}",
        "enable the region or the service in the account",
    ),
    InvokeErrorFacts::refused(
        "ExpiredTokenException",
        403,
        Unauthenticated,
        "the credentials have expired",
        EXPIRED,
    ),
    InvokeErrorFacts::refused("ExpiredToken", 403, Unauthenticated, "the credentials have expired", EXPIRED),
    InvokeErrorFacts::refused(
        "UnrecognizedClientException",
        403,
        Unauthenticated,
        REFUSED_CREDENTIALS,
        CREDENTIALS,
    ),
    InvokeErrorFacts::refused(
        "InvalidClientTokenId",
        403,
        Unauthenticated,
        "AWS does not know the access key",
        CREDENTIALS,
    ),
    InvokeErrorFacts::refused(
        "InvalidAccessKeyId",
        403,
        Unauthenticated,
        "AWS does not know the access key",
        CREDENTIALS,
    ),
    InvokeErrorFacts::refused("AuthFailure", 401, Unauthenticated, REFUSED_CREDENTIALS, CREDENTIALS),
    InvokeErrorFacts::refused(
        "MissingAuthenticationTokenException",
        403,
        Unauthenticated,
        "the request carried no credentials",
        CREDENTIALS,
    ),
    InvokeErrorFacts::refused(
        "MissingAuthenticationToken",
        403,
        Unauthenticated,
        "the request carried no credentials",
        CREDENTIALS,
    ),
    InvokeErrorFacts::refused(
        "InvalidSignatureException",
        403,
        Unauthenticated,
        "the request's signature is wrong",
        SIGNATURE,
    ),
    InvokeErrorFacts::refused(
        "SignatureDoesNotMatch",
        403,
        Unauthenticated,
        "the request's signature is wrong",
        SIGNATURE,
    ),
    InvokeErrorFacts::refused(
        "IncompleteSignatureException",
        403,
        Unauthenticated,
        "the request's signature is incomplete",
        SIGNATURE,
    ),
    InvokeErrorFacts::refused(
        "IncompleteSignature",
        403,
        Unauthenticated,
        "the request's signature is incomplete",
        SIGNATURE,
    ),
    InvokeErrorFacts::refused(
        "RequestExpired",
        400,
        Unauthenticated,
        "the request is older than AWS accepts",
        CLOCK,
    ),
    InvokeErrorFacts::refused(
        "RequestTimeTooSkewed",
        403,
        Unauthenticated,
        "the request's time is too far from AWS's",
        CLOCK,
    ),
    InvokeErrorFacts::passing(
        "ThrottlingException",
        400,
        Throttled,
        "AWS throttled the caller's requests in region {region}",
        SLOWER,
    ),
    InvokeErrorFacts::passing(
        "Throttling",
        400,
        Throttled,
        "AWS throttled the caller's requests in region {region}",
        SLOWER,
    ),
    InvokeErrorFacts::passing(
        "ThrottledException",
        400,
        Throttled,
        "AWS throttled the caller's requests in region {region}",
        SLOWER,
    ),
    InvokeErrorFacts::passing(
        "RequestThrottledException",
        400,
        Throttled,
        "AWS throttled the caller's requests in region {region}",
        SLOWER,
    ),
    InvokeErrorFacts::passing(
        "RequestLimitExceeded",
        400,
        Throttled,
        "AWS throttled the caller's requests in region {region}",
        SLOWER,
    ),
    InvokeErrorFacts::refused(
        "RequestEntityTooLargeException",
        413,
        TooLarge,
        "the request is larger than Lambda takes",
        "put the data into a store such as S3 and pass a reference to it",
    ),
    InvokeErrorFacts::refused(
        "ValidationException",
        400,
        InvalidRequest,
        "Lambda refused the call to function {function}",
        "check name, qualifier and invocation type",
    ),
    InvokeErrorFacts::refused(
        "ValidationError",
        400,
        InvalidRequest,
        "Lambda refused the call to function {function}",
        "check name, qualifier and invocation type",
    ),
    InvokeErrorFacts::refused(
        "UnknownOperationException",
        404,
        InvalidRequest,
        "the endpoint does not know the operation",
        "check that the endpoint URL is one of Lambda",
    ),
    InvokeErrorFacts::refused(
        "MalformedHttpRequestException",
        400,
        InvalidRequest,
        "the endpoint could not read the request",
        "check that no proxy changes the request",
    ),
    // The body was not read in time, or so it says; the request can have been passed on before that was noticed.
    InvokeErrorFacts::uncertain(
        "RequestTimeoutException",
        408,
        Unavailable,
        "the service gave up waiting for the request; function {function} may have started",
        LOOK_FIRST,
    ),
    // Given when the connection closes before the answer: long after the function can have started.
    InvokeErrorFacts::uncertain(
        "RequestAbortedException",
        400,
        Unavailable,
        "the request was broken off; function {function} may have started",
        LOOK_FIRST,
    ),
    InvokeErrorFacts::uncertain("InternalFailure", 500, Internal, MAY_HAVE_STARTED, LOOK_FIRST),
    InvokeErrorFacts::uncertain("InternalServerError", 500, Internal, MAY_HAVE_STARTED, LOOK_FIRST),
    InvokeErrorFacts::uncertain("InternalServerException", 500, Internal, MAY_HAVE_STARTED, LOOK_FIRST),
    InvokeErrorFacts::uncertain("ServiceUnavailable", 503, Unavailable, MAY_HAVE_STARTED, LOOK_FIRST),
    InvokeErrorFacts::uncertain(
        "ServiceUnavailableException",
        503,
        Unavailable,
        MAY_HAVE_STARTED,
        LOOK_FIRST,
    ),
];

/// What the HTTP status alone says of a request to Lambda. Of a call it proves less, see `classify`.
pub(crate) fn by_status(http: u16) -> InvokeErrorFacts {
    let (class, start, message, hint): (InvokeErrorClass, Start, &'static str, &'static str) = match http {
        401 => (Unauthenticated, Start::DidNotStart, REFUSED_CREDENTIALS, CREDENTIALS),
        402 => (Throttled, Start::DidNotStart, "a quota or payment of the account stops the call", SLOWER),
        403 => (Denied, Start::DidNotStart, DENIED, ALLOW),
        404 => (
            NotFound,
            Start::DidNotStart,
            "the endpoint knows no function {function} with qualifier {qualifier} in region {region}",
            "check the name, the qualifier, the region and the endpoint URL",
        ),
        // A time ran out or something went away: both happen in the middle of a run too.
        408 | 410 => (
            Unavailable,
            Start::MayHaveStarted,
            "the endpoint broke the call off; function {function} may have started",
            LOOK_FIRST,
        ),
        413 => (
            TooLarge,
            Start::DidNotStart,
            "the request is larger than the endpoint takes",
            "put the data into a store such as S3 and pass a reference to it",
        ),
        429 => {
            (Throttled, Start::DidNotStart, "the endpoint throttled the call to function {function}", SLOWER)
        }
        400..=499 => (
            InvalidRequest,
            Start::DidNotStart,
            "the endpoint refused the call to function {function}",
            "check the request, and that the endpoint URL is one of Lambda",
        ),
        502..=504 => (
            Unavailable,
            Start::MayHaveStarted,
            "the service or a proxy before it did not answer; function {function} may have started",
            LOOK_FIRST,
        ),
        500..=599 => (Internal, Start::MayHaveStarted, MAY_HAVE_STARTED, LOOK_FIRST),
        _ => (
            Internal,
            Start::MayHaveStarted,
            "the endpoint gave an answer that Lambda does not give; function {function} may have started",
            "check that the endpoint URL is one of Lambda",
        ),
    };
    let repeat = if http == 429 { Repeat::Backoff } else { Repeat::Never };
    InvokeErrorFacts { code: None, http, class, start, repeat, message, hint }
}
