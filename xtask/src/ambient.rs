//! Access to the clock, the environment and sleeping.
//!
//! The workspace bans these calls in the product, whose tests need their own clock. A build tool has no such tests.

#![expect(clippy::disallowed_methods, reason = "the only place where the tool reads the machine")]

use std::env;
use std::thread;
use std::time::{Duration, Instant};

/// The current time, for measuring durations.
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// An environment variable; `None` if it is unset, empty or not UTF-8.
pub(crate) fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

/// The names of all environment variables that are UTF-8.
pub(crate) fn variable_names() -> Vec<String> {
    env::vars_os().filter_map(|(name, _)| name.into_string().ok()).collect()
}

/// Calls `done` every 50 ms until it returns true; returns false if `limit` passes first.
pub(crate) fn wait_until(limit: Duration, mut done: impl FnMut() -> bool) -> bool {
    let start = Instant::now();
    loop {
        if done() {
            return true;
        }
        if start.elapsed() >= limit {
            return false;
        }
        thread::sleep(Duration::from_millis(50));
    }
}
