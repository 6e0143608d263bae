//! Makes a change, and finds out whether it was made if its answer was lost.

use crate::AppError;
use lamplight_domain::{Delivery, Passing, RetryPolicy, Start};
use lamplight_ports::{
    Applied, ChangeError, Changed, Connection, Effect, IdSource, PortError, PortErrorKind, RequestPreview,
    Sleeper,
};

/// What every change needs in addition to its request.
#[derive(Debug, Clone, Copy)]
pub struct ChangeContext<'a> {
    /// The connection.
    pub connection: &'a Connection,
    /// Waiting between attempts.
    pub sleeper: &'a dyn Sleeper,
    /// Jitter.
    pub ids: &'a dyn IdSource,
    /// Whether to make the change or only to show the request.
    pub effect: Effect,
    /// How often to retry a change that provably was not made.
    pub retries: RetryPolicy,
}

/// The outcome of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChangeOutcome<T> {
    /// The change was made: the provider's answer says so.
    Made(T),
    /// The answer was lost, and reading the resource shows that it is as requested. It is not known whether this change
    /// made it so, somebody else did, or it was so before.
    Found(T),
    /// The resource already was as requested, and nothing was changed.
    Unchanged(T),
    /// The change was not made, only shown.
    Shown(RequestPreview),
}

impl<T> ChangeOutcome<T> {
    /// Converts the resource.
    pub fn map<U>(self, into: impl FnOnce(T) -> U) -> ChangeOutcome<U> {
        match self {
            Self::Made(thing) => ChangeOutcome::Made(into(thing)),
            Self::Found(thing) => ChangeOutcome::Found(into(thing)),
            Self::Unchanged(thing) => ChangeOutcome::Unchanged(into(thing)),
            Self::Shown(preview) => ChangeOutcome::Shown(preview),
        }
    }

    /// The resource after the change; `None` if the change was only shown.
    pub fn thing(&self) -> Option<&T> {
        match self {
            Self::Made(thing) | Self::Found(thing) | Self::Unchanged(thing) => Some(thing),
            Self::Shown(_) => None,
        }
    }
}

/// The state of a resource, read to find out whether a change was made.
#[derive(Debug)]
pub(crate) enum Inspection<T> {
    /// It is as requested.
    AsRequested(T),
    /// It is as before the change.
    AsBefore,
    /// It is neither; the text describes it.
    Other(String),
}

impl<T> Inspection<T> {
    /// The state of a resource that is not as requested. Only if it is exactly as before, it provably was not changed:
    /// otherwise somebody else may have changed it after our change.
    pub(crate) fn not_as_requested(as_before: bool) -> Self {
        if as_before {
            Self::AsBefore
        } else {
            Self::Other("it is neither as before nor as requested".to_owned())
        }
    }

    /// The same for a resource with revisions.
    pub(crate) fn from_revisions(before: Option<&str>, now: Option<&str>) -> Self {
        Self::not_as_requested(before.is_some() && before == now)
    }
}

