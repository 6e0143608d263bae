//! The clock, the environment and waiting: what this tool takes from the machine it runs on.
//!
//! The ban on these calls is for the product, whose tests need a clock of their own. A build tool has none.

#![expect(clippy::disallowed_methods, reason = "the only place where the tool reads the machine")]

use std::env;
use std::thread;
use std::time::{Duration, Instant};

/// The current moment, for measuring how long something took.
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// A variable of the environment; none where it is unset, empty or not UTF-8.
pub(crate) fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

/// The names of all variables of the environment that are UTF-8.
pub(crate) fn variable_names() -> Vec<String> {
    env::vars_os().filter_map(|(name, _)| name.into_string().ok()).collect()
}

/// Asks `done` every 50 ms until it says yes; false when `limit` passed before.
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
