//! What a use case tells of itself while it works.

use crate::{Check, CheckName};
use lamplight_domain::{Function, Hint, Run};
use std::{fmt::Debug, time::Duration};

/// What a use case is doing.
#[derive(Debug)]
pub enum RunProgress<'a> {
    /// The call of this number leaves; the run's intent is recorded.
    Calling {
        /// The run.
        run: &'a Run,
        /// 1 for the first call.
        attempt: u32,
    },
    /// The call did not start the function and is made again after a wait.
    Waiting {
        /// The run.
        run: &'a Run,
        /// The attempt that failed.
        attempt: u32,
        /// How long the wait is.
        wait: Duration,
        /// Why, as one fragment.
        reason: &'a str,
    },
    /// The run has ended and its outcome is recorded, or could not be.
    Ended(&'a Run),
    /// A long work waits for credentials.
    Paused {
        /// What is wrong with the credentials.
        reason: &'a str,
        /// What to do about it.
        hint: Option<&'a Hint>,
        /// How long it waits at most.
        patience: Duration,
    },
    /// The credentials are good again, and the work goes on.
    Resumed,
    /// A check begins.
    Checking(CheckName),
    /// A check has ended.
    Checked(&'a Check),
    /// A function that is waited for was looked at and is not ready yet.
    NotReady(&'a Function),
}

/// Is told what a use case is doing. It must not block.
pub trait ProgressObserver: Debug + Send + Sync {
    /// This happens now.
    fn observe(&self, progress: &RunProgress<'_>);
}

/// Ignores everything.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unobserved;

impl ProgressObserver for Unobserved {
    fn observe(&self, _: &RunProgress<'_>) {}
}
