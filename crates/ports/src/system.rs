//! Time, waiting, ids and chance.

use async_trait::async_trait;
use lamplight_domain::{RunKey, Timestamp};
use std::{fmt::Debug, time::Duration};

/// Tells the time.
pub trait Clock: Debug + Send + Sync + 'static {
    /// The time of day, which may jump.
    fn now(&self) -> Timestamp;
}

/// Waits.
#[async_trait]
pub trait Sleeper: Debug + Send + Sync + 'static {
    /// Waits for at least `duration`; dropping the caller ends the wait.
    async fn sleep(&self, duration: Duration);
}

/// Makes ids and chance.
pub trait IdSource: Debug + Send + Sync + 'static {
    /// A key that no other run has; keys made later sort after.
    fn run_key(&self) -> RunKey;

    /// A random number from 0 to 1, for jitter; not for secrets.
    fn jitter(&self) -> f64;
}
