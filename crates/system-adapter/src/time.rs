//! The system clock and timer.

use async_trait::async_trait;
use lamplight_domain::Timestamp;
use lamplight_ports::{Clock, Sleeper};
use std::time::Duration;

/// The system clock, in microseconds: stores and JSON can represent these times without rounding.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        #[expect(clippy::disallowed_methods, reason = "this is the adapter of the Clock port")]
        let now = Timestamp::now();
        // The conversion cannot fail, because the microseconds come from a valid time; the fallback avoids a panic.
        Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now)
    }
}

/// Waits with tokio's timer; needs a runtime with the time driver enabled.
#[derive(Debug, Clone, Copy, Default)]
pub struct TokioSleeper;

#[async_trait]
impl Sleeper for TokioSleeper {
    async fn sleep(&self, duration: Duration) {
        #[expect(clippy::disallowed_methods, reason = "this is the adapter of the Sleeper port")]
        tokio::time::sleep(duration).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_is_plausible_and_in_whole_microseconds() {
        let now = SystemClock.now();
        assert!(now > "2025-01-01T00:00:00Z".parse().unwrap());
        assert_eq!(now.subsec_nanosecond() % 1000, 0);
        assert!(SystemClock.now() >= now);
    }

    #[tokio::test(start_paused = true)]
    async fn the_sleeper_waits_as_long_as_requested() {
        let before = tokio::time::Instant::now();
        TokioSleeper.sleep(Duration::from_hours(1)).await;
        assert!(before.elapsed() >= Duration::from_hours(1));
    }
}