/// Changes `thing`. `send` sends the request once; `inspect` reads the resource.
///
/// # Guarantees
/// - The request is repeated only if the change provably was not made, or if the resource is still as before. Use this
///   only for changes that have the same effect however often they are made.
/// - If an answer was lost, the result depends only on the state of the resource: [`ChangeOutcome::Found`] if it is as
///   requested. If it is in another state or cannot be read, the result is [`AppError::ChangeUnknown`].
pub(crate) async fn apply<T, S, SF, L, LF>(
    changing: &ChangeContext<'_>,
    thing: &str,
    mut send: S,
    inspect: L,
) -> Result<ChangeOutcome<T>, AppError>
where
    S: FnMut() -> SF,
    SF: Future<Output = Result<Changed<T>, ChangeError>>,
    L: Fn() -> LF,
    LF: Future<Output = Result<Inspection<T>, PortError>>,
{
    let mut attempt = 0;
    let mut lost: Option<PortError> = None;
    loop {
        attempt += 1;
        let failure = match send().await {
            Ok(Changed::Made(made)) => {
                return Ok(ChangeOutcome::Made(made));
            }
            Ok(Changed::Shown(preview)) => {
                return Ok(ChangeOutcome::Shown(preview));
            }
            Err(failure) => failure,
        };
        let refused = failure.applied == Applied::No;
        tracing::info!(thing, attempt, refused, error = %failure.error, "a change failed");
        // If an earlier answer was lost, that change may have been made and be the reason for this refusal.
        if !refused || lost.is_some() {
            match inspect().await {
                Ok(Inspection::AsRequested(made)) => {
                    return Ok(ChangeOutcome::Found(made));
                }
                Ok(Inspection::AsBefore) => {}
                Ok(Inspection::Other(what)) => return Err(unknown(thing, Some(what), failure.error)),
                Err(error) => {
                    tracing::info!(thing, %error, "could not read the resource after a change");
                    return Err(unknown(thing, None, failure.error));
                }
            }
        }
        let again = refused && !failure.transient;
        let wait = changing.retries.next_wait(
            attempt,
            // The answer, or the state of the resource, proves that the change was not made.
            Delivery::NotSent,
            Start::DidNotStart,
            if again { Passing::Never } else { Passing::Seconds },
            failure.retry_after,
            changing.ids.jitter(),
        );
        match (wait, refused) {
            (Some(wait), _) => changing.sleeper.sleep(wait).await,
            (None, true) if lost.is_none() => return Err(failure.error.into()),
            (None, _) => return Err(unknown(thing, None, failure.error)),
        }
        if !refused {
            lost = Some(failure.error);
        }
    }
}

fn unknown(thing: &str, found: Option<String>, lost: PortError) -> AppError {
    AppError::ChangeUnknown { thing: thing.to_owned(), found, lost: Box::new(lost) }
}

