//! Long operations whose credentials become invalid: they wait, lose nothing and repeat nothing.

use crate::bench::function;
use async_trait::async_trait;
use lamplight_app::{
    AppError, AuthGate, CancellationToken, DiscoverRequest, ProgressObserver, RunProgress, discover,
};
use lamplight_domain::{ErrorCode, Function, FunctionRef, Qualifier, Settings};
use lamplight_fake_adapter::{FakeProvider, ManualClock};
use lamplight_ports::{
    Connection, FunctionCatalogue, ListFunctions, Page, PortError, PortErrorKind, Sleeper,
};
use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

const PATIENCE: Duration = Duration::from_mins(15);

/// Records pauses.
#[derive(Debug, Default)]
struct Pauses {
    paused: AtomicU32,
    resumed: AtomicU32,
    said: Mutex<Vec<String>>,
}

impl ProgressObserver for Pauses {
    fn observe(&self, progress: &RunProgress<'_>) {
        match progress {
            RunProgress::Paused { reason, hint, .. } => {
                self.paused.fetch_add(1, Ordering::SeqCst);
                let hint = hint.map(ToString::to_string);
                self.said.lock().unwrap().push(format!("{reason}; {}", hint.unwrap_or_default()));
            }
            RunProgress::Resumed => drop(self.resumed.fetch_add(1, Ordering::SeqCst)),
            other => panic!("a gate does not tell {other:?}"),
        }
    }
}

fn expired() -> PortError {
    PortError::new(PortErrorKind::Unauthenticated, ErrorCode::CredentialsExpired, "the session has expired")
        .with_hint("sign in again")
}

/// A catalogue of four pages, some of which fail a few times because of credentials.
#[derive(Debug)]
struct Expiring {
    /// How often each page fails before it is returned.
    failures: Mutex<BTreeMap<u32, u32>>,
    asked: AtomicU32,
}

#[async_trait]
impl FunctionCatalogue for Expiring {
    async fn list(&self, request: ListFunctions) -> Result<Page<Function>, PortError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let page: u32 = request.marker.as_deref().unwrap_or("0").parse().unwrap();
        let mut failures = self.failures.lock().unwrap();
        match failures.get_mut(&page) {
            Some(left) if *left > 0 => {
                *left -= 1;
                Err(expired())
            }
            _ => Ok(Page {
                items: vec![Function::new(function(&format!("f{page}")), "reference")],
                next_marker: (page < 3).then(|| (page + 1).to_string()),
            }),
        }
    }

    async fn get(&self, _: &FunctionRef, _: Option<&Qualifier>) -> Result<Option<Function>, PortError> {
        Ok(None)
    }

    async fn configuration(
        &self,
        _: &FunctionRef,
        _: Option<&Qualifier>,
    ) -> Result<Option<Function>, PortError> {
        Ok(None)
    }
}

struct Walk {
    found: Result<Vec<String>, AppError>,
    asked: u32,
    pauses: Pauses,
    waited: Duration,
}

async fn walk(failures: impl IntoIterator<Item = (u32, u32)>, patience: Duration) -> Walk {
    let catalogue =
        Arc::new(Expiring { failures: Mutex::new(failures.into_iter().collect()), asked: AtomicU32::new(0) });
    let connection = Connection {
        catalogue: catalogue.clone(),
        ..FakeProvider::new([]).connection(crate::bench::connection(), Settings::default())
    };
    let (clock, pauses, cancel) = (ManualClock::default(), Pauses::default(), CancellationToken::new());
    let begun = lamplight_ports::Clock::now(&clock);
    let gate = AuthGate::new(&clock, &pauses, &cancel, patience);
    let found = discover(&connection, &DiscoverRequest::default(), &gate).await;
    let waited = lamplight_ports::Clock::now(&clock).duration_since(begun);
    let names = found.map(|found| found.functions.iter().map(|one| one.name.to_string()).collect());
    Walk {
        found: names,
        asked: catalogue.asked.load(Ordering::SeqCst),
        pauses,
        waited: waited.try_into().unwrap(),
    }
}

#[tokio::test]
async fn a_list_continues_where_its_credentials_expired() {
    let walk = walk([(2, 3)], PATIENCE).await;
    assert_eq!(walk.found.unwrap(), ["f0", "f1", "f2", "f3"]);
    assert_eq!((walk.asked, walk.waited), (7, Duration::from_secs(5 + 10 + 20)));
    assert_eq!(walk.pauses.paused.into_inner(), 1);
    assert_eq!(walk.pauses.resumed.into_inner(), 1);
    assert_eq!(walk.pauses.said.into_inner().unwrap(), ["the session has expired; sign in again"]);
}

#[tokio::test]
async fn credentials_that_never_worked_are_not_waited_for() {
    let walk = walk([(0, 1)], PATIENCE).await;
    assert!(walk.found.is_err());
    assert_eq!((walk.asked, walk.waited, walk.pauses.paused.into_inner()), (1, Duration::ZERO, 0));
}

#[tokio::test]
async fn waiting_ends_with_patience_and_zero_patience_does_not_wait() {
    let ended = walk([(1, u32::MAX)], Duration::from_mins(1)).await;
    assert!(ended.found.is_err());
    assert_eq!((ended.waited, ended.pauses.resumed.into_inner()), (Duration::from_mins(1), 0));
    let none = walk([(1, u32::MAX)], Duration::ZERO).await;
    assert_eq!((none.waited, none.pauses.paused.into_inner()), (Duration::ZERO, 0));
}

