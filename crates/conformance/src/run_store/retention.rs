//! Guarantees about removing runs.

use super::{RunStoreHarness, find, list, response, run_in};
use crate::samples::{finish, sample_key, sample_run};
use lamplight_domain::{RunKey, RunState};
use lamplight_ports::{Bytes, Retention, RunStore};

async fn keys(store: &dyn RunStore) -> Vec<RunKey> {
    list(store).await.into_iter().rev().map(|run| run.key).collect()
}

/// Runs are removed by age, by count, or by either, with their responses; runs without an outcome are kept, however
/// old.
pub async fn pruning_removes_only_ended_runs(harness: &dyn RunStoreHarness) {
    let started = |n| Some(sample_run(n).intent.started_at);
    for (started_before, keep_at_most, gone) in [
        (None, None, 0..0),
        (None, Some(100), 0..0),
        (started(0), None, 0..0),
        (started(6), None, 0..6),
        (None, Some(10), 0..6),
        (None, Some(1), 0..15),
        (None, Some(0), 0..16),
        (started(4), Some(10), 0..6),
        (started(8), Some(10), 0..8),
        (started(100), None, 0..16),
    ] {
        let arranged = harness.arrange().await;
        for (n, state) in (0..16).zip(RunState::ALL.into_iter().cycle()) {
            arranged.store.insert(&run_in(n, state)).await.unwrap();
        }
        let is_unfinished = |n: &u32| *n % 8 < 2;
        let retention = Retention { started_before, keep_at_most };
        let expected = gone.clone().filter(|n| !is_unfinished(n)).count();
        assert_eq!(arranged.store.prune(&retention).await.unwrap(), expected as u64, "{retention:?}");
        assert_eq!(arranged.elsewhere.prune(&retention).await.unwrap(), 0, "{retention:?}");
        let stay: Vec<_> =
            (0..16).filter(|n| !gone.contains(n) || is_unfinished(n)).map(sample_key).collect();
        assert_eq!(keys(&*arranged.elsewhere).await, stay, "{retention:?}");
    }
    let arranged = harness.arrange().await;
    let mut run = sample_run(1);
    arranged.store.insert(&run).await.unwrap();
    finish(&mut run, 1, RunState::Succeeded);
    arranged.store.update(&run, Some(Bytes::from(vec![b'x'; 600_000]))).await.unwrap();
    let retention = Retention { keep_at_most: Some(0), ..Retention::default() };
    assert_eq!(arranged.store.prune(&retention).await.unwrap(), 1);
    assert_eq!((find(&arranged.store, 1).await, response(&arranged.store, 1).await), (None, None));
    // The key can be used again, and nothing of the old run is left.
    arranged.store.insert(&sample_run(1)).await.unwrap();
    assert_eq!(response(&arranged.store, 1).await, None);
}

/// Many runs are removed in several batches, oldest first; each call returns how many it removed.
pub async fn pruning_removes_the_oldest_first_in_batches(harness: &dyn RunStoreHarness) {
    let arranged = harness.arrange().await;
    let most = Retention::MOST_AT_ONCE;
    for n in 0..most + 3 {
        arranged.store.insert(&run_in(n, RunState::Succeeded)).await.unwrap();
    }
    let retention = Retention { keep_at_most: Some(1), ..Retention::default() };
    assert_eq!(arranged.store.prune(&retention).await.unwrap(), u64::from(most));
    assert_eq!(keys(&*arranged.store).await, (most..most + 3).map(sample_key).collect::<Vec<_>>());
    assert_eq!(arranged.store.prune(&retention).await.unwrap(), 2);
    assert_eq!(keys(&*arranged.store).await, [sample_key(most + 2)]);
}

/// A run is removed with its response, whatever its state; others stay.
pub async fn a_removed_run_is_gone_with_its_response(harness: &dyn RunStoreHarness) {
    let arranged = harness.arrange().await;
    for (n, state) in (0..).zip(RunState::ALL) {
        let mut run = run_in(n, state);
        arranged.store.insert(&run).await.unwrap();
        run.revision = arranged.store.update(&run, Some(Bytes::from(vec![b'x'; 300_000]))).await.unwrap();
    }
    let all = u32::try_from(RunState::ALL.len()).unwrap();
    for n in 0..all {
        assert!(arranged.elsewhere.remove_run(&sample_key(n)).await.unwrap());
        assert!(!arranged.store.remove_run(&sample_key(n)).await.unwrap());
        assert_eq!((find(&arranged.store, n).await, response(&arranged.store, n).await), (None, None));
        assert_eq!(keys(&*arranged.store).await, (n + 1..all).map(sample_key).collect::<Vec<_>>());
    }
}
