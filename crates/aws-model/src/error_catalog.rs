//! What each error of Invoke means: whether the function can have started, whether the call may be repeated, and what
//! to tell people. Pure data; nothing here repeats anything.
//!
//! AWS publishes no table of which errors come before the function's code. This one is our reading of the Lambda API
//! model's texts, with one law over it: in doubt the function may have started, and the call is not repeated.

pub(crate) mod common;
mod modelled;
mod subject;

pub use subject::Subject;

use lamplight_domain::{Hint, Start};

/// Stands in every message of an error of which no more is known than its status.
const DOUBT: &str = "may have started";

/// What kind of failure an error is, by what a person does about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum InvokeErrorClass {
    /// The caller is known and lacks a permission.
    Denied,
    /// The caller's credentials were not accepted.
    Unauthenticated,
    /// There is no such function, version or alias.
    NotFound,
    /// A rate or a quota is used up.
    Throttled,
    /// The payload is over the limit.
    TooLarge,
    /// The request breaks a rule.
    InvalidRequest,
    /// Something else is going on with the function, or was started under the same name.
    Conflict,
    /// The function or what it needs is still being prepared.
    NotReady,
    /// The function's own configuration keeps it from starting.
    Misconfigured,
    /// The service or a part of it cannot be reached.
    Unavailable,
    /// The service failed.
    Internal,
}

/// Whether the same call may be made again without a person's decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Repeat {
    /// No: it would end the same way, or the function may have started.
    Never,
    /// Yes, after a while: the cause passes, and the function did not start.
    Backoff,
}

/// What is known of one error of Invoke.
///
/// # Guarantees
/// - [`Repeat::Backoff`] comes only with [`Start::DidNotStart`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvokeErrorFacts {
    /// The code in the answer, as `TooManyRequestsException`; `None` where the facts follow from the HTTP status alone.
    pub code: Option<&'static str>,
    /// The HTTP status that the code comes with.
    pub http: u16,
    /// What kind of failure it is.
    pub class: InvokeErrorClass,
    /// What it proves about the function.
    pub start: Start,
    /// Whether the call may be repeated.
    pub repeat: Repeat,
    pub(crate) message: &'static str,
    pub(crate) hint: &'static str,
}

impl InvokeErrorFacts {
    /// One line for people: what went wrong, without secrets or internals.
    pub fn message(&self, subject: &Subject) -> String {
        let message = subject.fill(self.message);
        match self.code {
            None if self.start == Start::MayHaveStarted && !self.message.contains(DOUBT) => {
                format!("{message}; function {} {DOUBT}", subject.function)
            }
            _ => message,
        }
    }

    /// One line for people: what to do about it.
    pub fn hint(&self, subject: &Subject) -> Hint {
        subject.fill_hint(self.hint)
    }

    /// All errors with a code that we know: first those of the API model, then those that every AWS service shares.
    pub fn all() -> impl Iterator<Item = &'static Self> {
        modelled::ERRORS.iter().chain(common::ERRORS)
    }

    const fn refused(
        code: &'static str,
        http: u16,
        class: InvokeErrorClass,
        message: &'static str,
        hint: &'static str,
    ) -> Self {
        let (start, repeat) = (Start::DidNotStart, Repeat::Never);
        Self { code: Some(code), http, class, start, repeat, message, hint }
    }

    const fn passing(
        code: &'static str,
        http: u16,
        class: InvokeErrorClass,
        message: &'static str,
        hint: &'static str,
    ) -> Self {
        Self { repeat: Repeat::Backoff, ..Self::refused(code, http, class, message, hint) }
    }

    const fn uncertain(
        code: &'static str,
        http: u16,
        class: InvokeErrorClass,
        message: &'static str,
        hint: &'static str,
    ) -> Self {
        Self { start: Start::MayHaveStarted, ..Self::refused(code, http, class, message, hint) }
    }

    /// The same error where it cannot be taken at its word.
    fn doubted(self) -> Self {
        Self { start: Start::MayHaveStarted, repeat: Repeat::Never, ..self }
    }
}

/// What an error answer of Invoke means, by its code (`x-amzn-errortype`, or `__type` in the body) and HTTP status.
///
/// A code is believed only beside a status of its own hundred: a proxy that makes 500 of a 429 has proven nothing.
/// Without a known code the status says what kind of failure it is, and proves nothing: the function may have started.
///
/// ```
/// use lamplight_aws_model::{InvokeErrorClass, Repeat, Subject, classify};
/// use lamplight_domain::Start;
///
/// let facts = classify(Some("TooManyRequestsException"), 429);
/// assert_eq!((facts.class, facts.start, facts.repeat), (InvokeErrorClass::Throttled, Start::DidNotStart, Repeat::Backoff));
/// assert_eq!(classify(None, 403).start, Start::MayHaveStarted);
///
/// let subject = Subject::invoke("adder", Some("prod"), "eu-west-1", Some("123456789012"));
/// assert_eq!(
///     classify(Some("ResourceNotFoundException"), 404).message(&subject),
///     "function adder with qualifier prod was not found in region eu-west-1"
/// );
/// ```
pub fn classify(code: Option<&str>, http: u16) -> InvokeErrorFacts {
    let Some(code) = code.map(bare_code) else {
        return common::by_status(http).doubted();
    };
    match InvokeErrorFacts::all().find(|facts| facts.code == Some(code)) {
        Some(facts) if facts.http / 100 == http / 100 => *facts,
        Some(facts) => facts.doubted(),
        None => common::by_status(http).doubted(),
    }
}

/// The code alone: services may write `namespace#Code` and `Code:address` (AWS restJson1 protocol, error shapes).
pub(crate) fn bare_code(code: &str) -> &str {
    let code = code.split(':').next().unwrap_or(code);
    code.rsplit('#').next().unwrap_or(code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_code_stands_twice_and_every_one_finds_itself() {
        let mut seen = BTreeSet::new();
        for facts in InvokeErrorFacts::all() {
            let code = facts.code.unwrap();
            assert!(seen.insert(code), "{code} stands twice");
            assert_eq!(classify(Some(code), facts.http), *facts);
        }
    }

    #[test]
    fn only_what_did_not_start_is_repeated() {
        let by_status = (0..=999).map(|http| classify(None, http));
        for facts in InvokeErrorFacts::all().copied().chain(by_status) {
            assert!(facts.repeat == Repeat::Never || facts.start == Start::DidNotStart, "{facts:?}");
        }
    }

    #[test]
    fn a_code_beside_a_foreign_status_proves_nothing() {
        for facts in InvokeErrorFacts::all() {
            for http in [0, 200, 302, 400, 500, 503].into_iter().filter(|http| http / 100 != facts.http / 100)
            {
                let doubted = classify(facts.code, http);
                assert_eq!(
                    (doubted.start, doubted.repeat),
                    (Start::MayHaveStarted, Repeat::Never),
                    "{facts:?}"
                );
                assert_eq!(doubted.class, facts.class);
            }
        }
    }

    #[test]
    fn decorated_codes_are_read() {
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

    #[test]
    fn every_text_is_one_fragment_with_known_places() {
        let subject = Subject::invoke("f", Some("prod"), "us-east-1", None);
        let by_status = (100..=599).map(|http| classify(None, http));
        for facts in InvokeErrorFacts::all().copied().chain(by_status) {
            for text in [facts.message(&subject), subject.fill(facts.hint)] {
                assert!(!text.is_empty() && !text.contains(['{', '}', '\n']), "{text}");
                assert!(!text.ends_with('.'), "{text}");
            }
        }
    }
}
