//! A clock that moves only when told to, and sequential IDs.

use async_trait::async_trait;
use lamplight_domain::{RunKey, Timestamp};
use lamplight_ports::{Clock, IdSource, Sleeper};
use std::{
    sync::atomic::{AtomicI64, AtomicU64, Ordering},
    time::Duration,
};

/// A clock for tests and simulations. Sleeping moves it forward, so nothing ever waits.
#[derive(Debug)]
pub struct ManualClock {
    micros: AtomicI64,
    slept: AtomicU64,
}

impl Default for ManualClock {
    fn default() -> Self {
        // An arbitrary moment that is easy to recognise: 2026-01-01T00:00:00Z.
        Self { micros: AtomicI64::new(1_767_225_600_000_000), slept: AtomicU64::new(0) }
    }
}

impl ManualClock {
    /// Moves the clock forward.
    pub fn advance(&self, duration: Duration) {
        let micros = i64::try_from(duration.as_micros()).unwrap_or(i64::MAX);
        self.micros.fetch_add(micros, Ordering::SeqCst);
    }

    /// The total time slept.
    pub fn slept(&self) -> Duration {
        Duration::from_micros(self.slept.load(Ordering::SeqCst))
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_microsecond(self.micros.load(Ordering::SeqCst)).unwrap_or(Timestamp::MAX)
    }
}

#[async_trait]
impl Sleeper for ManualClock {
    async fn sleep(&self, duration: Duration) {
        self.advance(duration);
        self.slept.fetch_add(u64::try_from(duration.as_micros()).unwrap_or(u64::MAX), Ordering::SeqCst);
        // Let other tasks run, as a real wait would.
        tokio::task::yield_now().await;
    }
}

/// IDs that count from 1, in the form of a UUID; the jitter is always one half.
#[derive(Debug, Default)]
pub struct SequentialIds(AtomicU64);

impl IdSource for SequentialIds {
    fn run_key(&self) -> RunKey {
        let number = self.0.fetch_add(1, Ordering::SeqCst) + 1;
        let text = format!("00000000-0000-7000-8000-{number:012x}");
        // Digits, lower-case letters and '-' always form a valid key.
        text.parse().unwrap_or_else(|_| unreachable!("{text}"))
    }

    fn secret(&self) -> [u8; 32] {
        let mut secret = [0; 32];
        secret[..8].copy_from_slice(&(self.0.fetch_add(1, Ordering::SeqCst) + 1).to_le_bytes());
        secret
    }

    fn jitter(&self) -> f64 {
        0.5
    }
}
