//! Where jobs are kept.

use crate::{Page, PageRequest, PortError};
use async_trait::async_trait;
use lamplight_domain::{Job, JobName, Revision};
use std::fmt::Debug;

/// A job as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredJob {
    /// The job.
    pub job: Job,
    /// Which change of it this is.
    pub revision: Revision,
}

/// Keeps jobs by name.
///
/// # Guarantees
/// - Every method is atomic: it happens wholly or not at all, also when the caller is dropped.
/// - What a method has returned, every later call sees, from any process that shares the store.
#[async_trait]
pub trait JobStore: Debug + Send + Sync + 'static {
    /// Keeps a job: a new one where `expected` is `None`, else in place of that revision.
    ///
    /// # Guarantees
    /// - [`Conflict`](crate::PortErrorKind::Conflict) where a new job's name is taken, or where the kept
    ///   revision is not `expected`; nothing changes then.
    async fn put(&self, job: &Job, expected: Option<Revision>) -> Result<Revision, PortError>;

    /// Reads a job; `None` where there is none of that name.
    async fn get(&self, name: &JobName) -> Result<Option<StoredJob>, PortError>;

    /// Reads a page of jobs, by name.
    ///
    /// # Guarantees
    /// - Walking from no marker along `next_marker` to the end gives every job that exists throughout the walk exactly once,
    ///   whatever is added and removed meanwhile.
    /// - A marker that no store gave is [`InvalidRequest`](crate::PortErrorKind::InvalidRequest).
    async fn list(&self, page: &PageRequest) -> Result<Page<StoredJob>, PortError>;

    /// Removes a job; `false` where there was none. Its runs stay.
    async fn remove(&self, name: &JobName) -> Result<bool, PortError>;
}
