//! What each error of a managing operation means: what kind it is, whether anything can have been changed, whether the
//! call may be repeated, and what to tell people. Pure data; nothing here repeats anything.
//!
//! The codes and their statuses are those of the Lambda API model. That nothing was changed is our reading of it, with
//! one law over it: in doubt the change may have been made.

mod codes;
mod subject;
mod texts;

pub use subject::ManageSubject;

use lamplight_domain::{Applied, Hint};

use crate::{
    FunctionArn, Operation,
    error_catalog::{Repeat, bare_code},
};
use codes::Cause;

/// What kind of failure an error of management is, by what a person does about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ManageErrorClass {
    /// The caller is known and lacks a permission.
    Denied,
    /// The caller's credentials were not accepted.
    Unauthenticated,
    /// The thing, or what it refers to, is not there.
    NotFound,
    /// What was to be made is there already.
    Exists,
    /// Another change of it is in progress, or something uses it.
    Busy,
    /// It is no longer of the revision that the change was meant for.
    PreconditionFailed,
    /// Too many calls at once.
    Throttled,
    /// The account's room for code is used up.
    CodeStorageExceeded,
    /// There are as many as there can be.
    LimitExceeded,
    /// The policy would grow longer than it can be.
    PolicyTooLong,
    /// The request breaks a rule.
    InvalidParameter,
    /// The code's signature is not accepted.
    InvalidCode,
    /// The policy would let anyone in, and that is blocked.
    PublicPolicy,
    /// The request is larger than Lambda takes.
    TooLarge,
    /// The service or what lies before it cannot be reached.
    Unavailable,
    /// The service failed.
    Internal,
}

/// What is known of one error of a managing operation.
///
/// # Guarantees
/// - [`Repeat::Backoff`] comes only with [`Applied::No`].
/// - An operation that only reads is always [`Applied::No`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ManageErrorFacts {
    /// The code in the answer, as `ResourceConflictException`; `None` where the facts follow from the HTTP status alone.
    pub code: Option<&'static str>,
    /// The HTTP status that the code comes with.
    pub http: u16,
    /// What kind of failure it is.
    pub class: ManageErrorClass,
    /// What it proves about the change.
    pub applied: Applied,
    /// Whether the call may be repeated.
    pub repeat: Repeat,
    /// Whether it is the function that is not there, where the call was about something that hangs on one.
    pub no_function: bool,
    message: &'static str,
    hint: &'static str,
}

impl ManageErrorFacts {
    /// One line for people: what is wrong with the thing, without secrets or internals.
    pub fn message(&self, subject: &ManageSubject) -> String {
        subject.fill(self.message)
    }

    /// One line for people: what to do about it.
    pub fn hint(&self, subject: &ManageSubject) -> Hint {
        subject.fill_hint(self.hint)
    }

    /// The same with what Lambda's own words tell beside the code, where the call is about an alias or a policy: one code
    /// stands for the absence of these and of the function.
    #[must_use]
    pub fn in_words(self, operation: Operation, words: &str) -> Self {
        let hangs_on_a_function = matches!(
            operation,
            Operation::CreateAlias
                | Operation::GetAlias
                | Operation::UpdateAlias
                | Operation::DeleteAlias
                | Operation::AddPermission
                | Operation::RemovePermission
                | Operation::GetPolicy
        );
        if self.code != Some("ResourceNotFoundException") || !hangs_on_a_function || !says_no_function(words)
        {
            return self;
        }
        let (message, hint) = texts::NO_FUNCTION;
        Self { no_function: true, message, hint, ..self }
    }
}

/// Whether the words of a `ResourceNotFoundException` are about a function as a whole: `Function not found: ARN`. With a
/// qualifier in the ARN it may be the version that is absent; of an alias or a policy alone Lambda says otherwise (`Cannot
/// find alias arn: ARN`, `The resource you requested does not exist.`).
///
/// ```
/// use lamplight_aws_model::manage_errors::says_no_function;
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

