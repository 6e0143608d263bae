//! Stores runs.

use crate::{PageRequest, PortError, StoredPage};
use async_trait::async_trait;
use bytes::Bytes;
use lamplight_domain::{
    ConnectionName, FunctionName, InvocationType, JobName, ParentId, Revision, Run, RunId, RunKey, RunState,
    Scope, Timestamp,
};
use std::fmt::Debug;

/// Selects one run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RunSelector {
    /// The run with this key.
    Key(RunKey),
    /// The run whose key begins with this text, if it is the only one.
    KeyPrefix(String),
    /// The latest run of this function with this request ID of the provider.
    RequestId(FunctionName, String),
    /// The run that started last.
    Latest,
}

/// Which runs to list: those that match all of these conditions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RunFilter {
    /// Only runs of this job.
    pub job: Option<JobName>,
    /// Only runs of this function.
    pub function: Option<FunctionName>,
    /// Only runs with this request ID of the provider.
    pub request_id: Option<String>,
    /// Only runs on this connection.
    pub connection: Option<ConnectionName>,
    /// Only runs that are a part of this workflow execution or map run.
    pub parent: Option<ParentId>,
    /// Only runs in one of these states. An empty list means any state.
    pub states: Vec<RunState>,
    /// Only runs whose key, job, function, connection or error contains these words, or words that begin with them.
    pub text: Option<String>,
    /// Only what this scope includes.
    pub scope: Scope,
    /// Only runs that started at this time or later, compared in microseconds.
    pub since: Option<Timestamp>,
    /// Only runs that started before this time, compared in microseconds.
    pub before: Option<Timestamp>,
}

/// Which runs to remove: those that match any of these conditions. Runs without an outcome are always kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Retention {
    /// Runs that started before this time.
    pub started_before: Option<Timestamp>,
    /// Runs that are not among this many latest runs. Runs without an outcome count as well.
    pub keep_at_most: Option<u64>,
}

impl Retention {
    /// The maximum number of runs removed in one call, so that other writers do not have to wait long.
    pub const MOST_AT_ONCE: u32 = 500;
}

/// The properties of a run that a list shows.
#[derive(Debug, Clone, PartialEq)]
pub struct RunSummary {
    /// The run key.
    pub key: RunKey,
    /// The job, if the run belongs to one.
    pub job: Option<JobName>,
    /// The connection; `None` if the store does not know it.
    pub connection: Option<ConnectionName>,
    /// The function.
    pub function: FunctionName,
    /// How the function was called; `None` if the store does not know it.
    pub invocation_type: Option<InvocationType>,
    /// The provider's request ID.
    pub request_id: Option<String>,
    /// The state.
    pub state: RunState,
    /// When the run started.
    pub started_at: Timestamp,
    /// When the outcome became known.
    pub ended_at: Option<Timestamp>,
}

impl RunSummary {
    /// The run ID: see [`Run::id`].
    pub fn id(&self) -> RunId {
        let function = self.function.clone();
        RunId::of_run(function, self.request_id.as_deref(), &self.key, self.state.status())
    }
}

impl From<&Run> for RunSummary {
    fn from(run: &Run) -> Self {
        Self {
            key: run.key().clone(),
            job: run.intent.job.clone(),
            connection: Some(run.intent.connection.clone()),
            invocation_type: Some(run.intent.effective.invocation_type.value),
            function: run.function_name().clone(),
            request_id: run.request_id().map(str::to_owned),
            state: run.state(),
            started_at: run.intent.started_at,
            ended_at: run.ended_at(),
        }
    }
}

