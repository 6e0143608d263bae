//! What every adapter of [`RunStore`] must do.
//!
//! That a record of a newer version is refused and left as it is, and that an intent survives the end of the
//! process, cannot be arranged through the port; each adapter tests them by itself.

mod claims;
mod concurrency;
mod model;
mod pages;
mod retention;

pub use claims::{
    a_claim_ends_with_its_lease_and_never_once_the_run_has_started, a_claim_gives_the_oldest_free_run,
    a_heartbeat_keeps_a_run_for_its_runner_alone, of_claims_at_once_each_gets_another_run,
};
pub use concurrency::{
    a_dropped_caller_leaves_all_or_nothing, of_updates_at_once_one_wins, runs_inserted_at_once_are_all_kept,
};
pub use model::any_history_is_kept_as_a_map_would;
pub use pages::{
    a_foreign_marker_is_refused, lists_are_latest_first_and_filtered,
    pages_stay_in_place_whatever_comes_and_goes, runs_of_one_moment_are_listed_once_each,
};
pub use retention::{pruning_removes_what_ended_alone, pruning_takes_the_oldest_first_and_not_all_at_once};

use crate::samples::{
    EPOCH, finish, parsed, queued_run, sample_function, sample_key, sample_request_id, sample_run,
    sample_runner,
};
use async_trait::async_trait;
use lamplight_domain::{Attempt, Evidence, EvidenceKind, Outcome, Parent, Revision, Run, RunState};
use lamplight_ports::{Bytes, PageRequest, PortErrorKind, RunFilter, RunSelector, RunStore, RunSummary};
use std::{any::Any, fmt, sync::Arc};

/// An empty store as arranged, with what must live as long as it: a temporary folder, a server.
pub struct ArrangedRunStore {
    /// The store.
    pub store: Arc<dyn RunStore>,
    /// The same store as another process sees it.
    pub elsewhere: Arc<dyn RunStore>,
    /// What it needs to go on.
    pub keep: Box<dyn Any + Send + Sync>,
}

impl fmt::Debug for ArrangedRunStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ArrangedRunStore").field("store", &self.store).finish_non_exhaustive()
    }
}

/// Makes stores for the suite.
#[async_trait]
pub trait RunStoreHarness: Send + Sync {
    /// A store without runs, which no other test uses.
    async fn arrange(&self) -> ArrangedRunStore;
}

/// Expands to one test for each guarantee, run through `Arc<dyn RunStore>`, which is how the port is held.
/// The argument is an expression that gives a [`RunStoreHarness`]; the crate needs `tokio` with its macros
/// and its runtime of several threads among its dev-dependencies.
#[macro_export]
macro_rules! run_store {
    ($harness:expr) => {
        $crate::run_store!(@each $harness;
            an_inserted_run_is_found_as_it_was,
            a_taken_key_is_a_conflict,
            an_update_replaces_the_run_and_counts,
            an_update_of_another_revision_is_a_conflict,
            an_update_of_an_absent_run_is_not_found,
            responses_come_back_byte_for_byte,
            what_is_absent_is_none,
            a_prefix_finds_its_only_run,
            an_ambiguous_prefix_is_refused_with_examples,
            a_request_id_finds_the_latest_run_of_its_function,
            latest_is_the_run_that_began_last,
            lists_are_latest_first_and_filtered,
            runs_of_one_moment_are_listed_once_each,
            pages_stay_in_place_whatever_comes_and_goes,
            a_foreign_marker_is_refused,
            a_claim_gives_the_oldest_free_run,
            of_claims_at_once_each_gets_another_run,
            a_claim_ends_with_its_lease_and_never_once_the_run_has_started,
            a_heartbeat_keeps_a_run_for_its_runner_alone,
            pruning_removes_what_ended_alone,
            pruning_takes_the_oldest_first_and_not_all_at_once,
            running_runs_are_those_that_started_and_have_no_outcome,
            runs_inserted_at_once_are_all_kept,
            of_updates_at_once_one_wins,
            a_dropped_caller_leaves_all_or_nothing,
        );

        #[test]
        fn any_history_is_kept_as_a_map_would() {
            $crate::run_store::any_history_is_kept_as_a_map_would(&$harness);
        }
    };
    (@each $harness:expr; $($guarantee:ident,)*) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $guarantee() {
                $crate::run_store::$guarantee(&$harness).await;
            }
        )*
    };
}