/// What an error answer of a managing operation means, by its code (`x-amzn-errortype`, or `__type` in the body) and
/// HTTP status.
///
/// A code is believed only beside a status of its own hundred. Without a known code the status decides:
/// 5xx may have changed something, 4xx did not, save 408 and 410.
///
/// ```
/// use lamplight_domain::{Action, Applied, HintPart};
/// use lamplight_aws_model::{ManageErrorClass, ManageSubject, Operation, classify_manage};
///
/// let conflict = Some("ResourceConflictException");
/// let create = classify_manage(Operation::CreateFunction, conflict, 409);
/// assert_eq!((create.class, create.applied), (ManageErrorClass::Exists, Applied::No));
///
/// let update = classify_manage(Operation::UpdateFunctionCode, conflict, 409);
/// assert_eq!(update.class, ManageErrorClass::Busy);
/// let subject =
///     ManageSubject::function(Operation::UpdateFunctionCode, "adder", None, "eu-west-1", Some("123456789012"));
/// assert_eq!(update.message(&subject), "another change of function adder is in progress");
/// assert!(update.hint(&subject).parts().contains(&HintPart::Action(Action::WaitForFunction("adder".to_owned()))));
/// ```
pub fn classify_manage(operation: Operation, code: Option<&str>, http: u16) -> ManageErrorFacts {
    let known = code.map(bare_code).and_then(|code| Cause::of_code(operation, code));
    let cause = known.unwrap_or_else(|| Cause::of_status(operation, http));
    // A proxy that makes 500 of a 409 has proven nothing.
    let believed = (400..600).contains(&http) && cause.http / 100 == http / 100;
    let proven = believed && !cause.uncertain;
    let applied = if proven || !operation.changes() { Applied::No } else { Applied::Maybe };
    let passes = matches!(
        cause.class,
        ManageErrorClass::Throttled | ManageErrorClass::Unavailable | ManageErrorClass::Internal
    );
    let repeat = if believed && passes && applied == Applied::No { Repeat::Backoff } else { Repeat::Never };
    let (message, hint) = texts::of(operation, &cause, applied);
    ManageErrorFacts {
        code: cause.code,
        http: cause.http,
        class: cause.class,
        applied,
        repeat,
        no_function: false,
        message,
        hint,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error_catalog::common;

    fn every_code() -> impl Iterator<Item = (&'static str, u16)> {
        let shared = common::ERRORS.iter().filter_map(|facts| Some((facts.code?, facts.http)));
        codes::CODES.iter().map(|(code, http, _)| (*code, *http)).chain(shared)
    }

    #[test]
    fn every_code_finds_itself_and_is_known_once() {
        let mut seen = std::collections::BTreeSet::new();
        for (code, http) in every_code() {
            assert!(seen.insert(code), "{code} stands twice");
            for operation in Operation::ALL {
                let facts = classify_manage(*operation, Some(code), http);
                assert_eq!((facts.code, facts.http), (Some(code), http), "{operation}");
            }
        }
    }

    #[test]
    fn a_code_beside_a_foreign_status_proves_nothing() {
        for (code, own) in every_code() {
            for http in [0, 200, 302, 400, 500, 503].into_iter().filter(|http| http / 100 != own / 100) {
                let facts = classify_manage(Operation::DeleteFunction, Some(code), http);
                assert_eq!((facts.applied, facts.repeat), (Applied::Maybe, Repeat::Never), "{code} {http}");
                let facts = classify_manage(Operation::GetFunction, Some(code), http);
                assert_eq!((facts.applied, facts.repeat), (Applied::No, Repeat::Never), "{code} {http}");
            }
        }
    }

    #[test]
    fn what_is_repeated_was_not_applied_and_what_reads_applies_nothing() {
        for operation in Operation::ALL {
            for http in 0..=999 {
                let facts = classify_manage(*operation, None, http);
                assert!(facts.repeat == Repeat::Never || facts.applied == Applied::No, "{facts:?}");
                assert!(operation.changes() || facts.applied == Applied::No, "{facts:?}");
                assert_eq!(facts.code, None);
            }
        }
    }

    #[test]
    fn shared_errors_mean_here_what_they_mean_to_a_call() {
        use lamplight_domain::Start;
        for facts in common::ERRORS {
            let here = classify_manage(Operation::CreateFunction, facts.code, facts.http);
            assert_eq!(here.applied == Applied::No, facts.start == Start::DidNotStart, "{facts:?}");
            assert_eq!(here.repeat, facts.repeat, "{facts:?}");
        }
        for http in (100..=599).filter(|http| *http != 402) {
            let (here, there) =
                (classify_manage(Operation::CreateFunction, None, http), common::by_status(http));
            assert_eq!(here.applied == Applied::No, there.start == Start::DidNotStart, "{http}");
            assert_eq!(here.repeat, there.repeat, "{http}");
        }
    }

    #[test]
    fn every_text_is_one_fragment_with_known_places() {
        let codes: Vec<_> = every_code().map(|(code, http)| (Some(code), http)).collect();
        let statuses: Vec<_> = (0..=999).map(|http| (None, http)).collect();
        for operation in Operation::ALL {
            let subject = ManageSubject {
                operation: *operation,
                thing: "function f".to_owned(),
                resource: "*".to_owned(),
                region: "us-east-1".to_owned(),
            };
            for (code, http) in codes.iter().chain(&statuses) {
                let facts = classify_manage(*operation, *code, *http);
                for text in [facts.message(&subject), facts.hint(&subject).to_string()] {
                    assert!(!text.is_empty() && !text.contains(['{', '}', '\n']), "{text}");
                    assert!(!text.ends_with('.'), "{text}");
                    let proper = ["AWS ", "Lambda ", "EC2 "].iter().any(|name| text.starts_with(name));
                    assert!(proper || !text.starts_with(char::is_uppercase), "{text}");
                }
            }
        }
    }
}
