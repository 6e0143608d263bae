//! One row for each error that the API model lists for Invoke, and for some that it does not list.

use lamplight_aws_model::{
    AwsErrorClass::{
        self, Conflict, Denied, Internal, InvalidRequest, LimitExceeded, Misconfigured, NotFound, NotReady,
        Throttled, TooLarge, Unauthenticated, Unavailable,
    },
    Repeat::{self, Backoff, Never},
    classify,
};
use lamplight_domain::Start::{self, DidNotStart, MayHaveStarted};
use proptest::prelude::*;
use std::collections::BTreeMap;

type Row = (&'static str, u16, AwsErrorClass, Start, Repeat);

const MODELLED: [Row; 45] = [
    ("CodeArtifactUserDeletedException", 409, Misconfigured, DidNotStart, Never),
    ("CodeArtifactUserFailedException", 409, Misconfigured, DidNotStart, Never),
    ("CodeArtifactUserPendingException", 409, NotReady, DidNotStart, Backoff),
    ("DurableExecutionAlreadyStartedException", 409, Conflict, DidNotStart, Never),
    ("EC2AccessDeniedException", 502, Misconfigured, DidNotStart, Never),
    ("EC2ThrottledException", 502, Throttled, DidNotStart, Backoff),
    ("EC2UnexpectedException", 502, Unavailable, DidNotStart, Never),
    ("EFSIOException", 410, Unavailable, MayHaveStarted, Never),
    ("EFSMountConnectivityException", 408, Unavailable, DidNotStart, Backoff),
    ("EFSMountFailureException", 403, Misconfigured, DidNotStart, Never),
    ("EFSMountTimeoutException", 408, Unavailable, DidNotStart, Backoff),
    ("ENILimitReachedException", 502, Misconfigured, DidNotStart, Never),
    ("ENINotReadyException", 502, NotReady, DidNotStart, Backoff),
    ("InvalidParameterValueException", 400, InvalidRequest, DidNotStart, Never),
    ("InvalidRequestContentException", 400, InvalidRequest, DidNotStart, Never),
    ("InvalidRuntimeException", 502, Misconfigured, DidNotStart, Never),
    ("InvalidSecurityGroupIDException", 502, Misconfigured, DidNotStart, Never),
    ("InvalidSubnetIDException", 502, Misconfigured, DidNotStart, Never),
    ("InvalidZipFileException", 502, Misconfigured, DidNotStart, Never),
    ("KMSAccessDeniedException", 502, Misconfigured, DidNotStart, Never),
    ("KMSDisabledException", 502, Misconfigured, DidNotStart, Never),
    ("KMSInvalidStateException", 502, Misconfigured, DidNotStart, Never),
    ("KMSNotFoundException", 502, Misconfigured, DidNotStart, Never),
    ("ModeNotSupportedException", 400, InvalidRequest, DidNotStart, Never),
    ("NoPublishedVersionException", 400, NotFound, DidNotStart, Never),
    ("RecursiveInvocationException", 400, InvalidRequest, DidNotStart, Never),
    ("RequestTooLargeException", 413, TooLarge, DidNotStart, Never),
    ("ResourceConflictException", 409, Conflict, DidNotStart, Backoff),
    ("ResourceNotFoundException", 404, NotFound, DidNotStart, Never),
    ("ResourceNotReadyException", 502, NotReady, DidNotStart, Backoff),
    ("RuntimeAliasDeletedException", 409, Misconfigured, DidNotStart, Never),
    ("RuntimeVersionDeletedException", 409, Misconfigured, DidNotStart, Never),
    ("S3FilesMountConnectivityException", 408, Unavailable, DidNotStart, Backoff),
    ("S3FilesMountFailureException", 403, Misconfigured, DidNotStart, Never),
    ("S3FilesMountTimeoutException", 408, Unavailable, DidNotStart, Backoff),
    ("SerializedRequestEntityTooLargeException", 413, TooLarge, DidNotStart, Never),
    ("ServiceException", 500, Internal, MayHaveStarted, Never),
    ("ServiceQuotaExceededException", 402, LimitExceeded, DidNotStart, Never),
    ("SnapStartException", 400, Misconfigured, DidNotStart, Never),
    ("SnapStartNotReadyException", 409, NotReady, DidNotStart, Backoff),
    ("SnapStartRegenerationFailureException", 409, Misconfigured, DidNotStart, Never),
    ("SnapStartTimeoutException", 408, NotReady, DidNotStart, Backoff),
    ("SubnetIPAddressLimitReachedException", 502, Misconfigured, DidNotStart, Never),
    ("TooManyRequestsException", 429, Throttled, DidNotStart, Backoff),
    ("UnsupportedMediaTypeException", 415, InvalidRequest, DidNotStart, Never),
];

const NOT_MODELLED: [Row; 12] = [
    ("AccessDeniedException", 403, Denied, DidNotStart, Never),
    ("ExpiredTokenException", 403, Unauthenticated, DidNotStart, Never),
    ("UnrecognizedClientException", 403, Unauthenticated, DidNotStart, Never),
    ("InvalidSignatureException", 403, Unauthenticated, DidNotStart, Never),
    ("MissingAuthenticationTokenException", 403, Unauthenticated, DidNotStart, Never),
    ("InvalidClientTokenId", 403, Unauthenticated, DidNotStart, Never),
    ("ThrottlingException", 400, Throttled, DidNotStart, Backoff),
    ("ThrottlingException", 429, Throttled, DidNotStart, Backoff),
    ("RequestAbortedException", 400, Unavailable, MayHaveStarted, Never),
    ("RequestTimeoutException", 408, Unavailable, MayHaveStarted, Never),
    ("InternalFailure", 500, Internal, MayHaveStarted, Never),
    ("ServiceUnavailable", 503, Unavailable, MayHaveStarted, Never),
];

fn check(code: Option<&str>, http: u16, expected: (AwsErrorClass, Start, Repeat)) {
    let facts = classify(code, http);
    assert_eq!((facts.class, facts.start(), facts.repeat), expected, "{code:?} with HTTP {http}");
}

#[test]
fn every_modelled_error_has_its_row() {
    let model: BTreeMap<&str, u16> = include_str!("../data/invoke_errors.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| line.split_once(' ').unwrap())
        .map(|(code, http)| (code, http.parse().unwrap()))
        .collect();
    let rows: BTreeMap<&str, u16> = MODELLED.into_iter().map(|(code, http, ..)| (code, http)).collect();
    assert_eq!(rows, model);
    for (code, http, class, start, repeat) in MODELLED {
        check(Some(code), http, (class, start, repeat));
        let facts = classify(Some(code), http);
        assert_eq!((facts.code, facts.http), (Some(code), http));
    }
}

#[test]
fn errors_that_every_service_gives_are_known() {
    for (code, http, class, start, repeat) in NOT_MODELLED {
        check(Some(code), http, (class, start, repeat));
        assert_eq!(classify(Some(code), http).code, Some(code));
    }
}

#[test]
fn without_a_known_code_nothing_is_proven() {
    for (http, class) in [
        (400, InvalidRequest),
        (401, Unauthenticated),
        (403, Denied),
        (404, NotFound),
        (408, Unavailable),
        (410, Unavailable),
        (413, TooLarge),
        (418, InvalidRequest),
        (429, Throttled),
        (500, Internal),
        (502, Unavailable),
        (503, Unavailable),
        (504, Unavailable),
        (599, Internal),
        (200, Internal),
        (302, Internal),
        (0, Internal),
    ] {
        for code in [None, Some(""), Some("BrandNewException")] {
            check(code, http, (class, MayHaveStarted, Never));
            assert_eq!((classify(code, http).code, classify(code, http).http), (None, http));
        }
    }
}

proptest! {
    #[test]
    fn nothing_unknown_is_repeated(code in proptest::option::of(any::<String>()), http in any::<u16>()) {
        let facts = classify(code.as_deref(), http);
        if facts.code.is_none() {
            prop_assert_eq!((facts.repeat, facts.start()), (Never, MayHaveStarted));
        }
        prop_assert!(facts.repeat == Never || facts.proven);
    }
}
