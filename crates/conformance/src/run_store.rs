//! What every adapter of [`RunStore`] must do.
//!
//! The port cannot arrange a record of a newer version, nor the end of the process after an intent was recorded; each
//! adapter tests these by itself.

mod concurrency;
mod pages;
mod retention;

pub use concurrency::{
    a_dropped_caller_leaves_all_or_nothing, one_of_concurrent_updates_wins,
    runs_inserted_concurrently_are_all_stored,
};
pub use pages::{
    a_foreign_marker_is_refused, a_scope_limits_lists, a_text_finds_runs_by_the_beginning_of_words,
    lists_are_latest_first_and_filtered, pages_are_stable_under_changes,
    runs_of_one_moment_are_listed_once_each,
};
pub use retention::{
    a_removed_run_is_gone_with_its_response, pruning_removes_only_ended_runs,
    pruning_removes_the_oldest_first_in_batches,
};

use crate::samples::{
    EPOCH, finish, parse_name, queued_run, sample_function, sample_key, sample_request_id, sample_run,
    sample_runner,
};
use async_trait::async_trait;
use lamplight_domain::{Attempt, Evidence, EvidenceKind, Outcome, Parent, Revision, Run, RunState};
use lamplight_ports::{
    Bytes, PageRequest, PortErrorKind, RunFilter, RunSelector, RunStore, RunSummary, RunText, SearchWords,
};
use std::{any::Any, fmt, sync::Arc};

/// An empty store, and what must live as long as the store: a temporary folder, a server.
pub struct ArrangedRunStore {
    /// The store.
    pub store: Arc<dyn RunStore>,
    /// The same store as another process opens it.
    pub elsewhere: Arc<dyn RunStore>,
    /// What must stay alive while the store is used.
    pub keep: Box<dyn Any + Send + Sync>,
}

impl fmt::Debug for ArrangedRunStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ArrangedRunStore").field("store", &self.store).finish_non_exhaustive()
    }
}

/// Arranges stores for the suite.
#[async_trait]
pub trait RunStoreHarness: Send + Sync {
    /// Arranges an empty store that no other test uses.
    async fn arrange(&self) -> ArrangedRunStore;
}