/// Sleeps until it is released, and signals that somebody sleeps.
#[derive(Debug, Default)]
struct Held {
    sleeping: tokio::sync::Notify,
    go: tokio::sync::Notify,
}

#[async_trait]
impl Sleeper for Held {
    async fn sleep(&self, _: Duration) {
        self.sleeping.notify_one();
        self.go.notified().await;
    }
}

#[tokio::test]
async fn one_task_retries_while_the_others_wait() {
    let (sleeper, pauses, cancel) = (Held::default(), Pauses::default(), CancellationToken::new());
    let gate = AuthGate::new(&sleeper, &pauses, &cancel, PATIENCE);
    let (asked, is_good) = (AtomicU32::new(0), Mutex::new(true));
    let call = || async {
        asked.fetch_add(1, Ordering::SeqCst);
        tokio::task::yield_now().await;
        if *is_good.lock().unwrap() { Ok(()) } else { Err(expired()) }
    };
    gate.run(call).await.unwrap();
    *is_good.lock().unwrap() = false;
    asked.store(0, Ordering::SeqCst);
    let works = async { tokio::join!(gate.run(call), gate.run(call), gate.run(call), gate.run(call)) };
    let friend = async {
        sleeper.sleeping.notified().await;
        assert_eq!(asked.load(Ordering::SeqCst), 4, "each task failed once");
        sleeper.go.notify_one();
        sleeper.sleeping.notified().await;
        assert_eq!(asked.load(Ordering::SeqCst), 5, "only one task retried");
        *is_good.lock().unwrap() = true;
        sleeper.go.notify_one();
    };
    let (results, ()) = tokio::join!(works, friend);
    assert!(results.0.is_ok() && results.1.is_ok() && results.2.is_ok() && results.3.is_ok());
    assert_eq!(asked.load(Ordering::SeqCst), 9, "one task retried, and three continued");
    assert_eq!((pauses.paused.into_inner(), pauses.resumed.into_inner()), (1, 1));
}

#[tokio::test]
async fn cancelling_ends_the_wait_for_all() {
    let (sleeper, pauses, cancel) = (Held::default(), Pauses::default(), CancellationToken::new());
    let gate = AuthGate::new(&sleeper, &pauses, &cancel, PATIENCE);
    gate.run(|| async { Ok::<_, PortError>(()) }).await.unwrap();
    let failing = || async { Err::<(), _>(expired()) };
    let works = async { tokio::join!(gate.run(failing), gate.run(failing)) };
    let friend = async {
        sleeper.sleeping.notified().await;
        cancel.cancel();
    };
    let (results, ()) = tokio::join!(works, friend);
    assert!(results.0.is_err() && results.1.is_err());
}

#[tokio::test]
async fn after_patience_has_run_out_nothing_more_is_started() {
    let (clock, pauses, cancel) = (ManualClock::default(), Pauses::default(), CancellationToken::new());
    let gate = AuthGate::new(&clock, &pauses, &cancel, Duration::from_secs(100));
    gate.run(|| async { Ok::<_, PortError>(()) }).await.unwrap();
    let asked = AtomicU32::new(0);
    let call = || async {
        asked.fetch_add(1, Ordering::SeqCst);
        tokio::task::yield_now().await;
        Err::<(), _>(expired())
    };
    let late = async {
        // This call arrives while the gate is closed and waits with the others.
        tokio::task::yield_now().await;
        tokio::task::yield_now().await;
        gate.run(call).await
    };
    let (one, other, late) = tokio::join!(gate.run(call), gate.run(call), late);
    for met in [one, other] {
        assert_eq!(met.unwrap_err().message, "the session has expired");
    }
    // Two calls failed; then one was retried after 5, 10, 20 and 40 seconds, and after the remaining 25 of the 100.
    assert_eq!((asked.load(Ordering::SeqCst), clock.slept()), (2 + 5, Duration::from_secs(100)));
    let called = gate
        .run(|| async {
            asked.fetch_add(1, Ordering::SeqCst);
            Ok::<(), PortError>(())
        })
        .await
        .unwrap_err();
    assert_eq!((called.kind, called.code), (PortErrorKind::Unauthenticated, ErrorCode::CredentialsExpired));
    for not_made in [late.unwrap_err().message, called.message] {
        assert!(not_made.starts_with("not started"), "{not_made}");
    }
    assert_eq!(called.hint.as_ref().map(ToString::to_string).as_deref(), Some("sign in again"));
    assert_eq!(asked.into_inner(), 2 + 5);
}

#[tokio::test]
async fn if_the_retrying_task_is_dropped_another_one_retries() {
    let (sleeper, pauses, cancel) = (Held::default(), Pauses::default(), CancellationToken::new());
    let gate = AuthGate::new(&sleeper, &pauses, &cancel, PATIENCE);
    gate.run(|| async { Ok::<_, PortError>(()) }).await.unwrap();
    tokio::select! {
        _ = gate.run(|| async { Err::<(), _>(expired()) }) => unreachable!("it sleeps until it is let go"),
        () = sleeper.sleeping.notified() => {}
    }
    assert!(gate.run(|| async { Ok::<_, PortError>(()) }).await.is_ok());
}