/// What was inserted is found whole, here and elsewhere, whatever its state.
pub async fn an_inserted_run_is_found_as_it_was(harness: &dyn RunStoreHarness) {
    let arranged = harness.arrange().await;
    for (n, state) in (0..).zip(RunState::ALL) {
        let run = run_in(n, state);
        arranged.store.insert(&run).await.unwrap();
        for store in [&arranged.store, &arranged.elsewhere] {
            assert_eq!(find(store, n).await.as_ref(), Some(&run));
        }
    }
}

/// A key is taken once; the run that has it stays as it was.
pub async fn a_taken_key_is_a_conflict(harness: &dyn RunStoreHarness) {
    let arranged = harness.arrange().await;
    let first = sample_run(1);
    arranged.store.insert(&first).await.unwrap();
    let mut second = run_in(1, RunState::Succeeded);
    second.intent.payload_bytes = 1;
    for store in [&arranged.store, &arranged.elsewhere] {
        let error = store.insert(&second).await.unwrap_err();
        assert_eq!(error.kind, PortErrorKind::Conflict);
        assert!(error.message.contains(first.key().as_str()), "{error}");
        assert_eq!(find(store, 1).await.as_ref(), Some(&first));
    }
}

/// An update puts the run in the place of the one kept, and gives the next revision.
pub async fn an_update_replaces_the_run_and_counts(harness: &dyn RunStoreHarness) {
    let arranged = harness.arrange().await;
    let mut run = sample_run(1);
    arranged.store.insert(&run).await.unwrap();
    run.attempts = attempts(1);
    run.revision = arranged.store.update(&run, None).await.unwrap();
    assert_eq!(run.revision, Revision::FIRST.next());
    finish(&mut run, 1, RunState::FunctionFailed);
    run.revision = arranged.elsewhere.update(&run, None).await.unwrap();
    assert_eq!(run.revision, Revision::FIRST.next().next());
    assert_eq!(find(&arranged.store, 1).await.as_ref(), Some(&run));
    assert_eq!(list(&*arranged.store).await, [RunSummary::from(&run)]);
}

/// An update of another revision than the one kept, earlier or later, changes nothing.
pub async fn an_update_of_another_revision_is_a_conflict(harness: &dyn RunStoreHarness) {
    let arranged = harness.arrange().await;
    let mut kept = sample_run(1);
    arranged.store.insert(&kept).await.unwrap();
    kept.revision = arranged.store.update(&kept, None).await.unwrap();
    for revision in [Revision(0), Revision::FIRST, Revision(3), Revision(u64::MAX)] {
        let mut other = run_in(1, RunState::Unknown);
        other.revision = revision;
        let error = arranged.elsewhere.update(&other, None).await.unwrap_err();
        assert_eq!(error.kind, PortErrorKind::Conflict, "{revision:?}");
        assert!(error.message.contains(kept.key().as_str()), "{error}");
    }
    assert_eq!(find(&arranged.store, 1).await, Some(kept));
}

/// An update of what is not there makes nothing.
pub async fn an_update_of_an_absent_run_is_not_found(harness: &dyn RunStoreHarness) {
    let arranged = harness.arrange().await;
    for other in [2, 3] {
        let error = arranged.store.update(&run_in(1, RunState::Succeeded), None).await.unwrap_err();
        assert_eq!(error.kind, PortErrorKind::NotFound);
        assert!(error.message.contains(sample_key(1).as_str()), "{error}");
        assert_eq!(find(&arranged.store, 1).await, None);
        // The same again in a store that is not empty.
        arranged.store.insert(&sample_run(other)).await.unwrap();
    }
}

/// A response of any size and content comes back as it was; none and an empty one are told apart. A further one takes
/// its place, and an update without one leaves it.
pub async fn responses_come_back_byte_for_byte(harness: &dyn RunStoreHarness) {
    let arranged = harness.arrange().await;
    let sizes = [0, 1, 65_535, 65_536, 262_143, 262_144, 262_145, 1_000_000, 6 * 1024 * 1024];
    for (n, size) in (0..).zip(sizes) {
        let mut run = sample_run(n);
        arranged.store.insert(&run).await.unwrap();
        assert_eq!(response(&arranged.store, n).await, None);
        // No part of it is like another, and it is not UTF-8.
        let whole: Bytes = (0..size).map(|i: u32| i.wrapping_mul(2_654_435_761).to_be_bytes()[1]).collect();
        finish(&mut run, n, RunState::Succeeded);
        run.revision = arranged.store.update(&run, Some(whole.clone())).await.unwrap();
        assert!(response(&arranged.elsewhere, n).await == Some(whole), "{size} bytes");
        // A shorter one leaves nothing of the longer one behind.
        let short = Bytes::from_static(b"x");
        run.revision = arranged.store.update(&run, Some(short.clone())).await.unwrap();
        assert_eq!(response(&arranged.elsewhere, n).await, Some(short.clone()), "after {size} bytes");
        run.revision = arranged.store.update(&run, None).await.unwrap();
        assert_eq!(response(&arranged.elsewhere, n).await, Some(short));
        assert_eq!(find(&arranged.elsewhere, n).await, Some(run));
    }
}

