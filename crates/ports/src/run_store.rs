//! Where runs are kept.

use crate::PortError;
use async_trait::async_trait;
use bytes::Bytes;
use lamplight_domain::{FunctionName, JobName, Revision, Run, RunKey, RunState, Timestamp};
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

/// Which runs are listed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RunFilter {
    /// Those of this job alone.
    pub job: Option<JobName>,
    /// Those of this function alone.
    pub function: Option<FunctionName>,
    /// Those in this state alone.
    pub state: Option<RunState>,
    /// At most this many; `None` is all.
    pub limit: Option<u32>,
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

    /// Lists runs, the latest first.
    async fn list(&self, filter: &RunFilter) -> Result<Vec<RunSummary>, PortError>;

    /// Reads all runs that a runner has started and that have no outcome yet.
    async fn running(&self) -> Result<Vec<Run>, PortError>;
}
