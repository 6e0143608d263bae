//! What every adapter of [`JobStore`] must do.
//!
//! The port cannot arrange a record of a newer version; each adapter tests by itself that such a record is refused and
//! not changed.

use crate::samples::{parse_name, sample_job};
use async_trait::async_trait;
use lamplight_domain::{Job, JobName, Revision};
use lamplight_ports::{JobStore, PageRequest, PortErrorKind, StoredJob, StoredPage};
use std::{any::Any, fmt, sync::Arc};
use tokio::task::JoinSet;

/// An empty store, and what must live as long as the store: a temporary folder, a server.
pub struct ArrangedJobStore {
    /// The store.
    pub store: Arc<dyn JobStore>,
    /// The same store as another process opens it.
    pub elsewhere: Arc<dyn JobStore>,
    /// What must stay alive while the store is used.
    pub keep: Box<dyn Any + Send + Sync>,
}

impl fmt::Debug for ArrangedJobStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ArrangedJobStore").field("store", &self.store).finish_non_exhaustive()
    }
}

/// Arranges stores for the suite.
#[async_trait]
pub trait JobStoreHarness: Send + Sync {
    /// Arranges an empty store that no other test uses.
    async fn arrange(&self) -> ArrangedJobStore;
}

/// Expands to one test per guarantee, run through `Arc<dyn JobStore>`, as callers hold the port. The argument is an
/// expression that creates a [`JobStoreHarness`]; the crate needs `tokio` with its macros and multi-thread runtime as a
/// dev-dependency.
#[macro_export]
macro_rules! job_store {
    ($harness:expr) => {
        $crate::job_store!(@each $harness;
            a_new_job_is_read_as_it_was,
            a_taken_name_is_a_conflict,
            a_job_replaces_its_expected_revision,
            another_revision_is_a_conflict,
            an_absent_job_gives_none,
            jobs_are_listed_by_name,
            job_pages_are_stable_under_changes,
            a_removed_job_is_gone,
            one_of_concurrent_changes_wins,
        );
    };
    (@each $harness:expr; $($guarantee:ident,)*) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $guarantee() {
                $crate::job_store::$guarantee(&$harness).await;
            }
        )*
    };
}

/// A new job is read completely, by this and another process, with the revision that putting it returned.
pub async fn a_new_job_is_read_as_it_was(harness: &dyn JobStoreHarness) {
    let arranged = harness.arrange().await;
    let plain = Job { parameters: vec![].try_into().unwrap(), description: None, ..sample_job(2) };
    for job in [sample_job(1), plain] {
        let revision = arranged.store.put(&job, None).await.unwrap();
        assert_eq!(revision, Revision::FIRST);
        for store in [&arranged.store, &arranged.elsewhere] {
            let found = store.get(&job.name).await.unwrap();
            assert_eq!(found, Some(StoredJob { job: job.clone(), revision }));
        }
    }
}

/// A second job with the same name is refused and does not change the first.
pub async fn a_taken_name_is_a_conflict(harness: &dyn JobStoreHarness) {
    let arranged = harness.arrange().await;
    arranged.store.put(&sample_job(1), None).await.unwrap();
    for store in [&arranged.store, &arranged.elsewhere] {
        let error = store.put(&sample_job_described_as(1, "other"), None).await.unwrap_err();
        assert_eq!(error.kind, PortErrorKind::Conflict);
        assert!(error.message.contains("job-001"), "{error}");
        assert_eq!(get(store, 1).await.unwrap().job, sample_job(1));
    }
}

/// A job replaces the expected revision, and its revision increases by one.
pub async fn a_job_replaces_its_expected_revision(harness: &dyn JobStoreHarness) {
    let arranged = harness.arrange().await;
    let mut revision = arranged.store.put(&sample_job(1), None).await.unwrap();
    for (store, text) in [(&arranged.store, "second"), (&arranged.elsewhere, "third")] {
        let next = store.put(&sample_job_described_as(1, text), Some(revision)).await.unwrap();
        assert_eq!(next, revision.next());
        revision = next;
        let expected = StoredJob { job: sample_job_described_as(1, text), revision };
        assert_eq!(get(&arranged.store, 1).await, Some(expected));
    }
}

/// If the stored revision is not the expected one, or no job is stored, nothing changes.
pub async fn another_revision_is_a_conflict(harness: &dyn JobStoreHarness) {
    let arranged = harness.arrange().await;
    let error = arranged.store.put(&sample_job(1), Some(Revision::FIRST)).await.unwrap_err();
    assert_eq!(error.kind, PortErrorKind::Conflict);
    assert_eq!(get(&arranged.store, 1).await, None);
    let first = arranged.store.put(&sample_job(1), None).await.unwrap();
    let second = arranged.store.put(&sample_job_described_as(1, "second"), Some(first)).await.unwrap();
    for expected in [Revision(0), first, second.next(), Revision(u64::MAX)] {
        let put = arranged.elsewhere.put(&sample_job_described_as(1, "third"), Some(expected)).await;
        assert_eq!(put.unwrap_err().kind, PortErrorKind::Conflict, "{expected:?}");
    }
    let kept = StoredJob { job: sample_job_described_as(1, "second"), revision: second };
    assert_eq!(get(&arranged.store, 1).await, Some(kept));
}

