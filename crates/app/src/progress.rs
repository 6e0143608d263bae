//! The progress of a use case.

use crate::{Check, CheckName};
use lamplight_domain::{Function, Hint, Run};
use lamplight_ports::LongerWait;
use std::{fmt::Debug, time::Duration};

/// A step of a use case.
#[derive(Debug)]
pub enum RunProgress<'a> {
    /// A call is made; it has been recorded.
    Calling {
        /// The run.
        run: &'a Run,
        /// The number of the call, from 1.
        attempt: u32,
    },
    /// The call did not start the function and is repeated after a wait.
    Waiting {
        /// The run.
        run: &'a Run,
        /// The attempt that failed.
        attempt: u32,
        /// The duration of the wait.
        wait: Duration,
        /// Why the call failed.
        reason: &'a str,
    },
    /// The function's known time limit has passed, and its answer is waited for longer.
    WaitingLonger {
        /// The run.
        run: &'a Run,
        /// Why.
        why: LongerWait,
    },
    /// Another process has locked the store, and the run waits until it is free.
    StoreLocked {
        /// The maximum duration of the wait.
        patience: Duration,
    },
    /// The run has ended. If its outcome could not be recorded, it has a warning.
    Ended(&'a Run),
    /// A long operation waits for valid credentials.
    Paused {
        /// What is wrong with the credentials.
        reason: &'a str,
        /// What to do about it.
        hint: Option<&'a Hint>,
        /// The maximum duration of the wait.
        patience: Duration,
    },
    /// The credentials are valid again, and the operation continues.
    Resumed,
    /// A check starts.
    Checking(CheckName),
    /// A check has ended.
    Checked(&'a Check),
    /// The function that the use case waits for is not ready yet.
    NotReady(&'a Function),
}

/// Receives the progress of a use case. It must not block.
pub trait ProgressObserver: Debug + Send + Sync {
    /// Receives the current step.
    fn observe(&self, progress: &RunProgress<'_>);
}

/// Ignores all progress.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoProgress;

impl ProgressObserver for NoProgress {
    fn observe(&self, _: &RunProgress<'_>) {}
}
