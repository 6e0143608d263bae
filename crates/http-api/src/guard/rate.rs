//! Limits how often one caller may do something: a bucket of permits for each caller, which fills evenly.

use crate::Problem;
use axum::http::{HeaderValue, header};
use lamplight_domain::{ErrorCode, Timestamp};
use std::{
    collections::HashMap,
    fmt,
    num::NonZeroU32,
    sync::{Mutex, PoisonError},
    time::Duration,
};

/// A limit for each caller.
pub(crate) struct RateLimit {
    /// How long one permit takes to be filled in.
    interval: Duration,
    /// How long it takes to fill the bucket.
    window: Duration,
    /// When the bucket of each caller will be full again. Full buckets may be missing.
    full_at: Mutex<HashMap<String, Timestamp>>,
}

/// How many callers are remembered before the ones with full buckets are removed.
const MANY_CALLERS: usize = 4096;

impl fmt::Debug for RateLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RateLimit").field("interval", &self.interval).finish_non_exhaustive()
    }
}

impl RateLimit {
    /// A limit of `permits` in each `window`, all of which may be used at once.
    pub(crate) fn new(permits: NonZeroU32, window: Duration) -> Self {
        Self { interval: window / permits.get(), window, full_at: Mutex::default() }
    }

    /// Takes a permit of `caller`, or says when there is one.
    pub(crate) fn take(&self, caller: &str, now: Timestamp) -> Result<(), Problem> {
        let mut full_at = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        if full_at.len() >= MANY_CALLERS {
            full_at.retain(|_, full| *full > now);
        }
        // If the clock was set back, the bucket is empty, but not for longer than it takes to fill it.
        let full = full_at.get(caller).map_or(now, |full| (*full).clamp(now, now + self.window));
        let next = full + self.interval;
        let wait = next.duration_since(now + self.window);
        if wait.is_positive() {
            full_at.insert(caller.to_owned(), full);
            let seconds = wait.as_secs_f64().ceil();
            let problem =
                Problem::new(ErrorCode::RateLimited, format!("too many requests; retry in {seconds} s"));
            let value = HeaderValue::try_from(seconds.to_string()).unwrap_or(HeaderValue::from_static("1"));
            return Err(problem.with_header(header::RETRY_AFTER, value));
        }
        full_at.insert(caller.to_owned(), next);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(seconds: f64) -> Timestamp {
        Timestamp::UNIX_EPOCH + Duration::from_secs_f64(1000.0 + seconds)
    }

    proptest! {
        #[test]
        fn no_window_has_more_than_twice_the_permits_and_none_is_lost(
            permits in 1_u32..20,
            steps in prop::collection::vec(0_u32..3000, 1..300),
        ) {
            let window = Duration::from_secs(10);
            let limit = RateLimit::new(NonZeroU32::new(permits).unwrap(), window);
            let (mut now, mut taken) = (at(0.0), Vec::new());
            for step in steps {
                now += Duration::from_millis(step.into());
                if limit.take("a", now).is_ok() {
                    taken.push(now);
                }
                // A full bucket, and what has been filled in since.
                let in_window = taken.iter().filter(|time| **time > now - window).count();
                prop_assert!(in_window <= 2 * permits as usize, "{}", in_window);
            }
            // However much was taken or refused, a window later the bucket is full.
            now += window;
            let free = (0..=permits).filter(|_| limit.take("a", now).is_ok()).count();
            prop_assert_eq!(free, permits as usize);
        }
    }

    #[test]
    fn permits_can_be_used_at_once_and_fill_in_evenly() {
        let limit = RateLimit::new(NonZeroU32::new(3).unwrap(), Duration::from_mins(1));
        let taken = |seconds| limit.take("a", at(seconds)).is_ok();
        assert!(taken(0.0) && taken(0.0) && taken(0.0) && !taken(0.0));
        limit.take("b", at(0.0)).unwrap();
        assert!(!taken(19.0) && taken(20.0) && !taken(39.0));
        assert_eq!([80.0, 80.0, 80.0, 80.0].map(taken), [true, true, true, false]);
        // Nobody is locked out for longer than the window because the clock was set back.
        assert!(!taken(-500.0) && taken(-440.0));
    }
}
