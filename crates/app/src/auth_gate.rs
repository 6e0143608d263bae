//! Pauses a long operation whose credentials have become invalid, instead of failing the rest of it.

use crate::{ProgressObserver, RunProgress};
use lamplight_ports::{PortError, PortErrorKind, Sleeper};
use std::{
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio_util::sync::CancellationToken;

/// How long an operation waits for valid credentials by default.
pub const AUTH_PATIENCE: Duration = Duration::from_mins(15);

/// The first and the longest wait before the credentials are tried again.
const WAITS: (Duration, Duration) = (Duration::from_secs(5), Duration::from_mins(1));

/// The error of a read that was not made, because valid credentials did not become available in time.
fn not_started(reason: &PortError) -> PortError {
    let message = format!("not started, because the credentials are not valid: {}", reason.message);
    PortError { hint: reason.hint.clone(), ..PortError::new(reason.kind, reason.code.clone(), message) }
}

fn is_about_credentials(error: &PortError) -> bool {
    error.kind == PortErrorKind::Unauthenticated
}

/// Makes all reads of one long operation, which may run in several tasks, and waits for valid credentials if needed.
/// Calls of functions do not go through it, because it repeats what fails.
///
/// # Guarantees
/// - Before the first success, an error is returned at once: it does not wait for credentials that never worked.
/// - After that, an error about credentials closes the gate: one task retries its own call, with growing waits, while
///   all others wait. Its success opens the gate, and every task continues where it was.
/// - If patience runs out or the operation is cancelled, each waiting task gets the error of its own call. No further
///   call is made: it fails as not started.
#[derive(Debug)]
pub struct AuthGate<'a> {
    sleeper: &'a dyn Sleeper,
    observer: &'a dyn ProgressObserver,
    cancel: &'a CancellationToken,
    patience: Duration,
    has_succeeded: AtomicBool,
    state: Mutex<State>,
    /// Held by the task that retries; the gate is closed while it is held.
    trying: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct State {
    /// How often the gate has been reopened.
    openings: u64,
    /// Why the operation was given up, if it was.
    given_up: Option<PortError>,
}

impl<'a> AuthGate<'a> {
    /// A gate that waits for valid credentials for at most `patience`, not counting the time of calls; zero means not
    /// at all.
    pub fn new(
        sleeper: &'a dyn Sleeper,
        observer: &'a dyn ProgressObserver,
        cancel: &'a CancellationToken,
        patience: Duration,
    ) -> Self {
        Self {
            sleeper,
            observer,
            cancel,
            patience,
            has_succeeded: AtomicBool::new(false),
            state: Mutex::default(),
            trying: tokio::sync::Mutex::default(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes a call, and repeats it with valid credentials if they were the reason for an error.
    ///
    /// # Errors
    /// The error of the call, or an error that says that it was not made because the operation has been given up.
    pub async fn run<T, F>(&self, call: impl Fn() -> F) -> Result<T, PortError>
    where
        F: Future<Output = Result<T, PortError>>,
    {
        loop {
            drop(self.trying.lock().await);
            let openings = {
                let state = self.state();
                if let Some(reason) = &state.given_up {
                    return Err(not_started(reason));
                }
                state.openings
            };
            let error = match call().await {
                Ok(value) => {
                    self.has_succeeded.store(true, Ordering::Relaxed);
                    return Ok(value);
                }
                Err(error) => error,
            };
            if !is_about_credentials(&error) || !self.has_succeeded.load(Ordering::Relaxed) {
                return Err(error);
            }
            let _trying = self.trying.lock().await;
            let opened_meanwhile = {
                let state = self.state();
                if state.given_up.is_some() {
                    return Err(error);
                }
                state.openings > openings
            };
            if !opened_meanwhile {
                return self.retry_until_valid(call, error).await;
            }
        }
    }

    async fn retry_until_valid<T, F>(
        &self,
        call: impl Fn() -> F,
        mut error: PortError,
    ) -> Result<T, PortError>
    where
        F: Future<Output = Result<T, PortError>>,
    {
        if !self.patience.is_zero() {
            let (reason, hint) = (error.message.as_str(), error.hint.as_ref());
            self.observer.observe(&RunProgress::Paused { reason, hint, patience: self.patience });
        }
        let (mut wait, longest) = WAITS;
        let mut left = self.patience;
        while !left.is_zero() {
            let next = wait.min(left);
            tokio::select! {
                biased;
                () = self.cancel.cancelled() => break,
                () = self.sleeper.sleep(next) => {}
            }
            left = left.saturating_sub(next);
            wait = wait.saturating_mul(2).min(longest);
            error = match call().await {
                Err(again) => again,
                Ok(value) => {
                    self.reopen();
                    return Ok(value);
                }
            };
            if !is_about_credentials(&error) {
                // This call has another problem. The next one shows whether the credentials are valid.
                self.reopen();
                return Err(error);
            }
        }
        let PortError { kind, code, message, hint, .. } = &error;
        self.state().given_up =
            Some(PortError { hint: hint.clone(), ..PortError::new(*kind, code.clone(), message) });
        Err(error)
    }

    fn reopen(&self) {
        self.state().openings += 1;
        self.observer.observe(&RunProgress::Resumed);
    }
}
