//! Where runs are kept.

use crate::{Page, PageRequest, PortError};
use async_trait::async_trait;
use bytes::Bytes;
use lamplight_domain::{
    ConnectionName, FunctionName, JobName, ParentId, Revision, Run, RunKey, RunState, RunnerId, Timestamp,
};
use std::fmt::Debug;

/// Names one run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RunSelector {
    /// The run of this key.
    Key(RunKey),
    /// The only run whose key begins with this text.
    KeyPrefix(String),
    /// The run of this function with this request id of the provider's; where a request id occurs more than
    /// once, the latest.
    RequestId(FunctionName, String),
    /// The run that began last.
    Latest,
}

/// Which runs are listed: those to which all of it applies.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RunFilter {
    /// Those of this job alone.
    pub job: Option<JobName>,
    /// Those of this function alone.
    pub function: Option<FunctionName>,
    /// Those on this connection alone.
    pub connection: Option<ConnectionName>,
    /// Those that are a part of this alone.
    pub parent: Option<ParentId>,
    /// Those in this state alone.
    pub state: Option<RunState>,
    /// Those that began at this time or later, to the microsecond.
    pub since: Option<Timestamp>,
    /// Those that began earlier than this, to the microsecond.
    pub before: Option<Timestamp>,
}

/// Which runs need not be kept any more. Runs without an outcome are always kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Retention {
    /// Those that began earlier than this.
    pub started_before: Option<Timestamp>,
    /// Those that are not among so many that began last; runs without an outcome count among these.
    pub keep_at_most: Option<u64>,
}

impl Retention {
    /// The most runs that are removed at once, so that other writers are not kept waiting.
    pub const MOST_AT_ONCE: u32 = 500;
}

/// What a list shows of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct RunSummary {
    /// The run's key.
    pub key: RunKey,
    /// Its job.
    pub job: Option<JobName>,
    /// Its function.
    pub function: FunctionName,
    /// Its request id.
    pub request_id: Option<String>,
    /// Its state.
    pub state: RunState,
    /// When it began.
    pub started_at: Timestamp,
    /// When its outcome was known.
    pub ended_at: Option<Timestamp>,
}

impl From<&Run> for RunSummary {
    fn from(run: &Run) -> Self {
        Self {
            key: run.key().clone(),
            job: run.intent.job.clone(),
            function: run.function_name().clone(),
            request_id: run.request_id().map(str::to_owned),
            state: run.state(),
            started_at: run.intent.started_at,
            ended_at: run.ended_at(),
        }
    }
}

/// Keeps runs.
///
/// # Guarantees
/// - Every method is atomic: it happens wholly or not at all, also when the caller is dropped.
/// - What a method has returned, every later call sees, from any process that shares the store, also after
///   this process was killed.
/// - A record of a newer version than the adapter knows is [`Corrupt`](crate::PortErrorKind::Corrupt), is
///   left as it is, and the error says so.
#[async_trait]
pub trait RunStore: Debug + Send + Sync + 'static {
    /// Keeps a new run, without a response.
    ///
    /// # Guarantees
    /// - [`Conflict`](crate::PortErrorKind::Conflict) where the key is taken; nothing changes then.
    /// - When it returns, the intent survives the end of this process.
    async fn insert(&self, run: &Run) -> Result<(), PortError>;

    /// Keeps a changed run and gives its new revision, which the caller puts into the run.
    ///
    /// # Guarantees
    /// - [`Conflict`](crate::PortErrorKind::Conflict) where the kept revision is not `run.revision`;
    ///   [`NotFound`](crate::PortErrorKind::NotFound) where there is no such run; nothing changes then.
    /// - A `response` takes the place of the one kept; without one that stays as it is.
    /// - When it returns for a run without an outcome, what was kept survives a loss of power: a run that has started
    ///   is never taken for a queued one.
    async fn update(&self, run: &Run, response: Option<Bytes>) -> Result<Revision, PortError>;

    /// Finds one run; `None` where there is none.
    ///
    /// # Guarantees
    /// - A prefix that several keys share is [`InvalidRequest`](crate::PortErrorKind::InvalidRequest) and
    ///   the error shows some of them.
    async fn find(&self, selector: &RunSelector) -> Result<Option<Run>, PortError>;

    /// Reads a run's response as it came, which may be megabytes; `None` where none is kept.
    async fn response(&self, key: &RunKey) -> Result<Option<Bytes>, PortError>;

    /// Lists a page of runs, the latest first; of several that began in the same microsecond, the one whose key sorts last
    /// is the first.
    ///
    /// # Guarantees
    /// - Walking from no marker along `next_marker` to the end gives every run that exists, and to which the filter applies,
    ///   throughout the walk exactly once, whatever is added and removed meanwhile. A run that begins after the walk has
    ///   begun is not in it.
    /// - A page is as quick to read wherever it is in the list.
    /// - A marker that no store gave is [`InvalidRequest`](crate::PortErrorKind::InvalidRequest).
    async fn list(&self, filter: &RunFilter, page: &PageRequest) -> Result<Page<RunSummary>, PortError>;

    /// Reads all runs that a runner has started and that have no outcome yet.
    async fn running(&self) -> Result<Vec<Run>, PortError>;

    /// Gives `runner` the oldest run that is queued and that nobody holds at `now`, until `until`; `None` where there is
    /// none.
    ///
    /// # Guarantees
    /// - Of runners that ask at once each gets another run.
    /// - A run that has started is never given, nor is one whose lease has not ended. A claim that is not followed by a
    ///   start ends with its lease: then the run can be claimed again, and what the earlier runner writes is a
    ///   [`Conflict`](crate::PortErrorKind::Conflict).
    async fn claim(
        &self,
        runner: &RunnerId,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Option<Run>, PortError>;

    /// Says that `runner` holds a run without an outcome until `until`; `false` where there is no such run, or it is not
    /// this runner's.
    ///
    /// # Guarantees
    /// - The run's revision stays, so what the runner writes next is not a conflict.
    async fn heartbeat(&self, key: &RunKey, runner: &RunnerId, until: Timestamp) -> Result<bool, PortError>;

    /// Removes runs with their responses, the oldest first and at most [`Retention::MOST_AT_ONCE`], and tells how many.
    ///
    /// # Guarantees
    /// - Only runs that have ended and that `retention` names are removed. There are no more of them when the number is
    ///   less than the most.
    async fn prune(&self, retention: &Retention) -> Result<u64, PortError>;
}
