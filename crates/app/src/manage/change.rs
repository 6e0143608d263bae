//! Making a change, and finding out what became of it where its answer was lost.

use crate::AppError;
use lamplight_domain::{Delivery, RetryPolicy, Start};
use lamplight_ports::{
    Applied, ChangeError, Changed, Connection, Effect, IdSource, PortError, PortErrorKind, RequestPreview,
    Sleeper,
};

/// What every change needs beside its request.
#[derive(Debug, Clone, Copy)]
pub struct Changing<'a> {
    /// Where it is made.
    pub connection: &'a Connection,
    /// Waiting between attempts.
    pub sleeper: &'a dyn Sleeper,
    /// Jitter.
    pub ids: &'a dyn IdSource,
    /// Whether it is made, or only shown.
    pub effect: Effect,
    /// How often it is asked for at the most, where it provably was not made.
    pub retries: RetryPolicy,
}

/// What a change came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome<T> {
    /// It was made just now: the provider's answer says so.
    Made(T),
    /// The answer was lost, and looking shows that it is as it was asked for. Whether this made it so, or it was so
    /// before, or somebody else made it so meanwhile, cannot be told.
    Found(T),
    /// It was so already, and nothing was changed.
    Unchanged(T),
    /// It was only shown.
    Shown(RequestPreview),
}

impl<T> Outcome<T> {
    /// The same outcome of something made of what this one is of.
    pub fn map<U>(self, into: impl FnOnce(T) -> U) -> Outcome<U> {
        match self {
            Self::Made(thing) => Outcome::Made(into(thing)),
            Self::Found(thing) => Outcome::Found(into(thing)),
            Self::Unchanged(thing) => Outcome::Unchanged(into(thing)),
            Self::Shown(preview) => Outcome::Shown(preview),
        }
    }

    /// What the change left behind; nothing where it was only shown.
    pub fn thing(&self) -> Option<&T> {
        match self {
            Self::Made(thing) | Self::Found(thing) | Self::Unchanged(thing) => Some(thing),
            Self::Shown(_) => None,
        }
    }
}

/// What is found of a change when one looks.
#[derive(Debug)]
pub(crate) enum Seen<T> {
    /// It is as it was to become.
    AsAsked(T),
    /// It is as it was before.
    NotYet,
    /// It is neither; the text says what it is.
    Otherwise(String),
}

impl<T> Seen<T> {
    /// What is seen of a thing that is not as asked for. Only one that is just as it was before was provably not
    /// changed; another may be what somebody made of it after the change.
    pub(crate) fn not_as_asked(as_before: bool) -> Self {
        if as_before {
            Self::NotYet
        } else {
            Self::Otherwise("it is neither as it was before nor as it was asked for".to_owned())
        }
    }

    /// The same of a thing with revisions.
    pub(crate) fn not_of_revision(before: Option<&str>, now: Option<&str>) -> Self {
        Self::not_as_asked(before.is_some() && before == now)
    }
}

