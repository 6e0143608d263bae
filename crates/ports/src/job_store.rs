//! Stores jobs.

use crate::{PageRequest, PortError, StoredPage};
use async_trait::async_trait;
use lamplight_domain::{Job, JobName, Revision};
use std::fmt::Debug;

/// A job as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredJob {
    /// The job.
    pub job: Job,
    /// The revision of the record.
    pub revision: Revision,
}

/// Stores jobs by name.
///
/// # Guarantees
/// - Every method is atomic: it takes effect completely or not at all, even if the future is dropped.
/// - Once a method has returned, every later call sees its effect, from any process that shares the store.
#[async_trait]
pub trait JobStore: Debug + Send + Sync + 'static {
    /// Stores a job: a new one if `expected` is `None`, else as the successor of that revision.
    ///
    /// # Guarantees
    /// - [`Conflict`](crate::PortErrorKind::Conflict) if the name of a new job is taken, or if the stored revision is
    ///   not `expected`. In this case nothing changes.
    async fn put(&self, job: &Job, expected: Option<Revision>) -> Result<Revision, PortError>;

    /// Reads a job; `None` if it does not exist.
    async fn get(&self, name: &JobName) -> Result<Option<StoredJob>, PortError>;

    /// Reads a page of jobs, sorted by name.
    ///
    /// # Guarantees
    /// - Following `next_marker` from the first page to the last one returns every job that exists during the whole
    ///   time exactly once, whatever is added or removed in the meantime.
    /// - A marker that is not from a store is [`InvalidRequest`](crate::PortErrorKind::InvalidRequest).
    async fn list(&self, page: &PageRequest) -> Result<StoredPage<StoredJob>, PortError>;

    /// Removes a job; `false` if it did not exist. Its runs are kept.
    async fn remove(&self, name: &JobName) -> Result<bool, PortError>;
}
