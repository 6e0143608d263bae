//! What each error of AWS means: its class, whether it proves that nothing happened, whether the call may be repeated,
//! and the message and hint for the user. This is data only; nothing here sends or repeats a request.
//!
//! One rule applies everywhere: without proof we assume that the function may have started, or that the change may have
//! been made, and nothing is repeated.

mod invoke_subject;
mod manage_subject;
mod manage_texts;
mod table;

pub use invoke_subject::Subject;
pub use manage_subject::ManageSubject;

use crate::{
    FunctionArn, Operation,
    text::{fill_hint, fill_places},
};
use lamplight_domain::{Action, Applied, Hint, Start};
use table::{OfCall, OfChange, ROWS, Row, by_status};

/// Templates of a message and its hint, with placeholders in braces.
type Texts = (&'static str, &'static str);

/// The class of a failure. Errors in one class have the same remedy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AwsErrorClass {
    /// The caller is authenticated but lacks a permission.
    Denied,
    /// The caller's credentials were not accepted.
    Unauthenticated,
    /// The resource, or something that it refers to, does not exist.
    NotFound,
    /// The resource to be created already exists.
    Exists,
    /// Another operation on the resource is in progress, or another resource uses it.
    Conflict,
    /// The resource has another revision than the request expects.
    PreconditionFailed,
    /// Too many requests at once.
    Throttled,
    /// A quota of the account is exhausted; waiting does not help.
    LimitExceeded,
    /// The account's code storage is full.
    CodeStorageExceeded,
    /// The policy would be longer than allowed.
    PolicyTooLong,
    /// The request or its payload is too large.
    TooLarge,
    /// The request is not valid.
    InvalidRequest,
    /// The code's signature is not accepted.
    InvalidCode,
    /// The policy would allow public access, which is blocked.
    PublicPolicy,
    /// The function, or something that it needs, is still being prepared. A network, image or snapshot can take a few
    /// minutes (Lambda developer guide, "Lambda function states").
    NotReady,
    /// The function cannot start because of its own configuration.
    Misconfigured,
    /// The service, or a part of it, cannot be reached.
    Unavailable,
    /// The service failed.
    Internal,
}

impl AwsErrorClass {
    /// Whether the cause may go away without any change.
    pub fn may_pass(self) -> bool {
        matches!(self, Self::Throttled | Self::NotReady | Self::Unavailable | Self::Internal)
    }
}

/// Whether the same call may be repeated without asking the user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Repeat {
    /// No: it would fail the same way, or something may have happened.
    Never,
    /// Yes, after a delay: the cause is temporary, and nothing happened.
    Backoff,
}

/// What is known about one error.
///
/// # Guarantees
/// - [`Repeat::Backoff`] is given only if it is proven that nothing happened.
/// - For an operation that only reads, it is always proven that nothing was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ErrorFacts {
    /// The code in the answer, such as `TooManyRequestsException`; `None` if the facts follow from the HTTP status alone.
    pub code: Option<&'static str>,
    /// The HTTP status that AWS sends with the code.
    pub http: u16,
    /// The class of the failure.
    pub class: AwsErrorClass,
    /// Whether the error proves that nothing happened: the function did not start, or nothing was changed.
    pub proven: bool,
    /// Whether the call may be repeated.
    pub repeat: Repeat,
    /// Whether the function itself does not exist, if the operation was on an alias or a policy of a function.
    pub no_function: bool,
    texts: Texts,
}

impl ErrorFacts {
    /// For a call: whether the function can have started.
    pub fn start(&self) -> Start {
        if self.proven { Start::DidNotStart } else { Start::MayHaveStarted }
    }

    /// For a change: whether it can have been made.
    pub fn applied(&self) -> Applied {
        if self.proven { Applied::No } else { Applied::Maybe }
    }

    /// What went wrong, in one line for users, without secrets or internals. It does not say whether the function may have
    /// started.
    pub fn message(&self, subject: &impl Places) -> String {
        fill_places(self.texts.0, |place| subject.value(place))
    }

    /// What to do about it, in one line for users.
    pub fn hint(&self, subject: &impl Places) -> Hint {
        fill_hint(self.texts.1, |place| subject.value(place), |place| subject.action(place))
    }

    /// All errors of Invoke with a known code.
    pub fn of_invoke() -> impl Iterator<Item = Self> {
        let listed = ROWS.iter().filter(|row| row.call != OfCall::Unlisted);
        listed.flat_map(|row| row.codes.iter().map(|code| classify(Some(code), row.http)))
    }

