//! Time, waiting, IDs and random numbers.

use async_trait::async_trait;
use lamplight_domain::{RunKey, Timestamp};
use std::{fmt::Debug, time::Duration};

/// Provides the current time.
pub trait Clock: Debug + Send + Sync + 'static {
    /// The wall-clock time, which may jump.
    fn now(&self) -> Timestamp;
}

/// Waits.
#[async_trait]
pub trait Sleeper: Debug + Send + Sync + 'static {
    /// Waits for at least `duration`. Dropping the future ends the wait.
    async fn sleep(&self, duration: Duration);
}

/// Generates run keys and random numbers.
pub trait IdSource: Debug + Send + Sync + 'static {
    /// A new unique run key. Later keys sort after earlier ones.
    fn run_key(&self) -> RunKey;

    /// 32 bytes that nobody can guess, for secrets.
    fn secret(&self) -> [u8; 32];

    /// A random number from 0 to 1, for jitter; not for secrets.
    fn jitter(&self) -> f64;
}