/// A job that does not exist is `None`, in an empty store and among other jobs.
pub async fn an_absent_job_gives_none(harness: &dyn JobStoreHarness) {
    let arranged = harness.arrange().await;
    assert_eq!(get(&arranged.store, 1).await, None);
    assert_eq!(arranged.store.list(&PageRequest::default()).await.unwrap(), StoredPage::default());
    arranged.store.put(&sample_job(1), None).await.unwrap();
    // Names are case-sensitive.
    for absent in ["job-002", "job-00", "JOB-001"] {
        assert_eq!(arranged.store.get(&parse_name(absent)).await.unwrap(), None, "{absent}");
    }
}

/// All jobs are listed, ordered by the bytes of their names.
pub async fn jobs_are_listed_by_name(harness: &dyn JobStoreHarness) {
    let arranged = harness.arrange().await;
    for name in ["b", "a", "B", "a.1", "a-1", "_", "10", "9"] {
        let job = Job { name: parse_name(name), ..sample_job(1) };
        arranged.store.put(&job, None).await.unwrap();
    }
    let listed = arranged.elsewhere.list(&PageRequest::default()).await.unwrap();
    assert_eq!(listed.next_marker, None);
    let listed = listed.items;
    let names: Vec<&str> = listed.iter().map(|stored| stored.job.name.as_str()).collect();
    assert_eq!(names, ["10", "9", "B", "_", "a", "a-1", "a.1", "b"]);
    assert_eq!(arranged.store.get(&parse_name("a-1")).await.unwrap().as_ref(), listed.get(5));
}

/// Each page begins where the one before ended, whatever is added or removed in between. Text that is not a marker is
/// refused.
pub async fn job_pages_are_stable_under_changes(harness: &dyn JobStoreHarness) {
    let arranged = harness.arrange().await;
    for size in [1, 2, 5, 100] {
        for n in 0..10 {
            let stored = get(&arranged.store, n).await;
            arranged.store.put(&sample_job(n), stored.map(|stored| stored.revision)).await.unwrap();
        }
        let (mut page, mut names) = (PageRequest::first(size), Vec::new());
        loop {
            let next = arranged.elsewhere.list(&page).await.unwrap();
            assert!(next.items.len() <= size as usize);
            names.extend(next.items.into_iter().map(|stored| stored.job.name));
            page.marker = next.next_marker;
            let Some(marker) = &page.marker else { break };
            // Removes the last job of the page.
            assert_eq!(names.last().map(JobName::as_str), Some(marker.as_str()));
            assert!(arranged.store.remove(names.last().unwrap()).await.unwrap());
        }
        assert_eq!(names, (0..10).map(|n| sample_job(n).name).collect::<Vec<_>>());
    }
    for marker in ["", "a b", "/"] {
        let page = PageRequest { marker: Some(marker.to_owned()), size: 1 };
        let error = arranged.store.list(&page).await.unwrap_err();
        assert_eq!(error.kind, PortErrorKind::InvalidRequest, "{marker:?}");
    }
}

/// A removed job no longer exists for any process, other jobs do, and its name can be used again.
pub async fn a_removed_job_is_gone(harness: &dyn JobStoreHarness) {
    let arranged = harness.arrange().await;
    assert!(!arranged.store.remove(&sample_job(1).name).await.unwrap());
    for n in [1, 2] {
        arranged.store.put(&sample_job(n), None).await.unwrap();
    }
    assert!(arranged.elsewhere.remove(&sample_job(1).name).await.unwrap());
    assert!(!arranged.store.remove(&sample_job(1).name).await.unwrap());
    assert_eq!(get(&arranged.store, 1).await, None);
    assert!(get(&arranged.store, 2).await.is_some());
    arranged.store.put(&sample_job(1), None).await.unwrap();
}

/// Of concurrent changes of the same revision one wins, and the others fail as conflicts.
pub async fn one_of_concurrent_changes_wins(harness: &dyn JobStoreHarness) {
    let arranged = harness.arrange().await;
    let mut expected = None;
    for _ in 0..4 {
        let mut tasks = JoinSet::new();
        for n in 0..8 {
            let store = Arc::clone(if n % 2 == 0 { &arranged.store } else { &arranged.elsewhere });
            tasks.spawn(async move {
                let text = n.to_string();
                (text.clone(), store.put(&sample_job_described_as(1, &text), expected).await)
            });
        }
        let (won, lost): (Vec<_>, Vec<_>) =
            tasks.join_all().await.into_iter().partition(|(_, put)| put.is_ok());
        for (text, put) in lost {
            assert_eq!(put.unwrap_err().kind, PortErrorKind::Conflict, "{text}");
        }
        let [(text, Ok(revision))] = won.as_slice() else { panic!("expected one winner, not {won:?}") };
        let kept = StoredJob { job: sample_job_described_as(1, text), revision: *revision };
        assert_eq!(get(&arranged.store, 1).await, Some(kept));
        expected = Some(*revision);
    }
}

/// The sample job with another description.
fn sample_job_described_as(n: u32, description: &str) -> Job {
    Job { description: Some(description.to_owned()), ..sample_job(n) }
}

async fn get(store: &Arc<dyn JobStore>, n: u32) -> Option<StoredJob> {
    store.get(&sample_job(n).name).await.unwrap()
}