    /// The same facts, made more precise by Lambda's own message if the operation is on an alias or a policy: Lambda uses
    /// one code both for a missing function and for a missing alias or policy.
    #[must_use]
    pub fn in_words(self, operation: Operation, words: &str) -> Self {
        let is_of_a_function = matches!(
            operation,
            Operation::CreateAlias
                | Operation::GetAlias
                | Operation::UpdateAlias
                | Operation::DeleteAlias
                | Operation::AddPermission
                | Operation::RemovePermission
                | Operation::GetPolicy
        );
        if self.code == Some("ResourceNotFoundException") && is_of_a_function && says_no_function(words) {
            Self { no_function: true, texts: manage_texts::NO_FUNCTION, ..self }
        } else {
            self
        }
    }
}

/// The subject of an error: gives the values of the placeholders in its texts.
pub trait Places {
    /// The value of a placeholder.
    fn value(&self, place: &str) -> Option<&str>;

    /// The action that a placeholder of a hint stands for. Each front words it in its own way.
    fn action(&self, _place: &str) -> Option<Action> {
        None
    }
}

/// Whether the message of a `ResourceNotFoundException` says that the function itself does not exist: `Function not found:
/// ARN`. If the ARN has a qualifier, only the version may be missing. For a missing alias or policy Lambda has other
/// messages (`Cannot find alias arn: ARN`, `The resource you requested does not exist.`).
///
/// ```
/// use lamplight_aws_model::error_catalog::says_no_function;
///
/// assert!(says_no_function("Function not found: arn:aws:lambda:eu-west-1:123456789012:function:adder"));
/// assert!(!says_no_function("Function not found: arn:aws:lambda:eu-west-1:123456789012:function:adder:7"));
/// assert!(!says_no_function("The resource you requested does not exist."));
/// ```
pub fn says_no_function(words: &str) -> bool {
    let named = words.trim().strip_prefix("Function not found");
    let arn = named.and_then(|rest| rest.trim_matches([':', ' ', '.']).parse::<FunctionArn>().ok());
    arn.is_some_and(|arn| arn.qualifier().is_none())
}

/// What an error answer of Invoke means, by its code (`x-amzn-errortype`, or `__type` in the body) and HTTP status.
///
/// A code counts as proof only if the status is of the same class (4xx or 5xx) as the code's own: a proxy that turns a
/// 429 into a 500 proves nothing. Without a known code the status gives the class of the failure but proves nothing: the
/// function may have started.
///
/// ```
/// use lamplight_aws_model::{AwsErrorClass, Repeat, Subject, classify};
/// use lamplight_domain::Start;
///
/// let facts = classify(Some("TooManyRequestsException"), 429);
/// assert_eq!(
///     (facts.class, facts.start(), facts.repeat),
///     (AwsErrorClass::Throttled, Start::DidNotStart, Repeat::Backoff)
/// );
/// assert_eq!(classify(None, 403).start(), Start::MayHaveStarted);
///
/// let subject = Subject::invoke("adder", Some("prod"), "eu-west-1", Some("123456789012"));
/// assert_eq!(
///     classify(Some("ResourceNotFoundException"), 404).message(&subject),
///     "function adder with qualifier prod was not found in region eu-west-1"
/// );
/// ```
pub fn classify(code: Option<&str>, http: u16) -> ErrorFacts {
    let (code, row) = find(code, http, |row| row.call != OfCall::Unlisted);
    let proven = row.http / 100 == http / 100 && matches!(row.call, OfCall::Refused | OfCall::Passing);
    let repeat = if proven && row.call == OfCall::Passing { Repeat::Backoff } else { Repeat::Never };
    ErrorFacts {
        code,
        http: row.http,
        class: row.class,
        proven,
        repeat,
        no_function: false,
        texts: row.texts,
    }
}

