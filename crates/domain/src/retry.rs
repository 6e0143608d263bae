//! When a call may be repeated: only if it is proven that the function did not start.

use crate::{Delivery, Start};
use std::time::Duration;

/// A number of attempts out of range.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the number of attempts must be 1 to 10, not {attempts}")]
pub struct InvalidRetryPolicy {
    /// The number that was given.
    pub attempts: u32,
}

/// Whether the cause of a failed call may go away by itself, and how soon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passing {
    /// It does not: a repetition would fail in the same way.
    Never,
    /// Within seconds: a lost connection, too many calls at once.
    Seconds,
    /// Within minutes: the function, or something that it needs, is still being prepared.
    Minutes,
}

/// How often a call that provably did not start the function is repeated, and after which wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    max_attempts: u32,
}

impl RetryPolicy {
    /// The maximum of the first wait. Each further wait may be up to twice as long as the one before.
    pub const FIRST_BACKOFF: Duration = Duration::from_millis(500);
    /// The maximum of any wait for a cause that passes within [seconds](Passing::Seconds), even if the provider asks for
    /// more: a person may be waiting.
    pub const LONGEST_BACKOFF: Duration = Duration::from_secs(20);
    /// The maximum of the first wait for a function that is not ready. A provider may need a few minutes to prepare the
    /// network, image or snapshot of a function, and the default number of attempts leaves two waits.
    pub const FIRST_READY_WAIT: Duration = Duration::from_secs(40);
    /// The maximum of any wait for a function that is not ready.
    pub const LONGEST_READY_WAIT: Duration = Duration::from_mins(2);

    /// A policy of 1–10 attempts in total.
    pub fn new(max_attempts: u32) -> Result<Self, InvalidRetryPolicy> {
        if (1..=10).contains(&max_attempts) {
            Ok(Self { max_attempts })
        } else {
            Err(InvalidRetryPolicy { attempts: max_attempts })
        }
    }

    /// How long to wait before attempt `made + 1`, or `None` if no further attempt may be made.
    ///
    /// `passing` says whether the cause may go away by itself; `jitter` is a random number from 0 to 1; `asked` is the
    /// wait that the provider asked for.
    ///
    /// # Guarantees
    /// - `None` unless the request was not sent, or its answer proves that the function did not start.
    /// - A wait is never shorter than half of its maximum.
    pub fn next_wait(
        &self,
        made: u32,
        delivery: Delivery,
        start: Start,
        passing: Passing,
        asked: Option<Duration>,
        jitter: f64,
    ) -> Option<Duration> {
        let proven = match (delivery, start) {
            (Delivery::NotSent, _) | (Delivery::Answered, Start::DidNotStart) => true,
            (Delivery::MaybeSent, _) | (Delivery::Answered, Start::MayHaveStarted) => false,
        };
        let (first, longest) = match passing {
            Passing::Never => return None,
            Passing::Seconds => (Self::FIRST_BACKOFF, Self::LONGEST_BACKOFF),
            Passing::Minutes => (Self::FIRST_READY_WAIT, Self::LONGEST_READY_WAIT),
        };
        if !proven || made >= self.max_attempts {
            return None;
        }
        let doublings = made.saturating_sub(1).min(16);
        let ceiling = first.saturating_mul(1 << doublings).min(longest);
        // NaN counts as the longest wait.
        let share = if jitter.is_nan() { 1.0 } else { jitter.clamp(0.0, 1.0) };
        let wait = ceiling.mul_f64(0.5 + share / 2.0);
        Some(asked.map_or(wait, |asked| wait.max(asked)).min(longest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::DEFAULT_MAX_ATTEMPTS;

    fn next(made: u32, delivery: Delivery, start: Start) -> Option<Duration> {
        RetryPolicy::new(3).unwrap().next_wait(made, delivery, start, Passing::Seconds, None, 1.0)
    }

    #[test]
    fn only_what_provably_did_not_start_is_repeated() {
        use {Delivery as D, Start as S};
        assert!(next(1, D::NotSent, S::MayHaveStarted).is_some());
        assert!(next(1, D::Answered, S::DidNotStart).is_some());
        assert_eq!(next(1, D::MaybeSent, S::DidNotStart), None);
        assert_eq!(next(1, D::MaybeSent, S::MayHaveStarted), None);
        assert_eq!(next(1, D::Answered, S::MayHaveStarted), None);
    }

    #[test]
    fn retry_delays_double_up_to_a_limit() {
        let policy = RetryPolicy::new(10).unwrap();
        let next = |made, passing, asked, jitter| {
            policy.next_wait(made, Delivery::NotSent, Start::DidNotStart, passing, asked, jitter)
        };
        let wait = |made, jitter| next(made, Passing::Seconds, None, jitter).map(|wait| wait.as_millis());
        assert_eq!([1, 2, 9, 10].map(|made| wait(made, 1.0)), [Some(500), Some(1000), Some(20_000), None]);
        assert_eq!([1, 2, 9].map(|made| wait(made, 0.0)), [Some(250), Some(500), Some(10_000)]);
        let asked = Some(Duration::from_hours(1));
        assert_eq!(next(1, Passing::Seconds, asked, 0.0), Some(RetryPolicy::LONGEST_BACKOFF));
        assert_eq!(next(1, Passing::Seconds, None, f64::NAN), Some(RetryPolicy::FIRST_BACKOFF));
        assert_eq!(next(1, Passing::Never, asked, 1.0), None);
        assert!(RetryPolicy::new(0).is_err() && RetryPolicy::new(11).is_err());
    }

    #[test]
    fn a_function_that_is_not_ready_is_given_minutes() {
        let usual = RetryPolicy::new(DEFAULT_MAX_ATTEMPTS).unwrap();
        for jitter in [0.0, 0.5, 1.0, f64::NAN] {
            let waits = (1..10).filter_map(|made| {
                usual.next_wait(made, Delivery::Answered, Start::DidNotStart, Passing::Minutes, None, jitter)
            });
            let all: Duration = waits.sum();
            assert!((Duration::from_mins(1)..=Duration::from_mins(4)).contains(&all), "{all:?}");
        }
    }
}