/// Expands to one test per guarantee, run through `Arc<dyn RunStore>`, as callers hold the port. The argument is an
/// expression that creates a [`RunStoreHarness`]; the crate needs `tokio` with its macros and multi-thread runtime as a
/// dev-dependency.
#[macro_export]
macro_rules! run_store {
    ($harness:expr) => {
        $crate::run_store!(@each $harness;
            an_inserted_run_is_found_as_it_was,
            a_taken_key_is_a_conflict,
            an_update_replaces_the_run_and_increases_its_revision,
            an_update_of_another_revision_is_a_conflict,
            an_update_of_an_absent_run_is_not_found,
            responses_come_back_byte_for_byte,
            an_absent_run_gives_none,
            a_prefix_finds_its_only_run,
            an_ambiguous_prefix_is_refused_with_examples,
            a_request_id_finds_the_latest_run_of_its_function,
            latest_is_the_run_that_began_last,
            lists_are_latest_first_and_filtered,
            a_text_finds_runs_by_the_beginning_of_words,
            a_scope_limits_lists,
            runs_of_one_moment_are_listed_once_each,
            pages_are_stable_under_changes,
            a_foreign_marker_is_refused,
            pruning_removes_only_ended_runs,
            pruning_removes_the_oldest_first_in_batches,
            running_runs_are_those_that_started_and_have_no_outcome,
            runs_inserted_concurrently_are_all_stored,
            one_of_concurrent_updates_wins,
            a_dropped_caller_leaves_all_or_nothing,
            updates_that_are_stored_together_fail_one_by_one,
            a_removed_run_is_gone_with_its_response,
        );
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

/// An inserted run is found complete, by this and another process, in every state.
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

/// A second run with the same key is refused and does not change the first.
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

/// An update replaces the stored run and returns the next revision.
pub async fn an_update_replaces_the_run_and_increases_its_revision(harness: &dyn RunStoreHarness) {
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

/// An update for another revision than the stored one, earlier or later, changes nothing.
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

/// Of several updates in one call, those of the stored revision are stored, and only those.
pub async fn updates_that_are_stored_together_fail_one_by_one(harness: &dyn RunStoreHarness) {
    let arranged = harness.arrange().await;
    for n in [1, 2, 4] {
        arranged.store.insert(&sample_run(n)).await.unwrap();
    }
    let changed = sample_run(2);
    arranged.elsewhere.update(&changed, None).await.unwrap();
    let mut ended: Vec<Run> = (1..=4).map(|n| run_in(n, RunState::Unknown)).collect();
    let stored = arranged.store.update_all(&ended).await.unwrap();
    let next = Some(Revision::FIRST.next());
    assert_eq!(stored, [next, None, None, next]);
    for (run, revision) in ended.iter_mut().zip(stored) {
        run.revision = revision.unwrap_or(run.revision);
    }
    let [first, _, _, last] = ended.as_slice() else { panic!("{ended:?}") };
    assert_eq!(find(&arranged.elsewhere, 1).await.as_ref(), Some(first));
    assert_eq!(find(&arranged.elsewhere, 2).await.map(|run| run.state()), Some(RunState::Running));
    assert_eq!(find(&arranged.elsewhere, 3).await, None);
    assert_eq!(find(&arranged.elsewhere, 4).await.as_ref(), Some(last));
    assert_eq!(arranged.store.update_all(&[]).await.unwrap(), []);
}

/// An update of a run that does not exist creates nothing.
pub async fn an_update_of_an_absent_run_is_not_found(harness: &dyn RunStoreHarness) {
    let arranged = harness.arrange().await;
    for other in [2, 3] {
        let error = arranged.store.update(&run_in(1, RunState::Succeeded), None).await.unwrap_err();
        assert_eq!(error.kind, PortErrorKind::NotFound);
        assert!(error.message.contains(sample_key(1).as_str()), "{error}");
        assert_eq!(find(&arranged.store, 1).await, None);
        // Repeat the check in a store that is not empty.
        arranged.store.insert(&sample_run(other)).await.unwrap();
    }
}

/// A response of any size and content is read as it was written; no response differs from an empty one. Another
/// response replaces it, and an update without a response keeps it.
pub async fn responses_come_back_byte_for_byte(harness: &dyn RunStoreHarness) {
    let arranged = harness.arrange().await;
    let sizes = [0, 1, 65_535, 65_536, 262_143, 262_144, 262_145, 1_000_000, 6 * 1024 * 1024];
    for (n, size) in (0..).zip(sizes) {
        let mut run = sample_run(n);
        arranged.store.insert(&run).await.unwrap();
        assert_eq!(response(&arranged.store, n).await, None);
        // No two parts are equal, and the bytes are not UTF-8.
        let whole: Bytes = (0..size).map(|i: u32| i.wrapping_mul(2_654_435_761).to_be_bytes()[1]).collect();
        finish(&mut run, n, RunState::Succeeded);
        run.revision = arranged.store.update(&run, Some(whole.clone())).await.unwrap();
        assert!(response(&arranged.elsewhere, n).await == Some(whole), "{size} bytes");
        // A shorter response leaves nothing of a longer one.
        let short = Bytes::from_static(b"x");
        run.revision = arranged.store.update(&run, Some(short.clone())).await.unwrap();
        assert_eq!(response(&arranged.elsewhere, n).await, Some(short.clone()), "after {size} bytes");
        run.revision = arranged.store.update(&run, None).await.unwrap();
        assert_eq!(response(&arranged.elsewhere, n).await, Some(short));
        assert_eq!(find(&arranged.elsewhere, n).await, Some(run));
    }
}

/// Every selector returns `None` if the run does not exist, and lists are empty.
pub async fn an_absent_run_gives_none(harness: &dyn RunStoreHarness) {
    let arranged = harness.arrange().await;
    let store = &arranged.store;
    assert_eq!(store.find(&RunSelector::Latest).await.unwrap(), None);
    assert_eq!(store.find(&RunSelector::KeyPrefix(String::new())).await.unwrap(), None);
    assert_eq!(list(&**store).await, []);
    assert_eq!(running(&**store).await, []);
    assert!(!store.remove_run(&sample_key(1)).await.unwrap());
    assert_eq!(store.update_all(&[sample_run(1)]).await.unwrap(), [None]);
    assert_eq!(store.take_in().await.unwrap(), []);
    assert_eq!(response(store, 1).await, None);
    store.insert(&run_in(1, RunState::Succeeded)).await.unwrap();
    for selector in [
        RunSelector::Key(parse_name("0199c0de")),
        RunSelector::KeyPrefix("0199c0de-1".to_owned()),
        RunSelector::RequestId(sample_function(1), sample_request_id(2)),
        RunSelector::RequestId(sample_function(2), sample_request_id(1)),
        RunSelector::RequestId(sample_function(1), String::new()),
    ] {
        assert_eq!(store.find(&selector).await.unwrap(), None, "{selector:?}");
    }
}

/// The beginning of a key finds the only run that has it; characters with a meaning in queries are taken literally.
pub async fn a_prefix_finds_its_only_run(harness: &dyn RunStoreHarness) {
    let arranged = harness.arrange().await;
    for (n, key) in (0..).zip(["a", "ab-1", "ab-2", "b", "zz", "zzz"]) {
        let mut run = sample_run(n);
        run.intent.key = parse_name(key);
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

/// A prefix that several keys share is refused, even if it is a whole key; the error shows some of the keys.
pub async fn an_ambiguous_prefix_is_refused_with_examples(harness: &dyn RunStoreHarness) {
    let arranged = harness.arrange().await;
    for n in 0..20 {
        arranged.store.insert(&sample_run(n)).await.unwrap();
    }
    let mut short = sample_run(20);
    short.intent.key = parse_name("0199");
    arranged.store.insert(&short).await.unwrap();
    let common = "0199c0de-0000-7000-8000-0000000000";
    for prefix in [common, &format!("{common}0"), &format!("{common}1"), "0199", ""] {
        let error = arranged.store.find(&RunSelector::KeyPrefix(prefix.to_owned())).await.unwrap_err();
        assert_eq!(error.kind, PortErrorKind::InvalidRequest, "{prefix:?}");
        let shown = (0..20).filter(|n| error.message.contains(sample_key(*n).as_str())).count();
        assert!((1..=5).contains(&shown), "{error}");
    }
}

/// A request ID finds the run of that function; of several runs, the one that began last.
pub async fn a_request_id_finds_the_latest_run_of_its_function(harness: &dyn RunStoreHarness) {
    let arranged = harness.arrange().await;
    // Runs 0 and 3 of one function and run 1 of another have the same request ID; the latest is not inserted last.
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

/// The latest run is the one that began last, whatever its key and whenever it was inserted or changed.
pub async fn latest_is_the_run_that_began_last(harness: &dyn RunStoreHarness) {
    let arranged = harness.arrange().await;
    for n in [5, 9, 2] {
        arranged.store.insert(&sample_run(n)).await.unwrap();
    }
    let mut early = sample_run(1);
    early.intent.key = parse_name("zzz");
    arranged.store.insert(&early).await.unwrap();
    let mut changed = sample_run(2);
    finish(&mut changed, 2, RunState::Succeeded);
    arranged.store.update(&changed, None).await.unwrap();
    let latest = arranged.elsewhere.find(&RunSelector::Latest).await.unwrap();
    assert_eq!(latest, Some(sample_run(9)));
}

/// Returns all runs that have started and have no outcome, complete, and no others.
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
    expected.sort_by(|a, b| a.key().cmp(b.key()));
    assert_eq!(running(&*arranged.elsewhere).await, expected);
}

/// The sample run in that state.
pub(crate) fn run_in(n: u32, state: RunState) -> Run {
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

/// Attempts about which nothing is known.
pub(crate) fn attempts(count: usize) -> Vec<Attempt> {
    vec![Attempt { sent_at: None, ended_at: None, evidence: None, error: None }; count]
}

pub(crate) async fn find(store: &Arc<dyn RunStore>, n: u32) -> Option<Run> {
    store.find(&RunSelector::Key(sample_key(n))).await.unwrap()
}

async fn response(store: &Arc<dyn RunStore>, n: u32) -> Option<Bytes> {
    store.response(&sample_key(n)).await.unwrap()
}

/// All running runs, in pages of two.
pub(crate) async fn running(store: &dyn RunStore) -> Vec<Run> {
    let (mut found, mut page) = (Vec::new(), PageRequest::first(2));
    loop {
        let next = store.running(&page).await.unwrap();
        assert!(next.items.len() <= 2 && next.damaged.is_empty());
        found.extend(next.items);
        page.marker = next.next_marker;
        if page.marker.is_none() {
            return found;
        }
    }
}

/// Everything that a list without a filter returns, page by page.
async fn list(store: &dyn RunStore) -> Vec<RunSummary> {
    walk(store, &RunFilter::default(), PageRequest::LARGEST).await
}

/// Everything that a list returns, in pages of that size.
pub(crate) async fn walk(store: &dyn RunStore, filter: &RunFilter, size: u32) -> Vec<RunSummary> {
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

/// What a list of `runs`, given latest first, should return.
pub(crate) fn expected_list<'a>(
    runs: impl IntoIterator<Item = &'a Run>,
    filter: &RunFilter,
) -> Vec<RunSummary> {
    let RunFilter { job, function, request_id, connection, parent, states, text, scope, since, before } =
        filter;
    let words = SearchWords::parse(text.as_deref().unwrap_or_default());
    let parent_of = |run: &Run| run.intent.provenance.parent.as_ref().map(Parent::id);
    runs.into_iter()
        .filter(|run| job.is_none() || run.intent.job == *job)
        .filter(|run| function.as_ref().is_none_or(|function| run.function_name() == function))
        .filter(|run| request_id.is_none() || run.request_id() == request_id.as_deref())
        .filter(|run| connection.as_ref().is_none_or(|connection| run.intent.connection == *connection))
        .filter(|run| parent.is_none() || parent_of(run) == *parent)
        .filter(|run| states.is_empty() || states.contains(&run.state()))
        .filter(|run| words.match_run(&RunText::of(run)))
        .filter(|run| scope.includes(&run.intent.connection, run.intent.job.as_ref()))
        .filter(|run| since.is_none_or(|since| run.intent.started_at >= since))
        .filter(|run| before.is_none_or(|before| run.intent.started_at < before))
        .map(RunSummary::from)
        .collect()
}