/// What an error answer of a management operation means, by its code and HTTP status.
///
/// A code counts as proof only if the status is of the same class (4xx or 5xx) as the code's own. Without a known code the
/// status decides: after 5xx something may have been changed; after 4xx nothing was changed, except for 408 and 410.
///
/// ```
/// use lamplight_domain::{Action, Applied, HintPart};
/// use lamplight_aws_model::{AwsErrorClass, ManageSubject, Operation, classify_manage};
///
/// let conflict = Some("ResourceConflictException");
/// let create = classify_manage(Operation::CreateFunction, conflict, 409);
/// assert_eq!((create.class, create.applied()), (AwsErrorClass::Exists, Applied::No));
///
/// let update = classify_manage(Operation::UpdateFunctionCode, conflict, 409);
/// assert_eq!(update.class, AwsErrorClass::Conflict);
/// let subject =
///     ManageSubject::function(Operation::UpdateFunctionCode, "adder", None, "eu-west-1", Some("123456789012"));
/// assert_eq!(update.message(&subject), "another change of function adder is in progress");
/// assert!(update.hint(&subject).parts().contains(&HintPart::Action(Action::WaitForFunction("adder".to_owned()))));
/// ```
pub fn classify_manage(operation: Operation, code: Option<&str>, http: u16) -> ErrorFacts {
    let (code, row) = find(code, http, |row| row.change != OfChange::Unlisted);
    let class = match (code, row.http) {
        (Some("ResourceConflictException"), _) | (None, 409) => conflict(operation),
        (None, 412) => AwsErrorClass::PreconditionFailed,
        _ => row.class,
    };
    // A proxy that turns a 409 into a 500 proves nothing.
    let believed = (400..600).contains(&http) && row.http / 100 == http / 100;
    let proven = (believed && row.change == OfChange::Refused) || !operation.changes();
    let repeat = if believed && proven && class.may_pass() { Repeat::Backoff } else { Repeat::Never };
    let texts = manage_texts::of(operation, class, code, proven, &row);
    ErrorFacts { code, http: row.http, class, proven, repeat, no_function: false, texts }
}

/// "The resource already exists, or another operation is in progress" (Lambda API, `ResourceConflictException`): the
/// first for operations that create something, the second for all others.
fn conflict(operation: Operation) -> AwsErrorClass {
    match operation {
        Operation::CreateFunction
        | Operation::CreateAlias
        | Operation::AddPermission
        | Operation::AddLayerVersionPermission => AwsErrorClass::Exists,
        _ => AwsErrorClass::Conflict,
    }
}

/// Whether AWS has an error with this code.
///
/// ```
/// use lamplight_aws_model::is_known_code;
///
/// assert!(is_known_code("com.amazonaws.lambda#ResourceNotFoundException"));
/// assert!(!is_known_code("SquidException"));
/// ```
pub fn is_known_code(code: &str) -> bool {
    let code = bare_code(code);
    ROWS.iter().any(|row| row.codes.contains(&code))
}

/// The code of AWS that an emulator writes in this way: `sam local start-lambda` leaves out the ending `Exception`.
pub fn code_of_emulator(code: &str) -> Option<&'static str> {
    let code = bare_code(code);
    let mut codes = ROWS.iter().flat_map(|row| row.codes);
    codes.find(|known| **known == code || known.strip_suffix("Exception") == Some(code)).copied()
}

/// The row of a code that is listed, or else the row for the status.
fn find(code: Option<&str>, http: u16, listed: impl Fn(&Row) -> bool) -> (Option<&'static str>, Row) {
    let known = code.map(bare_code).and_then(|code| {
        ROWS.iter()
            .filter(|row| listed(row))
            .find_map(|row| Some((*row.codes.iter().find(|known| **known == code)?, *row)))
    });
    known.map_or_else(|| (None, by_status(http)), |(code, row)| (Some(code), row))
}

