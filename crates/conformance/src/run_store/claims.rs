//! Guarantees about queued runs and the runners that claim them.

use super::{RunStoreHarness, find, run_in, running};
use crate::samples::{EPOCH, finish, queued_run, sample_key, sample_run, sample_runner};
use lamplight_domain::{RunState, RunnerId, Timestamp};
use lamplight_ports::{PortErrorKind, RunSelector};
use std::{collections::BTreeSet, sync::Arc, time::Duration};
use tokio::task::JoinSet;

/// The time this many seconds after the first sample run began.
fn at(seconds: u64) -> Timestamp {
    EPOCH.parse::<Timestamp>().unwrap() + Duration::from_secs(seconds)
}

fn runner(name: &str) -> RunnerId {
    RunnerId(name.to_owned())
}

/// A claim returns the queued run that began first, with its runner, its lease and its new revision, and no run in
/// another state.
pub async fn a_claim_gives_the_oldest_free_run(harness: &dyn RunStoreHarness) {
    let arranged = harness.arrange().await;
    assert_eq!(arranged.store.claim(&runner("a"), at(0), at(60)).await.unwrap(), None);
    for (n, state) in (10..).zip(RunState::ALL) {
        arranged.store.insert(&run_in(n, state)).await.unwrap();
    }
    for n in [9, 7, 8] {
        arranged.store.insert(&queued_run(n)).await.unwrap();
    }
    for n in [7, 8, 9, 10] {
        let claimed = arranged.elsewhere.claim(&runner("a"), at(0), at(60)).await.unwrap().unwrap();
        let mut expected = queued_run(n);
        expected.claim(runner("a")).unwrap();
        expected.revision = expected.revision.next();
        expected.lease_until = Some(at(60));
        assert_eq!(claimed, expected);
        assert_eq!(find(&arranged.store, n).await, Some(expected));
    }
    assert_eq!(arranged.store.claim(&runner("b"), at(0), at(60)).await.unwrap(), None);
}

/// Runners that claim at the same time each get a different run, and no run is given out twice.
pub async fn concurrent_claims_get_different_runs(harness: &dyn RunStoreHarness) {
    let arranged = harness.arrange().await;
    for n in 0..12 {
        arranged.store.insert(&queued_run(n)).await.unwrap();
    }
    let mut tasks = JoinSet::new();
    for n in 0..20 {
        let store = Arc::clone(if n % 2 == 0 { &arranged.store } else { &arranged.elsewhere });
        tasks.spawn(async move { store.claim(&runner(&format!("r-{n}")), at(0), at(60)).await.unwrap() });
    }
    let claimed: Vec<_> = tasks.join_all().await.into_iter().flatten().collect();
    let keys: BTreeSet<_> = claimed.iter().map(|run| run.key().clone()).collect();
    assert_eq!((claimed.len(), keys), (12, (0..12).map(sample_key).collect()));
    for run in claimed {
        let kept = arranged.store.find(&RunSelector::Key(run.key().clone())).await.unwrap();
        assert_eq!(kept, Some(run), "the claim returned what is stored");
    }
}

/// A queued run whose lease has ended can be claimed again, and its earlier runner can no longer write. A run that has
/// started is never given out again, even if its lease has ended.
pub async fn a_claim_ends_with_its_lease_and_never_once_the_run_has_started(harness: &dyn RunStoreHarness) {
    let arranged = harness.arrange().await;
    let store = &arranged.store;
    store.insert(&queued_run(1)).await.unwrap();
    let mut early = store.claim(&runner("early"), at(0), at(60)).await.unwrap().unwrap();
    assert_eq!(store.claim(&runner("late"), at(59), at(200)).await.unwrap(), None);
    let mut late = arranged.elsewhere.claim(&runner("late"), at(60), at(200)).await.unwrap().unwrap();
    assert_eq!((late.runner(), late.lease_until), (Some(&runner("late")), Some(at(200))));
    early.start(runner("early"), at(61)).unwrap();
    assert_eq!(store.update(&early, None).await.unwrap_err().kind, PortErrorKind::Conflict);
    assert!(!store.heartbeat(early.key(), &runner("early"), at(300)).await.unwrap());
    late.start(runner("late"), at(61)).unwrap();
    late.revision = store.update(&late, None).await.unwrap();
    assert_eq!(find(&arranged.elsewhere, 1).await, Some(late.clone()), "an update does not change the lease");
    for now in [at(200), at(100_000)] {
        assert_eq!(store.claim(&runner("other"), now, at(200_000)).await.unwrap(), None);
    }
    assert_eq!(running(&**store).await, [late]);
}

/// A heartbeat extends the lease of the runner's own run until it has an outcome. It changes nothing else, and a run
/// that has ended has no lease.
pub async fn a_heartbeat_extends_the_lease_of_its_own_run(harness: &dyn RunStoreHarness) {
    let arranged = harness.arrange().await;
    let store = &arranged.store;
    assert!(!store.heartbeat(&sample_key(1), &sample_runner(), at(60)).await.unwrap());
    // A run that was never queued can have a lease too.
    let mut run = sample_run(1);
    store.insert(&run).await.unwrap();
    assert!(!store.heartbeat(run.key(), &runner("other"), at(60)).await.unwrap());
    assert_eq!(find(&arranged.elsewhere, 1).await, Some(run.clone()));
    for end in [60, 120, 90] {
        assert!(arranged.elsewhere.heartbeat(run.key(), &sample_runner(), at(end)).await.unwrap());
        run.lease_until = Some(at(end));
        assert_eq!(find(store, 1).await, Some(run.clone()));
    }
    finish(&mut run, 1, RunState::Succeeded);
    run.revision = store.update(&run, None).await.unwrap();
    assert!(!store.heartbeat(run.key(), &sample_runner(), at(900)).await.unwrap());
    assert_eq!((run.lease_until, find(store, 1).await), (None, Some(run)));
    // A run that is claimed but not started stays claimed until its lease ends.
    store.insert(&queued_run(2)).await.unwrap();
    let claimed = store.claim(&runner("a"), at(0), at(60)).await.unwrap().unwrap();
    assert!(store.heartbeat(claimed.key(), &runner("a"), at(120)).await.unwrap());
    assert_eq!(store.claim(&runner("b"), at(60), at(200)).await.unwrap(), None);
    assert!(store.claim(&runner("b"), at(120), at(200)).await.unwrap().is_some());
}