/// Every selector says `None` where there is no such run, and lists are empty.
pub async fn what_is_absent_is_none(harness: &dyn RunStoreHarness) {
    let arranged = harness.arrange().await;
    let store = &arranged.store;
    assert_eq!(store.find(&RunSelector::Latest).await.unwrap(), None);
    assert_eq!(store.find(&RunSelector::KeyPrefix(String::new())).await.unwrap(), None);
    assert_eq!(list(&**store).await, []);
    assert_eq!(store.running().await.unwrap(), []);
    assert_eq!(response(store, 1).await, None);
    store.insert(&run_in(1, RunState::Succeeded)).await.unwrap();
    for selector in [
        RunSelector::Key(parsed("0199c0de")),
        RunSelector::KeyPrefix("0199c0de-1".to_owned()),
        RunSelector::RequestId(sample_function(1), sample_request_id(2)),
        RunSelector::RequestId(sample_function(2), sample_request_id(1)),
        RunSelector::RequestId(sample_function(1), String::new()),
    ] {
        assert_eq!(store.find(&selector).await.unwrap(), None, "{selector:?}");
    }
}

/// The beginning of a key finds the only run that has it; signs that mean something in queries mean
/// themselves.
pub async fn a_prefix_finds_its_only_run(harness: &dyn RunStoreHarness) {
    let arranged = harness.arrange().await;
    for (n, key) in (0..).zip(["a", "ab-1", "ab-2", "b", "zz", "zzz"]) {
        let mut run = sample_run(n);
        run.intent.key = parsed(key);
        arranged.store.insert(&run).await.unwrap();
    }
    for (prefix, found) in [
        ("b", Some("b")),
        ("ab-1", Some("ab-1")),
        ("ab-2", Some("ab-2")),
        ("zzz", Some("zzz")),
        ("c", None),
        ("B", None),
        ("ab-3", None),
        ("zzzz", None),
        ("%", None),
        ("b%", None),
        ("_", None),
        ("?", None),
        ("*", None),
        ("b*", None),
        ("[a-z]", None),
        ("'", None),
        ("\u{10FFFF}", None),
    ] {
        let selector = RunSelector::KeyPrefix(prefix.to_owned());
        let run = arranged.store.find(&selector).await.unwrap();
        assert_eq!(run.as_ref().map(|run| run.key().as_str()), found, "{prefix:?}");
    }
}

/// A prefix that several keys share is refused, also where it is a whole key; the error shows some of them.
pub async fn an_ambiguous_prefix_is_refused_with_examples(harness: &dyn RunStoreHarness) {
    let arranged = harness.arrange().await;
    for n in 0..20 {
        arranged.store.insert(&sample_run(n)).await.unwrap();
    }
    let mut short = sample_run(20);
    short.intent.key = parsed("0199");
    arranged.store.insert(&short).await.unwrap();
    let common = "0199c0de-0000-7000-8000-0000000000";
    for prefix in [common, &format!("{common}0"), &format!("{common}1"), "0199", ""] {
        let error = arranged.store.find(&RunSelector::KeyPrefix(prefix.to_owned())).await.unwrap_err();
        assert_eq!(error.kind, PortErrorKind::InvalidRequest, "{prefix:?}");
        let shown = (0..20).filter(|n| error.message.contains(sample_key(*n).as_str())).count();
        assert!((1..=5).contains(&shown), "{error}");
    }
}

/// A request id finds the run of the function named; of several the one that began last.
pub async fn a_request_id_finds_the_latest_run_of_its_function(harness: &dyn RunStoreHarness) {
    let arranged = harness.arrange().await;
    // The same request id in runs of one function (0 and 3) and of another (1); the latest is not the last
    // that was inserted.
    for n in [3, 1, 0] {
        let mut run = sample_run(n);
        let outcome = Outcome { request_id: Some("same".to_owned()), ..outcome(RunState::Succeeded) };
        run.conclude(outcome).unwrap();
        arranged.store.insert(&run).await.unwrap();
    }
    for (function, found) in [(0, 3), (1, 1)] {
        let selector = RunSelector::RequestId(sample_function(function), "same".to_owned());
        let run = arranged.elsewhere.find(&selector).await.unwrap().unwrap();
        assert_eq!(*run.key(), sample_key(found));
    }
}