/// The code alone: services may also write `namespace#Code` and `Code:address` (AWS restJson1 protocol, error shapes).
fn bare_code(code: &str) -> &str {
    let code = code.split(':').next().unwrap_or(code);
    code.rsplit('#').next().unwrap_or(code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn of_management() -> impl Iterator<Item = (&'static str, u16)> {
        let listed = ROWS.iter().filter(|row| row.change != OfChange::Unlisted);
        listed.flat_map(|row| row.codes.iter().map(|code| (*code, row.http)))
    }

    #[test]
    fn every_code_is_listed_once_and_found() {
        let mut seen = BTreeSet::new();
        for code in ROWS.iter().flat_map(|row| row.codes) {
            assert!(seen.insert(*code), "{code} is listed twice");
        }
        for facts in ErrorFacts::of_invoke() {
            assert!(facts.code.is_some(), "{facts:?}");
        }
        for (code, http) in of_management() {
            for operation in Operation::ALL {
                let facts = classify_manage(*operation, Some(code), http);
                assert_eq!((facts.code, facts.http), (Some(code), http), "{operation}");
            }
        }
    }

    #[test]
    fn errors_of_calls_and_of_changes_are_kept_apart() {
        for row in ROWS {
            for code in row.codes {
                if row.call == OfCall::Unlisted {
                    assert_eq!(classify(Some(code), row.http), classify(None, row.http), "{code}");
                }
                if row.change == OfChange::Unlisted {
                    let operation = Operation::UpdateFunctionCode;
                    let by_status = classify_manage(operation, None, row.http);
                    assert_eq!(classify_manage(operation, Some(code), row.http), by_status, "{code}");
                }
            }
            let both = row.call != OfCall::Unlisted && row.change != OfChange::Unlisted;
            let doubts = (row.call == OfCall::Doubtful, row.change == OfChange::Doubtful);
            assert!(!both || doubts.0 == doubts.1, "{row:?}");
        }
    }

    #[test]
    fn only_proven_failures_are_retried() {
        for http in 0..=999 {
            let call = classify(None, http);
            assert!(!call.proven && call.repeat == Repeat::Never, "{call:?}");
            for operation in Operation::ALL {
                let facts = classify_manage(*operation, None, http);
                assert!(facts.repeat == Repeat::Never || facts.proven, "{facts:?}");
                assert!(operation.changes() || facts.proven, "{facts:?}");
                assert_eq!(facts.code, None);
            }
        }
        for facts in ErrorFacts::of_invoke() {
            assert!(facts.repeat == Repeat::Never || facts.proven, "{facts:?}");
        }
    }

    #[test]
    fn a_code_beside_a_foreign_status_proves_nothing() {
        let foreign =
            |own: u16| [0, 200, 302, 400, 500, 503].into_iter().filter(move |http| http / 100 != own / 100);
        for facts in ErrorFacts::of_invoke() {
            for http in foreign(facts.http) {
                let doubted = classify(facts.code, http);
                assert_eq!(
                    (doubted.start(), doubted.repeat),
                    (Start::MayHaveStarted, Repeat::Never),
                    "{facts:?}"
                );
                assert_eq!(doubted.class, facts.class);
            }
        }
        for (code, own) in of_management() {
            for http in foreign(own) {
                let facts = classify_manage(Operation::DeleteFunction, Some(code), http);
                assert_eq!((facts.applied(), facts.repeat), (Applied::Maybe, Repeat::Never), "{code} {http}");
                let facts = classify_manage(Operation::GetFunction, Some(code), http);
                assert_eq!((facts.applied(), facts.repeat), (Applied::No, Repeat::Never), "{code} {http}");
            }
        }
    }

    #[test]
    fn an_emulator_may_leave_out_the_ending() {
        for (written, code) in [
            ("ResourceNotFound", Some("ResourceNotFoundException")),
            ("ResourceNotFoundException", Some("ResourceNotFoundException")),
            ("AccessDenied", Some("AccessDeniedException")),
            ("LocalServiceException", None),
            ("", None),
        ] {
            let found = code_of_emulator(written);
            assert_eq!(found.is_some(), code.is_some(), "{written}");
            assert!(found.is_none_or(|found| found.starts_with(written)), "{written} {found:?}");
        }
    }

    #[test]
    fn codes_with_prefix_or_suffix_are_recognized() {
        for code in [
            "TooManyRequestsException",
            "com.amazonaws.lambda#TooManyRequestsException",
            "TooManyRequestsException:http://internal.amazon.com/coral/com.amazonaws.lambda/",
            "com.amazonaws.lambda#TooManyRequestsException:http://internal/#x",
        ] {
            assert_eq!(classify(Some(code), 429).code, Some("TooManyRequestsException"), "{code}");
        }
        for code in ["", "#", ":", "toomanyrequestsexception", "SomethingNewException"] {
            assert_eq!(classify(Some(code), 500), classify(None, 500), "{code}");
        }
    }

    fn is_one_fragment(text: &str) {
        assert!(!text.is_empty() && !text.contains(['{', '}', '\n']), "{text}");
        assert!(!text.ends_with('.'), "{text}");
        let proper = ["AWS ", "Lambda ", "EC2 "].iter().any(|name| text.starts_with(name));
        assert!(proper || !text.starts_with(char::is_uppercase), "{text}");
    }

    #[test]
    fn every_message_is_one_phrase_without_open_placeholders() {
        let subject = Subject::invoke("f", Some("prod"), "us-east-1", None);
        for facts in ErrorFacts::of_invoke().chain((0..=999).map(|http| classify(None, http))) {
            is_one_fragment(&facts.message(&subject));
            is_one_fragment(&facts.hint(&subject).to_string());
        }
        let codes: Vec<_> = of_management().map(|(code, http)| (Some(code), http)).collect();
        let statuses = (0..=999).map(|http| (None, http));
        for (code, http) in codes.into_iter().chain(statuses) {
            for operation in Operation::ALL {
                let subject = ManageSubject::function(*operation, "f", None, "us-east-1", None);
                let facts = classify_manage(*operation, code, http);
                is_one_fragment(&facts.message(&subject));
                is_one_fragment(&facts.hint(&subject).to_string());
            }
        }
    }
}
