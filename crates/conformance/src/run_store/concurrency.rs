//! Guarantees about concurrent and dropped callers.

use super::{RunStoreHarness, attempts, find, list, response, run_in};
use crate::samples::{finish, sample_key, sample_run};
use lamplight_domain::{Revision, RunState};
use lamplight_ports::{Bytes, PortErrorKind, RunStore};
use std::{
    collections::BTreeSet,
    sync::Arc,
    task::{Context, Poll, Waker},
};
use tokio::task::JoinSet;

/// Runs that are inserted at the same time, by this and another process, are all stored.
pub async fn runs_inserted_concurrently_are_all_stored(harness: &dyn RunStoreHarness) {
    let arranged = harness.arrange().await;
    let mut tasks = JoinSet::new();
    for n in 0..40 {
        let store = Arc::clone(if n % 2 == 0 { &arranged.store } else { &arranged.elsewhere });
        tasks.spawn(async move { store.insert(&sample_run(n)).await });
    }
    for inserted in tasks.join_all().await {
        inserted.unwrap();
    }
    let kept: BTreeSet<_> = list(&*arranged.store).await.into_iter().map(|run| run.key).collect();
    assert_eq!(kept, (0..40).map(sample_key).collect());
}

/// Of concurrent updates of the same revision one wins and is stored; the others fail as conflicts.
pub async fn one_of_concurrent_updates_wins(harness: &dyn RunStoreHarness) {
    let arranged = harness.arrange().await;
    arranged.store.insert(&sample_run(1)).await.unwrap();
    for round in 1..=5 {
        let mut tasks = JoinSet::new();
        for n in 0..8 {
            let store = Arc::clone(if n % 2 == 0 { &arranged.store } else { &arranged.elsewhere });
            tasks.spawn(async move {
                let mut run = sample_run(1);
                run.revision = Revision(round);
                run.attempts = attempts(n);
                (n, store.update(&run, None).await)
            });
        }
        let (won, lost): (Vec<_>, Vec<_>) =
            tasks.join_all().await.into_iter().partition(|(_, updated)| updated.is_ok());
        for (n, error) in lost.into_iter().map(|(n, updated)| (n, updated.unwrap_err())) {
            assert_eq!(error.kind, PortErrorKind::Conflict, "{n}: {error}");
        }
        let [(n, Ok(revision))] = won.as_slice() else { panic!("expected one winner, not {won:?}") };
        assert_eq!(*revision, Revision(round + 1));
        assert_eq!(find(&arranged.elsewhere, 1).await.unwrap().attempts.len(), *n);
    }
}

/// A caller that is dropped at any point leaves its complete write or nothing, and the store still works.
pub async fn a_dropped_caller_leaves_all_or_nothing(harness: &dyn RunStoreHarness) {
    let arranged = harness.arrange().await;
    for polls in 0..6 {
        let mut run = sample_run(polls);
        let done = poll(arranged.store.insert(&run), polls).is_some_and(|inserted| inserted.is_ok());
        let kept = find(&arranged.elsewhere, polls).await;
        assert!(kept.is_some() || !done, "an insert that returned is stored");
        assert!(kept.is_none_or(|kept| kept == run), "a partial insert after {polls} polls");
        ensure_inserted(&arranged.store, &run).await;
        let before = run.clone();
        finish(&mut run, polls, RunState::Succeeded);
        let bytes = Some(Bytes::from(vec![b'x'; 600_000]));
        let done =
            poll(arranged.store.update(&run, bytes.clone()), polls).is_some_and(|updated| updated.is_ok());
        let found = find(&arranged.elsewhere, polls).await.unwrap();
        run.revision = run.revision.next();
        assert!(found == run || (!done && found == before), "a partial update after {polls} polls");
        // An update in progress may end between the two reads, so the response is only checked here.
        if found == run {
            assert!(
                response(&arranged.elsewhere, polls).await == bytes,
                "a partial update after {polls} polls"
            );
        }
    }
    arranged.store.insert(&run_in(100, RunState::Succeeded)).await.unwrap();
}

/// Inserts the run unless the dropped caller has inserted it.
async fn ensure_inserted(store: &Arc<dyn RunStore>, run: &lamplight_domain::Run) {
    match store.insert(run).await {
        Ok(()) => {}
        Err(error) => assert_eq!(error.kind, PortErrorKind::Conflict, "{error}"),
    }
}

/// Polls a future at most `times` times and drops it.
fn poll<T>(future: impl Future<Output = T>, times: u32) -> Option<T> {
    let mut future = std::pin::pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    (0..times).find_map(|_| match future.as_mut().poll(&mut context) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    })
}
