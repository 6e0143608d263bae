//! Which class a code or a status belongs to.

use super::ManageErrorClass::{
    self, Busy, CodeStorageExceeded, Denied, Exists, Internal, InvalidCode, InvalidParameter, LimitExceeded,
    NotFound, PolicyTooLong, PreconditionFailed, PublicPolicy, Throttled, TooLarge, Unauthenticated,
    Unavailable,
};
use crate::{
    Operation,
    error_catalog::{InvokeErrorClass, InvokeErrorFacts, common},
};
use lamplight_domain::Start;

/// What a code means.
#[derive(Debug, Clone, Copy)]
pub(super) enum Meaning {
    /// The same whatever was asked for.
    Always(ManageErrorClass),
    /// What was to be made exists, or something else goes on with what is there.
    Conflict,
}

use Meaning::{Always, Conflict};

/// The codes of the model of the managing operations, and those that Lambda gives beside it.
pub(super) const CODES: &[(&str, u16, Meaning)] = &[
    ("AliasLimitExceededException", 400, Always(LimitExceeded)),
    ("CodeSigningConfigNotFoundException", 404, Always(NotFound)),
    ("CodeStorageExceededException", 400, Always(CodeStorageExceeded)),
    ("CodeVerificationFailedException", 400, Always(InvalidCode)),
    ("FunctionVersionsPerCapacityProviderLimitExceededException", 400, Always(LimitExceeded)),
    ("InvalidCodeSignatureException", 400, Always(InvalidCode)),
    ("InvalidParameterValueException", 400, Always(InvalidParameter)),
    ("PolicyLengthExceededException", 400, Always(PolicyTooLong)),
    ("PreconditionFailedException", 412, Always(PreconditionFailed)),
    ("PublicPolicyException", 400, Always(PublicPolicy)),
    ("ResourceConflictException", 409, Conflict),
    ("ResourceNotFoundException", 404, Always(NotFound)),
    ("ServiceException", 500, Always(Internal)),
    ("TooManyRequestsException", 429, Always(Throttled)),
    // Modelled for other operations of Lambda only.
    ("InvalidRequestContentException", 400, Always(InvalidParameter)),
    ("RequestTooLargeException", 413, Always(TooLarge)),
    ("ResourceInUseException", 400, Always(Busy)),
    ("SerializedRequestEntityTooLargeException", 413, Always(TooLarge)),
    ("ServiceQuotaExceededException", 402, Always(LimitExceeded)),
    ("UnsupportedMediaTypeException", 415, Always(InvalidParameter)),
];

/// What an answer names as its cause.
#[derive(Debug)]
pub(super) struct Cause {
    /// The code; `None` where the status alone is known.
    pub(super) code: Option<&'static str>,
    /// The status that it comes with.
    pub(super) http: u16,
    pub(super) class: ManageErrorClass,
    /// Whether a change can have been made in spite of it.
    pub(super) uncertain: bool,
    /// What every AWS service means by it, where this one means the same.
    pub(super) shared: Option<InvokeErrorFacts>,
}

impl Cause {
    /// By a bare code, where we know it.
    pub(super) fn of_code(operation: Operation, code: &str) -> Option<Self> {
        if let Some((code, http, meaning)) = CODES.iter().find(|(known, ..)| *known == code) {
            let class = match meaning {
                Always(class) => *class,
                Conflict => conflict(operation),
            };
            return Some(Self {
                code: Some(code),
                http: *http,
                class,
                uncertain: *http >= 500,
                shared: None,
            });
        }
        let shared = common::ERRORS.iter().find(|facts| facts.code == Some(code))?;
        Some(Self::of_shared(*shared, class_of_shared(shared.class)))
    }

    /// By the status alone.
    pub(super) fn of_status(operation: Operation, http: u16) -> Self {
        let shared = common::by_status(http);
        let class = match http {
            402 => LimitExceeded,
            409 => conflict(operation),
            412 => PreconditionFailed,
            _ => class_of_shared(shared.class),
        };
        Self::of_shared(shared, class)
    }

    fn of_shared(shared: InvokeErrorFacts, class: ManageErrorClass) -> Self {
        let uncertain = shared.start == Start::MayHaveStarted;
        Self { code: shared.code, http: shared.http, class, uncertain, shared: Some(shared) }
    }
}

/// "The resource already exists, or another operation is in progress" (Lambda API, `ResourceConflictException`): what
/// makes something finds it there, what changes something finds it occupied.
fn conflict(operation: Operation) -> ManageErrorClass {
    match operation {
        Operation::CreateFunction
        | Operation::CreateAlias
        | Operation::AddPermission
        | Operation::AddLayerVersionPermission => Exists,
        _ => Busy,
    }
}

fn class_of_shared(class: InvokeErrorClass) -> ManageErrorClass {
    match class {
        InvokeErrorClass::Denied => Denied,
        InvokeErrorClass::Unauthenticated => Unauthenticated,
        InvokeErrorClass::NotFound => NotFound,
        InvokeErrorClass::Throttled => Throttled,
        InvokeErrorClass::TooLarge => TooLarge,
        InvokeErrorClass::InvalidRequest | InvokeErrorClass::Misconfigured => InvalidParameter,
        InvokeErrorClass::Conflict | InvokeErrorClass::NotReady => Busy,
        InvokeErrorClass::Unavailable => Unavailable,
        InvokeErrorClass::Internal => Internal,
    }
}
