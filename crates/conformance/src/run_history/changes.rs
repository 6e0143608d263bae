//! Guarantees about changes and notes.

use crate::{
    run_store::run_in,
    samples::{finish, queued_run, sample_key, sample_run},
    stores::{Stores, StoresHarness},
};
use lamplight_domain::{RunKey, RunState, RunnerId};
use lamplight_ports::{ChangeNumber, ClaimRequest, Note, RunLimits, RunSelector, RunSummary};
use std::time::Duration;

/// The keys of the runs that were changed after that change, and its number afterwards.
async fn changes(stores: &Stores, after: ChangeNumber) -> (Vec<RunKey>, ChangeNumber) {
    let found = stores.history.changes(after, 100).await.unwrap();
    let last = found.last().map_or(after, |(number, _)| *number);
    (found.into_iter().map(|(_, run)| run.key).collect(), last)
}

/// Changes are numbered in their order across processes. A run that changed several times is returned once, as it is
/// now; claims and heartbeats are not changes.
pub async fn changes_are_in_order_and_give_each_run_once(harness: &dyn StoresHarness) {
    let arranged = harness.arrange().await;
    let (here, elsewhere) = (&arranged.here, &arranged.elsewhere);
    assert_eq!(here.history.last_change().await.unwrap(), ChangeNumber(0));
    assert_eq!(changes(here, ChangeNumber(0)).await, (vec![], ChangeNumber(0)));
    for n in [2, 1, 3] {
        let stores = if n == 1 { elsewhere } else { here };
        stores.runs.insert(&queued_run(n)).await.unwrap();
    }
    let (keys, last) = changes(elsewhere, ChangeNumber(0)).await;
    assert_eq!(keys, [2, 1, 3].map(sample_key));
    assert_eq!(here.history.last_change().await.unwrap(), last);
    let request = ClaimRequest {
        runner: RunnerId("a".to_owned()),
        now: sample_run(0).intent.started_at,
        until: sample_run(60).intent.started_at,
        most: 9,
        limits: RunLimits::default(),
    };
    assert_eq!(here.queue.claim(&request).await.unwrap().len(), 3);
    here.queue.heartbeat(&request.runner, &[sample_key(1)], request.until).await.unwrap();
    assert_eq!(changes(elsewhere, last).await, (vec![], last));
    let mut run = here.runs.find(&RunSelector::Key(sample_key(2))).await.unwrap().unwrap();
    run.start(request.runner, request.now).unwrap();
    run.revision = here.runs.update(&run, None).await.unwrap();
    here.runs.insert(&run_in(4, RunState::Succeeded)).await.unwrap();
    finish(&mut run, 2, RunState::Unknown);
    assert_eq!(here.runs.update_all(&[run.clone()]).await.unwrap().iter().flatten().count(), 1);
    let found = elsewhere.history.changes(last, 100).await.unwrap();
    let [(first, inserted), (second, changed)] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((&inserted.key, changed), (&sample_key(4), &RunSummary::from(&run)));
    assert!(last < *first && first < second);
    assert_eq!(here.history.last_change().await.unwrap(), *second);
    // The first ones come first, and one can go on after them.
    let found = elsewhere.history.changes(ChangeNumber(0), 2).await.unwrap();
    assert_eq!(found.iter().map(|(_, run)| run.key.clone()).collect::<Vec<_>>(), [1, 3].map(sample_key));
    assert_eq!(changes(here, found[1].0).await.0, [4, 2].map(sample_key));
    // The number of a run that was removed is not given out again.
    assert!(here.runs.remove_run(&sample_key(2)).await.unwrap());
    here.runs.insert(&sample_run(5)).await.unwrap();
    let (keys, after) = changes(elsewhere, *second).await;
    assert_eq!(keys, [sample_key(5)]);
    assert!(after > *second);
}

/// Waiting for a change ends when this or another process makes one, at once if there was one, and without one after a
/// second.
pub async fn waiting_ends_with_a_change_of_any_process(harness: &dyn StoresHarness) {
    let arranged = harness.arrange().await;
    let (here, elsewhere) = (&arranged.here, &arranged.elsewhere);
    let mut last = ChangeNumber(0);
    for (n, stores) in (1..).zip([here, elsewhere, here]) {
        let waiting = tokio::spawn({
            let here = here.clone();
            async move {
                // It may return early, after a second.
                while here.history.last_change().await.unwrap() == last {
                    here.history.wait_for_change(last).await.unwrap();
                }
            }
        });
        tokio::task::yield_now().await;
        stores.runs.insert(&sample_run(n)).await.unwrap();
        tokio::time::timeout(Duration::from_secs(20), waiting).await.expect("it ends").unwrap();
        last = here.history.last_change().await.unwrap();
        let past = here.history.wait_for_change(ChangeNumber(last.0 - 1));
        tokio::time::timeout(Duration::from_secs(20), past).await.expect("it has ended").unwrap();
    }
    let none = elsewhere.history.wait_for_change(last);
    tokio::time::timeout(Duration::from_secs(20), none).await.expect("it ends after a second").unwrap();
    assert_eq!(elsewhere.history.last_change().await.unwrap(), last);
}

/// Notes are read in the order in which they were written, change nothing else, and are removed with their run.
pub async fn a_note_is_kept_with_its_run_and_changes_no_state(harness: &dyn StoresHarness) {
    let arranged = harness.arrange().await;
    let (here, elsewhere) = (&arranged.here, &arranged.elsewhere);
    let note = |by: &str, text: &str| Note {
        by: by.to_owned(),
        at: sample_run(9).intent.started_at,
        text: text.to_owned(),
    };
    let key = sample_key(1);
    assert!(!here.history.add_note(&key, &note("alice", "x")).await.unwrap());
    assert_eq!(here.history.notes(&key).await.unwrap(), []);
    let run = run_in(1, RunState::Unknown);
    here.runs.insert(&run).await.unwrap();
    here.runs.insert(&run_in(2, RunState::Unknown)).await.unwrap();
    let notes = [note("alice", "it ran\n\u{1F600} <b>'\""), note("bob", ""), note("alice", "again")];
    for note in &notes {
        assert!(elsewhere.history.add_note(&key, note).await.unwrap());
    }
    assert_eq!(here.history.notes(&key).await.unwrap(), notes);
    assert_eq!(here.history.notes(&sample_key(2)).await.unwrap(), []);
    assert_eq!(here.runs.find(&RunSelector::Key(key.clone())).await.unwrap(), Some(run.clone()));
    assert!(here.runs.remove_run(&key).await.unwrap());
    here.runs.insert(&run).await.unwrap();
    assert_eq!(elsewhere.history.notes(&key).await.unwrap(), []);
}
