//! Pausing a long work whose credentials have gone bad, in place of failing all that is left of it.

use lamplight_domain::Start;
use lamplight_ports::{InvokeError, PortError, PortErrorKind, Sleeper};
use std::{
    fmt::Debug,
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
const WAITS: (Duration, Duration) = (Duration::from_secs(5), Duration::from_secs(60));

/// Is told that a work waits for credentials, and that it goes on. It must not block.
pub trait PauseObserver: Debug + Send + Sync {
    /// The work waits, at most for as long as `patience`; `reason` and `hint` say what to do.
    fn paused(&self, reason: &str, hint: Option<&str>, patience: Duration);

    /// The credentials are good again.
    fn resumed(&self);
}

/// A failure that tells whether it is one of credentials.
pub trait CredentialFailure: Send {
    /// Whether the credentials are what failed, and nothing was done: asking again is safe.
    fn is_of_credentials(&self) -> bool;
    /// What happened.
    fn reason(&self) -> String;
    /// What to do about it.
    fn hint(&self) -> Option<&str>;
}

impl CredentialFailure for PortError {
    fn is_of_credentials(&self) -> bool {
        self.kind == PortErrorKind::Unauthenticated
    }

    fn reason(&self) -> String {
        self.message.clone()
    }

    fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }
}

impl CredentialFailure for InvokeError {
    fn is_of_credentials(&self) -> bool {
        self.kind == PortErrorKind::Unauthenticated && self.start == Start::DidNotStart
    }

    fn reason(&self) -> String {
        self.message.clone()
    }

    fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }
}

/// What all parts of one long work go through when they ask the provider for something.
///
/// # Guarantees
/// - Before the first success a failure is a failure: credentials that never worked are not waited for.
/// - After that, a failure of credentials closes the gate: one part tries its own call again, with growing
///   waits, while all others wait. Its success opens the gate, and each goes on where it was.
/// - Only what provably did nothing is asked again.
/// - Where patience runs out or the work is cancelled, each part gets the failure that it met.
#[derive(Debug)]
pub struct AuthGate<'a> {
    sleeper: &'a dyn Sleeper,
    observer: &'a dyn PauseObserver,
    cancel: &'a CancellationToken,
    patience: Duration,
    has_succeeded: AtomicBool,
    state: Mutex<State>,
    /// Held by the one who tries while the gate is closed.
    trying: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct State {
    is_closed: bool,
    /// How often the gate has opened again.
    openings: u64,
    has_given_up: bool,
}

impl<'a> AuthGate<'a> {
    /// A gate that waits for credentials for at most `patience`; zero is not at all.
    pub fn new(
        sleeper: &'a dyn Sleeper,
        observer: &'a dyn PauseObserver,
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
    /// What the call failed with.
    pub async fn run<T, E, F>(&self, call: impl Fn() -> F) -> Result<T, E>
    where
        E: CredentialFailure,
        F: Future<Output = Result<T, E>>,
    {
        loop {
            if self.state().is_closed {
                // Opens, or is given up, before the lock is free.
                drop(self.trying.lock().await);
            }
            let openings = self.state().openings;
            let error = match call().await {
                Ok(value) => {
                    self.has_succeeded.store(true, Ordering::Relaxed);
                    return Ok(value);
                }
                Err(error) => error,
            };
            let is_waited_for = error.is_of_credentials()
                && self.has_succeeded.load(Ordering::Relaxed)
                && !self.patience.is_zero();
            if !is_waited_for {
                return Err(error);
            }
            let _trying = self.trying.lock().await;
            let (opened_meanwhile, has_given_up) = {
                let state = self.state();
                (state.openings > openings, state.has_given_up)
            };
            if has_given_up {
                return Err(error);
            }
            if !opened_meanwhile {
                return self.try_until_good(call, error).await;
            }
        }
    }

    async fn try_until_good<T, E, F>(&self, call: impl Fn() -> F, mut error: E) -> Result<T, E>
    where
        E: CredentialFailure,
        F: Future<Output = Result<T, E>>,
    {
        self.state().is_closed = true;
        self.observer.paused(&error.reason(), error.hint(), self.patience);
        let (mut wait, longest) = WAITS;
        let mut waited = Duration::ZERO;
        loop {
            let next = wait.min(self.patience.saturating_sub(waited));
            if next.is_zero() {
                return self.give_up(error);
            }
            tokio::select! {
                () = self.sleeper.sleep(next) => {}
                () = self.cancel.cancelled() => return self.give_up(error),
            }
            waited += next;
            wait = (wait * 2).min(longest);
            match call().await {
                Err(again) if again.is_of_credentials() => error = again,
                other => {
                    let mut state = self.state();
                    state.is_closed = false;
                    state.openings += 1;
                    drop(state);
                    self.observer.resumed();
                    return other;
                }
            }
        }
    }

    fn give_up<T, E>(&self, error: E) -> Result<T, E> {
        let mut state = self.state();
        state.is_closed = false;
        state.has_given_up = true;
        Err(error)
    }
}