/// The latest run is the one that began last, whenever it was inserted or changed and whatever its key.
pub async fn latest_is_the_run_that_began_last(harness: &dyn RunStoreHarness) {
    let arranged = harness.arrange().await;
    for n in [5, 9, 2] {
        arranged.store.insert(&sample_run(n)).await.unwrap();
    }
    let mut early = sample_run(1);
    early.intent.key = parsed("zzz");
    arranged.store.insert(&early).await.unwrap();
    let mut changed = sample_run(2);
    finish(&mut changed, 2, RunState::Succeeded);
    arranged.store.update(&changed, None).await.unwrap();
    let latest = arranged.elsewhere.find(&RunSelector::Latest).await.unwrap();
    assert_eq!(latest, Some(sample_run(9)));
}

/// Runs that a runner has started and that have no outcome are read whole; the others are not among them.
pub async fn running_runs_are_those_that_started_and_have_no_outcome(harness: &dyn RunStoreHarness) {
    let arranged = harness.arrange().await;
    let mut expected = Vec::new();
    for (n, state) in (0..24).zip(RunState::ALL.into_iter().cycle()) {
        let run = run_in(n, state);
        if state == RunState::Running {
            expected.push(run.clone());
        }
        arranged.store.insert(&run).await.unwrap();
    }
    let mut ended = expected.pop().unwrap();
    finish(&mut ended, 9, RunState::Unknown);
    arranged.store.update(&ended, None).await.unwrap();
    let mut started = find(&arranged.store, 0).await.unwrap();
    started.start(sample_runner(), started.intent.started_at).unwrap();
    started.revision = arranged.store.update(&started, None).await.unwrap();
    expected.push(started);
    let mut found = arranged.elsewhere.running().await.unwrap();
    for runs in [&mut expected, &mut found] {
        runs.sort_by(|a, b| a.key().cmp(b.key()));
    }
    assert_eq!(found, expected);
}

/// A sample run in that state.
fn run_in(n: u32, state: RunState) -> Run {
    if state == RunState::Queued {
        return queued_run(n);
    }
    let mut run = sample_run(n);
    if state.is_final() {
        finish(&mut run, n, state);
    }
    run
}

fn outcome(state: RunState) -> Outcome {
    Outcome::new(state, Evidence::of(EvidenceKind::Answered), EPOCH.parse().unwrap())
}

/// So many attempts of which nothing is known.
fn attempts(count: usize) -> Vec<Attempt> {
    vec![Attempt { sent_at: None, ended_at: None, evidence: None, error: None }; count]
}

async fn find(store: &Arc<dyn RunStore>, n: u32) -> Option<Run> {
    store.find(&RunSelector::Key(sample_key(n))).await.unwrap()
}

async fn response(store: &Arc<dyn RunStore>, n: u32) -> Option<Bytes> {
    store.response(&sample_key(n)).await.unwrap()
}

/// All that a list without a filter shows, page by page.
async fn list(store: &dyn RunStore) -> Vec<RunSummary> {
    walk(store, &RunFilter::default(), PageRequest::LARGEST).await
}

/// All that a list shows, in pages of that size.
async fn walk(store: &dyn RunStore, filter: &RunFilter, size: u32) -> Vec<RunSummary> {
    let (mut found, mut page) = (Vec::new(), PageRequest::first(size));
    loop {
        let next = store.list(filter, &page).await.unwrap();
        assert!(next.items.len() <= page.limit(), "{size}");
        found.extend(next.items);
        page.marker = next.next_marker;
        if page.marker.is_none() {
            return found;
        }
    }
}

/// What a list of `runs`, given latest first, shows.
fn expected_list<'a>(runs: impl IntoIterator<Item = &'a Run>, filter: &RunFilter) -> Vec<RunSummary> {
    let RunFilter { job, function, connection, parent, state, since, before } = filter;
    let parent_of = |run: &Run| run.intent.provenance.parent.as_ref().map(Parent::id);
    runs.into_iter()
        .filter(|run| job.is_none() || run.intent.job == *job)
        .filter(|run| function.as_ref().is_none_or(|function| run.function_name() == function))
        .filter(|run| connection.as_ref().is_none_or(|connection| run.intent.connection == *connection))
        .filter(|run| parent.is_none() || parent_of(run) == *parent)
        .filter(|run| state.is_none_or(|state| run.state() == state))
        .filter(|run| since.is_none_or(|since| run.intent.started_at >= since))
        .filter(|run| before.is_none_or(|before| run.intent.started_at < before))
        .map(RunSummary::from)
        .collect()
}
