//! Pausing a long work whose credentials have gone bad, in place of failing all that is left of it.

use crate::{ProgressObserver, RunProgress};
use lamplight_domain::{Delivery, ErrorCode, Hint, Start};
use lamplight_ports::{InvokeError, PortError, PortErrorKind, Sleeper};
use std::{
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio_util::sync::CancellationToken;

/// How long a work waits for credentials unless it is told otherwise.
pub const AUTH_PATIENCE: Duration = Duration::from_mins(15);

/// The first wait before the credentials are tried again, and the longest one.
const WAITS: (Duration, Duration) = (Duration::from_secs(5), Duration::from_mins(1));

/// Why credentials are not good, as the call that met it was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadCredentials {
    /// The failure's stable code.
    pub code: ErrorCode,
    /// What happened.
    pub message: String,
    /// What to do about it.
    pub hint: Option<Hint>,
}

impl BadCredentials {
    fn not_started(&self) -> String {
        format!("not started, because there are no good credentials: {}", self.message)
    }
}

/// A failure that tells whether it is one of credentials.
pub trait CredentialFailure: Sized {
    /// What is wrong with the credentials, where they are what failed and it is proven that nothing was done, so
    /// that asking again is safe; else `None`.
    fn bad_credentials(&self) -> Option<BadCredentials>;

    /// The failure of a call that was never made, because of credentials that others waited for in vain.
    fn not_started(reason: &BadCredentials) -> Self;
}

impl CredentialFailure for PortError {
    fn bad_credentials(&self) -> Option<BadCredentials> {
        (self.kind == PortErrorKind::Unauthenticated).then(|| BadCredentials {
            code: self.code.clone(),
            message: self.message.clone(),
            hint: self.hint.clone(),
        })
    }

    fn not_started(reason: &BadCredentials) -> Self {
        let hint = reason.hint.clone();
        Self { hint, ..Self::new(PortErrorKind::Unauthenticated, reason.code.clone(), reason.not_started()) }
    }
}

impl CredentialFailure for InvokeError {
    fn bad_credentials(&self) -> Option<BadCredentials> {
        (self.kind == PortErrorKind::Unauthenticated && self.start == Start::DidNotStart).then(|| {
            BadCredentials { code: self.code.clone(), message: self.message.clone(), hint: self.hint.clone() }
        })
    }

    fn not_started(reason: &BadCredentials) -> Self {
        Self {
            delivery: Delivery::NotSent,
            start: Start::DidNotStart,
            transient: false,
            retry_after: None,
            kind: PortErrorKind::Unauthenticated,
            code: reason.code.clone(),
            provider_code: None,
            http_status: None,
            request_id: None,
            message: reason.not_started(),
            hint: reason.hint.clone(),
            source: None,
        }
    }
}

/// What all parts of one long work go through when they ask the provider for something.
///
/// # Guarantees
/// - Before the first success a failure is a failure: credentials that never worked are not waited for.
/// - After that, a failure of credentials closes the gate: one part tries its own call again, with growing
///   waits, while all others wait. Its success opens the gate, and each goes on where it was.
/// - Only what provably did nothing is asked again.
/// - Where patience runs out or the work is cancelled, each part gets the failure that it met, and no call is
///   made any more: those that were still to come fail as not started.
#[derive(Debug)]
pub struct AuthGate<'a> {
    sleeper: &'a dyn Sleeper,
    observer: &'a dyn ProgressObserver,
    cancel: &'a CancellationToken,
    patience: Duration,
    has_succeeded: AtomicBool,
    state: Mutex<State>,
    /// Held by the one who tries: the gate is closed for as long as it is.
    trying: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct State {
    /// How often the gate has opened again.
    openings: u64,
    /// Why the work was given up.
    given_up: Option<BadCredentials>,
}

impl<'a> AuthGate<'a> {
    /// A gate that waits for credentials for at most `patience`, calls not counted; zero is not at all.
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

    /// Makes a call, and makes it again once the credentials are good where they were not.
    ///
    /// # Errors
    /// What the call failed with, or that it was not made because the work has been given up.
    pub async fn run<T, E, F>(&self, call: impl Fn() -> F) -> Result<T, E>
    where
        E: CredentialFailure,
        F: Future<Output = Result<T, E>>,
    {
        loop {
            drop(self.trying.lock().await);
            let openings = {
                let state = self.state();
                if let Some(reason) = &state.given_up {
                    return Err(E::not_started(reason));
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
            let Some(reason) = error.bad_credentials() else { return Err(error) };
            if !self.has_succeeded.load(Ordering::Relaxed) {
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
                return self.try_until_good(call, error, reason).await;
            }
        }
    }

    async fn try_until_good<T, E, F>(
        &self,
        call: impl Fn() -> F,
        mut error: E,
        mut reason: BadCredentials,
    ) -> Result<T, E>
    where
        E: CredentialFailure,
        F: Future<Output = Result<T, E>>,
    {
        if !self.patience.is_zero() {
            let (reason, hint) = (reason.message.as_str(), reason.hint.as_ref());
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
                    self.open();
                    return Ok(value);
                }
            };
            let Some(again) = error.bad_credentials() else {
                // Something else is wrong with this call; whether the credentials are good, the next one will tell.
                self.open();
                return Err(error);
            };
            reason = again;
        }
        self.state().given_up = Some(reason);
        Err(error)
    }

    fn open(&self) {
        self.state().openings += 1;
        self.observer.observe(&RunProgress::Resumed);
    }
}