/// Stores runs.
///
/// # Guarantees
/// - Every method is atomic: it takes effect completely or not at all, even if the future is dropped.
/// - Once a method has returned, every later call sees its effect, from any process that shares the store, even after
///   this process was killed.
/// - A record of a newer version than the adapter knows is [`Corrupt`](crate::PortErrorKind::Corrupt). It is not
///   changed, and the error says that the version is newer.
#[async_trait]
pub trait RunStore: Debug + Send + Sync + 'static {
    /// Stores a new run, without a response.
    ///
    /// # Guarantees
    /// - [`Conflict`](crate::PortErrorKind::Conflict) if the key is taken. In this case nothing changes.
    /// - Once it has returned, the intent survives the end of this process.
    async fn insert(&self, run: &Run) -> Result<(), PortError>;

    /// Stores a changed run and returns its new revision, which the caller sets in the run.
    ///
    /// # Guarantees
    /// - [`Conflict`](crate::PortErrorKind::Conflict) if the stored revision is not `run.revision`, and
    ///   [`NotFound`](crate::PortErrorKind::NotFound) if the run does not exist. In these cases nothing changes.
    /// - A `response` replaces the stored one; `None` keeps it.
    /// - Once it has returned for a run without an outcome, the stored run survives a power failure: a run that has
    ///   started never becomes queued again.
    async fn update(&self, run: &Run, response: Option<Bytes>) -> Result<Revision, PortError>;

    /// Stores several changed runs in one write, and returns their new revisions; `None` for each run that is not
    /// stored, because its stored revision is another one or it does not exist.
    async fn update_all(&self, runs: &[Run]) -> Result<Vec<Option<Revision>>, PortError>;

    /// Keeps the end of a run until an update has stored it. For runs that were inserted or started by this process.
    ///
    /// # Guarantees
    /// - It needs neither free disk space nor the lock that writers share: the space was reserved when the run was
    ///   inserted as running or started.
    /// - Once it has returned, the end survives the end of this process, and [`take_in`](Self::take_in) stores it. What
    ///   is large may be left out, such as outputs.
    async fn set_aside(&self, run: &Run) -> Result<(), PortError>;

    /// Stores the ends that were [set aside](Self::set_aside) by this process or by processes that have ended, and that
    /// are not stored yet, as [`Run::take_end`] says. Returns the runs that have changed.
    ///
    /// # Guarantees
    /// - An end that cannot be stored stays set aside.
    async fn take_in(&self) -> Result<Vec<RunKey>, PortError>;

    /// Finds one run; `None` if no run matches.
    ///
    /// # Guarantees
    /// - A prefix that matches several keys is [`InvalidRequest`](crate::PortErrorKind::InvalidRequest), and the error
    ///   shows some of them.
    async fn find(&self, selector: &RunSelector) -> Result<Option<Run>, PortError>;

    /// Reads the response of a run as received, which may be several megabytes; `None` if none is stored.
    async fn response(&self, key: &RunKey) -> Result<Option<Bytes>, PortError>;

    /// Lists a page of runs, latest first. Runs that started in the same microsecond are sorted by key, in descending
    /// order.
    ///
    /// # Guarantees
    /// - Following `next_marker` from the first page to the last one returns every run that exists and matches the
    ///   filter during the whole time exactly once, whatever is added or removed in the meantime. Runs that start after
    ///   the first page was read are not returned.
    /// - The time to read a page does not depend on its position in the list.
    /// - A marker that is not from a store is [`InvalidRequest`](crate::PortErrorKind::InvalidRequest).
    async fn list(&self, filter: &RunFilter, page: &PageRequest)
    -> Result<StoredPage<RunSummary>, PortError>;

    /// Reads a page of the runs that were started and have no outcome yet, earliest first. The guarantees are those of
    /// [`list`](Self::list).
    async fn running(&self, page: &PageRequest) -> Result<StoredPage<Run>, PortError>;

    /// Removes a run and its response, whatever its state; `false` if it does not exist. A run that cannot be read is
    /// removed, too.
    async fn remove_run(&self, key: &RunKey) -> Result<bool, PortError>;

    /// Removes runs with their responses, oldest first and at most [`Retention::MOST_AT_ONCE`], and returns how many.
    ///
    /// # Guarantees
    /// - Only runs that have an outcome and match `retention` are removed. If the number is less than the maximum, no
    ///   more of them are left.
    async fn prune(&self, retention: &Retention) -> Result<u64, PortError>;
}
