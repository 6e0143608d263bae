//! Caches credentials and renews them. Every request that is signed gets its credentials from here.

use super::load::{Loaded, Source};
use crate::error::CredentialsFailure;
use aws_credential_types::{
    Credentials,
    provider::{ProvideCredentials, error::CredentialsError, future},
};
use aws_smithy_async::time::SharedTimeSource;
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};

/// How long before their expiry credentials are renewed: similar to botocore and the Java SDK. Credentials that last only a
/// few minutes are renewed when a quarter of their lifetime is left.
const EARLY: Duration = Duration::from_mins(5);

/// How long before their expiry credentials are no longer used, because a request takes time to arrive, and clocks differ.
const LATEST: Duration = Duration::from_secs(10);

/// After this time credentials without an expiry are read again, so that a replaced key is noticed.
const REREAD: Duration = Duration::from_mins(15);

/// How long to wait after a failed renewal before the next attempt, while the cached credentials are still valid.
const PAUSE: Duration = Duration::from_secs(30);

/// Caches the credentials of a source and renews them in time.
///
/// # Guarantees
/// - Concurrent callers share one request to the source, including its failure.
/// - While the credentials are still valid, only the caller that renews them waits. If the renewal fails, the cached
///   credentials stay in use.
/// - Expired credentials are never returned.
/// - A source that does not answer within its time limit has failed.
#[derive(Debug)]
pub(crate) struct Refreshing {
    source: Arc<dyn Source>,
    patience: Duration,
    time: SharedTimeSource,
    state: Mutex<State>,
    /// Held by the caller that requests credentials from the source.
    loading: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct State {
    held: Option<Held>,
    /// How often the source has answered. It shows waiting callers whether another caller got an answer in the meantime.
    answers: u64,
    failure: Option<CredentialsFailure>,
}

#[derive(Debug, Clone)]
struct Held {
    loaded: Loaded,
    renew_at: SystemTime,
    unusable_at: Option<SystemTime>,
}

enum Condition {
    Good(Loaded),
    /// Valid, but due to be renewed.
    Due(Loaded),
    /// Missing or expired; with the number of answers so far.
    Absent(u64),
}

impl Held {
    fn new(loaded: Loaded, now: SystemTime) -> Self {
        match loaded.credentials.expiry() {
            None => Self { loaded, renew_at: now + REREAD, unusable_at: None },
            Some(end) => {
                let left = end.duration_since(now).unwrap_or_default();
                let early = EARLY.min(left / 4);
                let unusable_at = end - LATEST.min(left / 8);
                Self { loaded, renew_at: end - early, unusable_at: Some(unusable_at) }
            }
        }
    }
}

impl Refreshing {
    pub(crate) fn new(source: Arc<dyn Source>, patience: Duration) -> Self {
        Self::with_time(source, patience, SharedTimeSource::default())
    }

    fn with_time(source: Arc<dyn Source>, patience: Duration, time: SharedTimeSource) -> Self {
        Self { source, patience, time, state: Mutex::default(), loading: tokio::sync::Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn condition(&self) -> Condition {
        let now = self.time.now();
        let state = self.state();
        match &state.held {
            Some(held) if held.unusable_at.is_none_or(|end| now < end) => {
                let loaded = held.loaded.clone();
                if now < held.renew_at { Condition::Good(loaded) } else { Condition::Due(loaded) }
            }
            _ => Condition::Absent(state.answers),
        }
    }

    /// Drops the cached credentials with this key, because the service has refused them. The next caller gets new ones. Does
    /// nothing if the credentials have been renewed in the meantime.
    pub(crate) fn forget(&self, key_id: &str) {
        let mut state = self.state();
        if state.held.as_ref().is_some_and(|held| held.loaded.credentials.access_key_id() == key_id) {
            state.held = None;
        }
    }

    /// Credentials that are valid now.
    pub(crate) async fn current(&self) -> Result<Loaded, CredentialsFailure> {
        match self.condition() {
            Condition::Good(loaded) => Ok(loaded),
            Condition::Due(loaded) => {
                // Another caller is renewing them: the cached ones are still valid.
                let Ok(_alone) = self.loading.try_lock() else { return Ok(loaded) };
                match self.load().await {
                    Ok(renewed) => Ok(renewed),
                    Err(failure) => {
                        tracing::warn!(%failure, "could not renew the credentials; the cached ones are still valid");
                        let later = self.time.now() + PAUSE;
                        if let Some(held) = &mut self.state().held {
                            held.renew_at = later;
                        }
                        Ok(loaded)
                    }
                }
            }
            Condition::Absent(answers_before) => {
                let _alone = self.loading.lock().await;
                match self.condition() {
                    Condition::Good(loaded) | Condition::Due(loaded) => return Ok(loaded),
                    Condition::Absent(answers) if answers > answers_before => {
                        if let Some(failure) = self.state().failure.clone() {
                            return Err(failure);
                        }
                    }
                    Condition::Absent(_) => {}
                }
                self.load().await
            }
        }
    }

    async fn load(&self) -> Result<Loaded, CredentialsFailure> {
        let result = tokio::time::timeout(self.patience, self.source.load()).await;
        let result =
            result.unwrap_or_else(|_| Err(CredentialsFailure::too_late(&self.source.name(), self.patience)));
        let now = self.time.now();
        let mut state = self.state();
        state.answers += 1;
        match result {
            Ok(loaded) if loaded.credentials.expiry().is_some_and(|end| end <= now) => {
                let failure = CredentialsFailure::expired(&loaded.origin);
                state.failure = Some(failure.clone());
                Err(failure)
            }
            Ok(loaded) => {
                state.held = Some(Held::new(loaded.clone(), now));
                state.failure = None;
                Ok(loaded)
            }
            Err(failure) => {
                state.failure = Some(failure.clone());
                Err(failure)
            }
        }
    }
}

/// The cache as a provider for the SDK's clients. Their own cache is off, because two caches would renew at different times.
#[derive(Debug, Clone)]
pub(crate) struct Provider(pub(crate) Arc<Refreshing>);

impl ProvideCredentials for Provider {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(async {
            let loaded: Result<Credentials, _> = self.0.current().await.map(|loaded| loaded.credentials);
            loaded.map_err(CredentialsError::provider_error)
        })
    }
}

#[cfg(test)]
#[path = "refresh_tests.rs"]
mod tests;
