//! How a change is made at the simulator: made, previewed, or failed as a test requests.

use crate::{
    FakeProvider,
    preview::Request,
    state::{Fault, State},
};
use lamplight_aws_model::{AwsErrorClass, ErrorFacts, ManageSubject, Operation, Repeat, classify_manage};
use lamplight_domain::{ErrorCode, FunctionRef, Qualifier};
use lamplight_ports::{Applied, ChangeError, Changed, Effect, PortError, PortErrorKind};

impl FakeProvider {
    /// Makes the next change and loses its answer. Faults apply to changes in the order in which they were requested,
    /// one per change, and are shared by all clones.
    #[must_use]
    pub fn lose_next_answer(self) -> Self {
        self.state().faults.push_back(Fault::LoseAnswer);
        self
    }

    /// Loses the request of the next change, so that the caller cannot tell whether the change was made.
    #[must_use]
    pub fn lose_next_request(self) -> Self {
        self.state().faults.push_back(Fault::LoseRequest);
        self
    }

    /// Throttles the next `changes` changes.
    #[must_use]
    pub fn throttle_changes(self, changes: usize) -> Self {
        self.state().faults.extend(std::iter::repeat_n(Fault::Throttle, changes));
        self
    }

    /// Describes a function as pending this many times after it was created or changed.
    #[must_use]
    pub fn pending_for(self, descriptions: u32) -> Self {
        self.state().pending = descriptions;
        self
    }

    /// The subject of an operation on a function, or on one of its versions or aliases.
    pub(crate) fn asking(
        operation: Operation,
        function: &FunctionRef,
        qualifier: Option<&Qualifier>,
    ) -> ManageSubject {
        let qualifier = qualifier.map(Qualifier::as_str);
        let account = Some(Self::ACCOUNT);
        ManageSubject::function(operation, function.name.as_str(), qualifier, Self::REGION, account)
    }

    /// Refuses every operation if the caller has no permissions.
    pub(crate) fn admit(&self, operation: Operation) -> Result<(), PortError> {
        if self.refusing { Err(Self::refusal(operation.action())) } else { Ok(()) }
    }

    /// Makes a change, or previews it. `make` receives the new revision and the time of the change.
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
                error: provider_error(subject, "TooManyRequestsException", 429),
            });
        }
        if fault == Some(Fault::LoseRequest) {
            return Err(lost_answer(subject));
        }
        let stamp = Stamp { revision: state.next_revision(), time: self.now() };
        let outcome = make(&mut state, stamp);
        if fault == Some(Fault::LoseAnswer) {
            return Err(lost_answer(subject));
        }
        outcome.map(Changed::Made).map_err(ChangeError::refused)
    }

    fn now(&self) -> String {
        self.clock.now().strftime("%Y-%m-%dT%H:%M:%S%.3f+0000").to_string()
    }
}

/// The revision and time that a change sets.
#[derive(Debug, Clone)]
pub(crate) struct Stamp {
    pub(crate) revision: String,
    pub(crate) time: String,
}

fn lost_answer(subject: &ManageSubject) -> ChangeError {
    let message = format!(
        "{} for {} in region {}: the connection was closed before a response arrived; the change may have been made",
        subject.operation, subject.thing, subject.region
    );
    let error = PortError::new(PortErrorKind::Unavailable, ErrorCode::NoAnswer, message)
        .with_hint(format!("check {} before you retry the change", subject.thing));
    ChangeError { applied: Applied::Maybe, transient: true, retry_after: None, error }
}

/// The port's error for an error code of the provider.
fn provider_error(subject: &ManageSubject, code: &str, http: u16) -> PortError {
    to_port_error(subject, classify_manage(subject.operation, Some(code), http))
}

fn to_port_error(subject: &ManageSubject, facts: ErrorFacts) -> PortError {
    debug_assert!(facts.repeat == Repeat::Never || facts.class == AwsErrorClass::Throttled, "{facts:?}");
    let (kind, code) = match facts.class {
        AwsErrorClass::NotFound if facts.no_function || is_about_a_function(subject) => {
            (PortErrorKind::NotFound, ErrorCode::FunctionNotFound)
        }
        AwsErrorClass::NotFound => (PortErrorKind::NotFound, ErrorCode::NotFound),
        AwsErrorClass::Exists => (PortErrorKind::Conflict, ErrorCode::AlreadyExists),
        AwsErrorClass::Conflict => (PortErrorKind::Conflict, ErrorCode::Conflict),
        AwsErrorClass::PreconditionFailed => (PortErrorKind::Conflict, ErrorCode::RevisionChanged),
        AwsErrorClass::Throttled => (PortErrorKind::Throttled, ErrorCode::Throttled),
        _ => (PortErrorKind::InvalidRequest, ErrorCode::InvalidRequest),
    };
    PortError::new(kind, code, facts.message(subject)).with_hint(facts.hint(subject))
}

/// Whether the missing thing is a function or a version of one.
fn is_about_a_function(subject: &ManageSubject) -> bool {
    subject.thing.starts_with("function ") || subject.thing.starts_with("version ")
}

/// The subject of the operation does not exist.
pub(crate) fn not_found(subject: &ManageSubject) -> PortError {
    provider_error(subject, "ResourceNotFoundException", 404)
}

/// The function of the subject does not exist.
pub(crate) fn no_function(subject: &ManageSubject) -> PortError {
    let facts = classify_manage(subject.operation, Some("ResourceNotFoundException"), 404);
    let function = subject.resource.split(':').take(7).collect::<Vec<_>>().join(":");
    to_port_error(subject, facts.in_words(subject.operation, &format!("Function not found: {function}")))
}

/// The subject of the operation exists already, or is in use.
pub(crate) fn conflict(subject: &ManageSubject) -> PortError {
    provider_error(subject, "ResourceConflictException", 409)
}

/// Refuses a change for another revision.
pub(crate) fn expect_revision(
    subject: &ManageSubject,
    asked: Option<&str>,
    found: Option<&str>,
) -> Result<(), PortError> {
    if asked.is_none() || asked == found {
        Ok(())
    } else {
        Err(provider_error(subject, "PreconditionFailedException", 412))
    }
}

/// The failure for a value that only the provider can check, with the provider's reason as the cause.
pub(crate) fn invalid(subject: &ManageSubject, reason: impl Into<String>) -> PortError {
    provider_error(subject, "InvalidParameterValueException", 400).with_source(reason.into())
}

/// Refuses a number out of its range, as the provider does.
pub(crate) fn check_range(
    subject: &ManageSubject,
    member: &str,
    value: Option<u32>,
    range: std::ops::RangeInclusive<u32>,
) -> Result<(), PortError> {
    let Some(value) = value.filter(|value| !range.contains(value)) else { return Ok(()) };
    let bound = if value < *range.start() {
        format!("greater than or equal to {}", range.start())
    } else {
        format!("less than or equal to {}", range.end())
    };
    let failed = format!("Value '{value}' at '{member}' failed to satisfy constraint");
    Err(invalid(subject, format!("1 validation error detected: {failed}: Member must have value {bound}")))
}