/// Makes a change of `thing`.
///
/// `send` asks for it once; `look` reads what is there.
///
/// # Guarantees
/// - It is asked for again only where it provably was not made, or where looking showed that nothing has happened to
///   the thing. Each change this is used for leaves the same behind however often it is made.
/// - Where an answer was lost, nothing is claimed but what looking showed: [`Outcome::Found`]. Where looking fails, or shows something else,
///   the outcome is unknown and said to be.
pub(crate) async fn make<T, S, SF, L, LF>(
    changing: &Changing<'_>,
    thing: &str,
    mut send: S,
    look: L,
) -> Result<Outcome<T>, AppError>
where
    S: FnMut() -> SF,
    SF: Future<Output = Result<Changed<T>, ChangeError>>,
    L: Fn() -> LF,
    LF: Future<Output = Result<Seen<T>, PortError>>,
{
    let mut attempt = 0;
    let mut lost: Option<PortError> = None;
    loop {
        attempt += 1;
        let failure = match send().await {
            Ok(Changed::Made(made)) => {
                return Ok(Outcome::Made(made));
            }
            Ok(Changed::Shown(preview)) => {
                return Ok(Outcome::Shown(preview));
            }
            Err(failure) => failure,
        };
        let refused = failure.applied == Applied::No;
        tracing::info!(thing, attempt, refused, error = %failure.error, "a change brought no success");
        // A refusal after a lost answer may well be the doing of the change that was lost.
        if !refused || lost.is_some() {
            match look().await {
                Ok(Seen::AsAsked(made)) => {
                    return Ok(Outcome::Found(made));
                }
                Ok(Seen::NotYet) => {}
                Ok(Seen::Otherwise(what)) => return Err(unknown(thing, Some(what), failure.error)),
                Err(error) => {
                    tracing::info!(thing, %error, "what became of a change could not be read");
                    return Err(unknown(thing, None, failure.error));
                }
            }
        }
        let again = refused && !failure.transient;
        let wait = changing.retries.next_wait(
            attempt,
            // Looking showed that it is not there, which is the proof.
            Delivery::NotSent,
            Start::DidNotStart,
            !again,
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

/// What a failed look means where the thing may rightly be absent.
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
    type Looked = Result<Seen<u8>, PortError>;

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

    /// What came of it, how often it was sent, and how often one looked.
    async fn play(sends: Vec<Sent>, looks: Vec<Looked>) -> (Result<Outcome<u8>, AppError>, usize, usize) {
        let connection =
            FakeProvider::new([]).connection("here".parse().unwrap(), lamplight_domain::Settings::default());
        let (sleeper, ids) = (ManualClock::default(), SequentialIds::default());
        let changing = Changing {
            connection: &connection,
            sleeper: &sleeper,
            ids: &ids,
            effect: Effect::Make,
            retries: RetryPolicy::new(3).unwrap(),
        };
        let (asked, seen) = (RefCell::new(0), RefCell::new(0));
        let answers = RefCell::new(VecDeque::from(sends));
        let sights = RefCell::new(VecDeque::from(looks));
        let send = || {
            *asked.borrow_mut() += 1;
            let next = answers.borrow_mut().pop_front().unwrap();
            async { next }
        };
        let look = || {
            *seen.borrow_mut() += 1;
            let next = sights.borrow_mut().pop_front().unwrap();
            async { next }
        };
        let result = make(&changing, "the thing", send, look).await;
        assert!(answers.borrow().is_empty() && sights.borrow().is_empty(), "something was not asked for");
        (result, asked.into_inner(), seen.into_inner())
    }

    #[tokio::test]
    async fn an_answer_is_taken_at_its_word_and_nobody_looks() {
        let (result, ..) = play(vec![Ok(Changed::Made(1))], vec![]).await;
        assert_eq!(result.unwrap(), Outcome::Made(1));
        let (result, ..) = play(vec![refused(PortErrorKind::Denied)], vec![]).await;
        assert_eq!(result.unwrap_err().class(), ErrorClass::Access);
    }

    #[tokio::test]
    async fn what_provably_was_not_made_is_asked_for_again_but_not_for_ever() {
        let (result, ..) = play(vec![throttled(), throttled(), Ok(Changed::Made(1))], vec![]).await;
        assert_eq!(result.unwrap(), Outcome::Made(1));
        let (result, ..) = play(vec![throttled(), throttled(), throttled()], vec![]).await;
        assert_eq!(result.unwrap_err().class(), ErrorClass::Limit);
    }

    #[tokio::test]
    async fn a_lost_answer_is_found_by_looking() {
        let (result, sent, _) = play(vec![lost()], vec![Ok(Seen::AsAsked(1))]).await;
        assert_eq!((result.unwrap(), sent), (Outcome::Found(1), 1));
    }

    #[tokio::test]
    async fn what_is_seen_not_to_be_there_is_asked_for_again() {
        let (result, ..) = play(vec![lost(), Ok(Changed::Made(1))], vec![Ok(Seen::NotYet)]).await;
        assert_eq!(result.unwrap(), Outcome::Made(1));
    }

    #[test]
    fn only_what_is_as_it_was_was_provably_not_changed() {
        assert!(matches!(Seen::<()>::not_of_revision(Some("1"), Some("1")), Seen::NotYet));
        for (before, now) in [(Some("1"), Some("2")), (None, None), (None, Some("1")), (Some("1"), None)] {
            assert!(
                matches!(Seen::<()>::not_of_revision(before, now), Seen::Otherwise(_)),
                "{before:?} {now:?}"
            );
        }
    }

    #[tokio::test]
    async fn a_refusal_after_a_lost_answer_may_be_its_own_doing() {
        for kind in [PortErrorKind::Conflict, PortErrorKind::NotFound] {
            let sends = vec![lost(), refused(kind)];
            let (result, ..) = play(sends, vec![Ok(Seen::NotYet), Ok(Seen::AsAsked(1))]).await;
            assert_eq!(result.unwrap(), Outcome::Found(1));
            let sends = vec![lost(), refused(kind)];
            let (result, ..) = play(sends, vec![Ok(Seen::NotYet), Ok(Seen::NotYet)]).await;
            assert_eq!(result.unwrap_err().class(), ErrorClass::Unknown, "the lost one may still arrive");
        }
    }

    #[tokio::test]
    async fn what_cannot_be_seen_is_unknown_and_not_asked_for_again() {
        for look in [
            Err(port(PortErrorKind::Denied)),
            Err(port(PortErrorKind::Unavailable)),
            Ok(Seen::Otherwise("it is another".to_owned())),
        ] {
            let (result, ..) = play(vec![lost()], vec![look]).await;
            assert_eq!(result.unwrap_err().class(), ErrorClass::Unknown);
        }
        let nothing = || Ok(Seen::NotYet);
        let (result, ..) = play(vec![lost(), lost(), lost()], vec![nothing(), nothing(), nothing()]).await;
        assert_eq!(result.unwrap_err().class(), ErrorClass::Unknown);
    }
}
