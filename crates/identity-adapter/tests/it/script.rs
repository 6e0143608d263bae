//! A token, a resolver with a fixed secret, and a fixed clock.

use async_trait::async_trait;
use lamplight_domain::{ErrorCode, RunKey, SecretRef, Timestamp};
use lamplight_ports::{Clock, IdSource, PortError, PortErrorKind, SecretResolver, SecretString, Sleeper};
use lamplight_testkit::exchange::Exchange;
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

/// A JWT in form, for tests that do not look into it.
pub(crate) const JWT: &str = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.c2ln";

/// An exchange that returns a token once.
pub(crate) fn giving_a_token() -> Arc<Exchange> {
    Exchange::new([Some((200, format!("{{\"access_token\":\"{JWT}\",\"id_token\":\"aWQ.aWQ.aWQ\"}}")))])
}

/// Resolves references to fixed secrets. `Debug` does not show them, as for all resolvers.
pub(crate) struct Secrets(pub(crate) &'static str, pub(crate) String);

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Secrets({})", self.0)
    }
}

#[async_trait]
impl SecretResolver for Secrets {
    async fn resolve(&self, reference: &SecretRef) -> Result<SecretString, PortError> {
        if reference.to_string() == self.0 {
            return Ok(self.1.clone().into());
        }
        Err(PortError::new(
            PortErrorKind::NotFound,
            ErrorCode::SecretNotFound,
            format!("secret {reference} not found"),
        ))
    }
}

/// Time, chance and waiting that stand still.
#[derive(Debug, Default)]
pub(crate) struct Still {
    pub(crate) slept: Mutex<Vec<Duration>>,
}

impl Clock for Still {
    fn now(&self) -> Timestamp {
        "2026-11-21T08:00:00Z".parse().unwrap()
    }
}

impl IdSource for Still {
    fn run_key(&self) -> RunKey {
        "0199c0de-0000-7000-8000-000000000001".parse().unwrap()
    }

    fn secret(&self) -> [u8; 32] {
        [7; 32]
    }

    fn jitter(&self) -> f64 {
        0.5
    }
}

#[async_trait]
impl Sleeper for Still {
    async fn sleep(&self, duration: Duration) {
        self.slept.lock().unwrap().push(duration);
    }
}
