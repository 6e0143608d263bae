//! How anything is changed at the simulated provider: made, shown, or made to fail as a test asks for it.

use crate::{
    FakeProvider,
    preview::Request,
    state::{Fault, State},
};
use lamplight_aws_model::{
    ManageErrorClass, ManageErrorFacts, ManageSubject, Operation, Repeat, RuleViolation, classify_manage,
};
use lamplight_domain::{ErrorCode, FunctionRef, Qualifier};
use lamplight_ports::{Applied, ChangeError, Changed, Effect, PortError, PortErrorKind};

impl FakeProvider {
    /// The same provider, which will make the next change and lose its answer. Faults are met in the order in which they
    /// were asked for, one a change, and by all clones.
    #[must_use]
    pub fn lose_next_answer(self) -> Self {
        self.state().faults.push_back(Fault::LoseAnswer);
        self
    }

    /// The same provider, which the next change will not reach, though nobody can tell.
    #[must_use]
    pub fn lose_next_request(self) -> Self {
        self.state().faults.push_back(Fault::LoseRequest);
        self
    }

    /// The same provider, which will throttle the next `changes`.
    #[must_use]
    pub fn throttle_changes(self, changes: usize) -> Self {
        self.state().faults.extend(std::iter::repeat_n(Fault::Throttle, changes));
        self
    }

    /// The same provider with functions that are described as pending so often after they were made or changed.
    #[must_use]
    pub fn pending_for(self, descriptions: u32) -> Self {
        self.state().pending = descriptions;
        self
    }

    /// What asks about a function, or one of its versions or aliases.
    pub(crate) fn asking(
        operation: Operation,
        function: &FunctionRef,
        qualifier: Option<&Qualifier>,
    ) -> ManageSubject {
        let qualifier = qualifier.map(Qualifier::as_str);
        let account = Some(Self::ACCOUNT);
        ManageSubject::function(operation, function.name.as_str(), qualifier, Self::REGION, account)
    }

    /// Refuses a caller who may do nothing.
    pub(crate) fn admit(&self, operation: Operation) -> Result<(), PortError> {
        if self.refusing { Err(Self::refusal(operation.action())) } else { Ok(()) }
    }

    /// Makes a change, or shows it. `make` gets what the thing's revision and time of change are to be.
    pub(crate) fn change<T>(
        &self,
        subject: &ManageSubject,
        effect: Effect,
        request: &Request,
        make: impl FnOnce(&mut State, Stamp) -> Result<T, PortError>,
    ) -> Result<Changed<T>, ChangeError> {
        if let Effect::Show { .. } = effect {
            return Ok(Changed::Shown(request.preview(subject.operation)));
        }
        self.admit(subject.operation).map_err(ChangeError::refused)?;
        let mut state = self.state();
        let fault = state.faults.pop_front();
        if fault == Some(Fault::Throttle) {
            return Err(ChangeError {
                applied: Applied::No,
                transient: true,
                retry_after: None,
                error: refuse(subject, "TooManyRequestsException", 429),
            });
        }
        if fault == Some(Fault::LoseRequest) {
            return Err(lost(subject));
        }
        let stamp = Stamp { revision: state.next_revision(), time: self.now() };
        let outcome = make(&mut state, stamp);
        if fault == Some(Fault::LoseAnswer) {
            return Err(lost(subject));
        }
        outcome.map(Changed::Made).map_err(ChangeError::refused)
    }

    fn now(&self) -> String {
        self.clock.now().strftime("%Y-%m-%dT%H:%M:%S%.3f+0000").to_string()
    }
}

/// What every change leaves on what it changed.
#[derive(Debug, Clone)]
pub(crate) struct Stamp {
    pub(crate) revision: String,
    pub(crate) time: String,
}

