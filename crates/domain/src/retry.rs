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

/// How often a call that provably did not start the function is repeated, and after which wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    max_attempts: u32,
}

impl RetryPolicy {
    /// The maximum of the first wait. Each further wait may be up to twice as long as the one before.
    pub const FIRST_BACKOFF: Duration = Duration::from_millis(500);
    /// The maximum of any wait, even if the provider asks for more: a person may be waiting.
    pub const LONGEST_BACKOFF: Duration = Duration::from_secs(20);

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
    /// `transient` says that the cause may go away by itself; `jitter` is a random number from 0 to 1; `asked` is the
    /// wait that the provider asked for.
    ///
    /// # Guarantees
    /// - `None` unless the request was not sent, or its answer proves that the function did not start.
    pub fn next_wait(
        &self,
        made: u32,
        delivery: Delivery,
        start: Start,
        transient: bool,
        asked: Option<Duration>,
        jitter: f64,
    ) -> Option<Duration> {
        let proven = match (delivery, start) {
            (Delivery::NotSent, _) | (Delivery::Answered, Start::DidNotStart) => true,
            (Delivery::MaybeSent, _) | (Delivery::Answered, Start::MayHaveStarted) => false,
        };
        if !proven || !transient || made >= self.max_attempts {
            return None;
        }
        let doublings = made.saturating_sub(1).min(16);
        let ceiling = Self::FIRST_BACKOFF.saturating_mul(1 << doublings).min(Self::LONGEST_BACKOFF);
        // NaN counts as the longest wait.
        let share = if jitter.is_nan() { 1.0 } else { jitter.clamp(0.0, 1.0) };
        let wait = ceiling.mul_f64(share);
        Some(asked.map_or(wait, |asked| wait.max(asked)).min(Self::LONGEST_BACKOFF))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(made: u32, delivery: Delivery, start: Start) -> Option<Duration> {
        RetryPolicy::new(3).unwrap().next_wait(made, delivery, start, true, None, 1.0)
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
    fn waits_double_are_capped_and_end() {
        let policy = RetryPolicy::new(10).unwrap();
        let wait = |made| {
            policy
                .next_wait(made, Delivery::NotSent, Start::DidNotStart, true, None, 1.0)
                .map(|w| w.as_millis())
        };
        assert_eq!([wait(1), wait(2), wait(9), wait(10)], [Some(500), Some(1000), Some(20_000), None]);
        let asked = Some(Duration::from_hours(1));
        let capped = policy.next_wait(1, Delivery::NotSent, Start::DidNotStart, true, asked, 0.0);
        assert_eq!(capped, Some(RetryPolicy::LONGEST_BACKOFF));
        let odd = policy.next_wait(1, Delivery::NotSent, Start::DidNotStart, true, None, f64::NAN);
        assert_eq!(odd, Some(RetryPolicy::FIRST_BACKOFF));
        assert!(RetryPolicy::new(0).is_err() && RetryPolicy::new(11).is_err());
    }
}