/// Whether a change failed because of a conflict.
pub(crate) fn is_conflict(error: &AppError) -> bool {
    matches!(error, AppError::Port(PortError { kind: PortErrorKind::Conflict, .. }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use lamplight_domain::ErrorClass;
    use lamplight_fake_adapter::{FakeProvider, ManualClock, SequentialIds};
    use std::{cell::RefCell, collections::VecDeque, time::Duration};

    type Sent = Result<Changed<u8>, ChangeError>;
    type Inspected = Result<Inspection<u8>, PortError>;

    fn port(kind: PortErrorKind) -> PortError {
        PortError::new(kind, lamplight_domain::ErrorCode::Io, "scripted")
    }

    fn lost() -> Sent {
        let error = port(PortErrorKind::Unavailable);
        Err(ChangeError { applied: Applied::Maybe, transient: true, retry_after: None, error })
    }

    fn refused(kind: PortErrorKind) -> Sent {
        Err(ChangeError::refused(port(kind)))
    }

    fn throttled() -> Sent {
        let error = port(PortErrorKind::Throttled);
        let retry_after = Some(Duration::from_secs(2));
        Err(ChangeError { applied: Applied::No, transient: true, retry_after, error })
    }

    /// Returns the result, the number of requests, and the number of inspections.
    async fn play(
        sends: Vec<Sent>,
        inspections: Vec<Inspected>,
    ) -> (Result<ChangeOutcome<u8>, AppError>, usize, usize) {
        let connection =
            FakeProvider::new([]).connection("here".parse().unwrap(), lamplight_domain::Settings::default());
        let (sleeper, ids) = (ManualClock::default(), SequentialIds::default());
        let changing = ChangeContext {
            connection: &connection,
            sleeper: &sleeper,
            ids: &ids,
            effect: Effect::Make,
            retries: RetryPolicy::new(3).unwrap(),
        };
        let (asked, seen) = (RefCell::new(0), RefCell::new(0));
        let answers = RefCell::new(VecDeque::from(sends));
        let sights = RefCell::new(VecDeque::from(inspections));
        let send = || {
            *asked.borrow_mut() += 1;
            let next = answers.borrow_mut().pop_front().unwrap();
            async { next }
        };
        let inspect = || {
            *seen.borrow_mut() += 1;
            let next = sights.borrow_mut().pop_front().unwrap();
            async { next }
        };
        let result = apply(&changing, "the thing", send, inspect).await;
        assert!(answers.borrow().is_empty() && sights.borrow().is_empty(), "something was not requested");
        (result, asked.into_inner(), seen.into_inner())
    }

    #[tokio::test]
    async fn an_answer_decides_without_an_inspection() {
        let (result, ..) = play(vec![Ok(Changed::Made(1))], vec![]).await;
        assert_eq!(result.unwrap(), ChangeOutcome::Made(1));
        let (result, ..) = play(vec![refused(PortErrorKind::Denied)], vec![]).await;
        assert_eq!(result.unwrap_err().class(), ErrorClass::Access);
    }

    #[tokio::test]
    async fn what_provably_was_not_made_is_retried_a_limited_number_of_times() {
        let (result, ..) = play(vec![throttled(), throttled(), Ok(Changed::Made(1))], vec![]).await;
        assert_eq!(result.unwrap(), ChangeOutcome::Made(1));
        let (result, ..) = play(vec![throttled(), throttled(), throttled()], vec![]).await;
        assert_eq!(result.unwrap_err().class(), ErrorClass::Limit);
    }

    #[tokio::test]
    async fn after_a_lost_answer_the_resource_is_inspected() {
        let (result, sent, _) = play(vec![lost()], vec![Ok(Inspection::AsRequested(1))]).await;
        assert_eq!((result.unwrap(), sent), (ChangeOutcome::Found(1), 1));
    }

    #[tokio::test]
    async fn what_is_still_as_before_is_retried() {
        let (result, ..) = play(vec![lost(), Ok(Changed::Made(1))], vec![Ok(Inspection::AsBefore)]).await;
        assert_eq!(result.unwrap(), ChangeOutcome::Made(1));
    }

    #[test]
    fn only_an_unchanged_resource_proves_that_nothing_changed() {
        assert!(matches!(Inspection::<()>::from_revisions(Some("1"), Some("1")), Inspection::AsBefore));
        for (before, now) in [(Some("1"), Some("2")), (None, None), (None, Some("1")), (Some("1"), None)] {
            assert!(
                matches!(Inspection::<()>::from_revisions(before, now), Inspection::Other(_)),
                "{before:?} {now:?}"
            );
        }
    }

    #[tokio::test]
    async fn a_refusal_after_a_lost_answer_may_be_caused_by_the_lost_change() {
        for kind in [PortErrorKind::Conflict, PortErrorKind::NotFound] {
            let sends = vec![lost(), refused(kind)];
            let (result, ..) =
                play(sends, vec![Ok(Inspection::AsBefore), Ok(Inspection::AsRequested(1))]).await;
            assert_eq!(result.unwrap(), ChangeOutcome::Found(1));
            let sends = vec![lost(), refused(kind)];
            let (result, ..) = play(sends, vec![Ok(Inspection::AsBefore), Ok(Inspection::AsBefore)]).await;
            assert_eq!(result.unwrap_err().class(), ErrorClass::Unknown, "the lost one may still arrive");
        }
    }

    #[tokio::test]
    async fn what_cannot_be_inspected_is_unknown_and_not_retried() {
        for inspect in [
            Err(port(PortErrorKind::Denied)),
            Err(port(PortErrorKind::Unavailable)),
            Ok(Inspection::Other("it is another".to_owned())),
        ] {
            let (result, ..) = play(vec![lost()], vec![inspect]).await;
            assert_eq!(result.unwrap_err().class(), ErrorClass::Unknown);
        }
        let nothing = || Ok(Inspection::AsBefore);
        let (result, ..) = play(vec![lost(), lost(), lost()], vec![nothing(), nothing(), nothing()]).await;
        assert_eq!(result.unwrap_err().class(), ErrorClass::Unknown);
    }
}