fn lost(subject: &ManageSubject) -> ChangeError {
    let message = format!(
        "{} for {} in region {}: the connection ended before an answer; the change may have been made",
        subject.operation, subject.thing, subject.region
    );
    let error = PortError::new(PortErrorKind::Unavailable, ErrorCode::NoAnswer, message)
        .with_hint(format!("look at {} before asking for the change again", subject.thing));
    ChangeError { applied: Applied::Maybe, transient: true, retry_after: None, error }
}

/// What the provider answers with this code, in the words of ports.
fn refuse(subject: &ManageSubject, code: &str, http: u16) -> PortError {
    told(subject, classify_manage(subject.operation, Some(code), http))
}

fn told(subject: &ManageSubject, facts: ManageErrorFacts) -> PortError {
    debug_assert!(facts.repeat == Repeat::Never || facts.class == ManageErrorClass::Throttled, "{facts:?}");
    let (kind, code) = match facts.class {
        ManageErrorClass::NotFound if facts.no_function || is_about_a_function(subject) => {
            (PortErrorKind::NotFound, ErrorCode::FunctionNotFound)
        }
        ManageErrorClass::NotFound => (PortErrorKind::NotFound, ErrorCode::NotFound),
        ManageErrorClass::Exists => (PortErrorKind::Conflict, ErrorCode::AlreadyExists),
        ManageErrorClass::Busy => (PortErrorKind::Conflict, ErrorCode::Conflict),
        ManageErrorClass::PreconditionFailed => (PortErrorKind::Conflict, ErrorCode::RevisionChanged),
        ManageErrorClass::Throttled => (PortErrorKind::Throttled, ErrorCode::Throttled),
        _ => (PortErrorKind::InvalidRequest, ErrorCode::InvalidRequest),
    };
    PortError::new(kind, code, facts.message(subject)).with_hint(facts.hint(subject))
}

/// Whether what is not found is a function or one of its versions.
fn is_about_a_function(subject: &ManageSubject) -> bool {
    subject.thing.starts_with("function ") || subject.thing.starts_with("version ")
}

/// There is no such thing.
pub(crate) fn not_found(subject: &ManageSubject) -> PortError {
    refuse(subject, "ResourceNotFoundException", 404)
}

/// There is no such function, on which the thing would hang.
pub(crate) fn no_function(subject: &ManageSubject) -> PortError {
    let facts = classify_manage(subject.operation, Some("ResourceNotFoundException"), 404);
    let function = subject.resource.split(':').take(7).collect::<Vec<_>>().join(":");
    told(subject, facts.in_words(subject.operation, &format!("Function not found: {function}")))
}

/// It exists, or is in use.
pub(crate) fn conflict(subject: &ManageSubject) -> PortError {
    refuse(subject, "ResourceConflictException", 409)
}

/// Refuses a change that is meant for another revision.
pub(crate) fn expect_revision(
    subject: &ManageSubject,
    asked: Option<&str>,
    found: Option<&str>,
) -> Result<(), PortError> {
    if asked.is_none() || asked == found {
        Ok(())
    } else {
        Err(refuse(subject, "PreconditionFailedException", 412))
    }
}

/// A request that breaks a rule which only the provider can tell.
pub(crate) fn invalid(subject: &ManageSubject, problem: &str) -> PortError {
    let message = format!("{} for {}: {problem}", subject.operation, subject.thing);
    PortError::new(PortErrorKind::InvalidRequest, ErrorCode::InvalidRequest, message)
}

/// Refuses a request that breaks rules, and names all of them.
pub(crate) fn obey(
    subject: &ManageSubject,
    rules: impl IntoIterator<Item = Result<(), Vec<RuleViolation>>>,
) -> Result<(), PortError> {
    let broken: Vec<String> =
        rules.into_iter().filter_map(Result::err).flatten().map(|violation| violation.message).collect();
    if broken.is_empty() { Ok(()) } else { Err(invalid(subject, &broken.join("; "))) }
}

/// A rule that is checked by itself.
pub(crate) fn rule(checked: Result<(), RuleViolation>) -> Result<(), Vec<RuleViolation>> {
    checked.map_err(|violation| vec![violation])
}
