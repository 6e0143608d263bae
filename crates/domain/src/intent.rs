//! The intent of a run: what to call and why, recorded before the first call is made.

use crate::{ConnectionName, EffectiveSettings, FunctionRef, JobName, RecordedArgument, RunKey};
use jiff::Timestamp;
use std::fmt;

/// Who or what started a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StartedBy {
    /// The user with this name, at a terminal.
    User(String),
    /// A program that authenticated with the API token of this name.
    Token(String),
    /// A part of this program: a workflow engine, a schedule, a queue.
    Service(String),
}

/// What a run is a part of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Parent {
    /// A task of a workflow execution.
    Workflow {
        /// The execution's key.
        execution: String,
        /// The name of the state that the run is a task of.
        state: String,
    },
    /// An item of a map run.
    MapRun {
        /// The map run's key.
        map_run: String,
        /// The index of the item, from 0.
        item: u64,
    },
}

impl Parent {
    /// The ID of the parent, without the run's position in it.
    pub fn id(&self) -> ParentId {
        match self {
            Self::Workflow { execution, .. } => ParentId::Workflow(execution.clone()),
            Self::MapRun { map_run, .. } => ParentId::MapRun(map_run.clone()),
        }
    }
}

/// Identifies a parent, to find its runs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ParentId {
    /// The workflow execution with this key.
    Workflow(String),
    /// The map run with this key.
    MapRun(String),
}

/// The text is unique among all parents.
impl fmt::Display for ParentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Workflow(key) => write!(f, "workflow:{key}"),
            Self::MapRun(key) => write!(f, "map:{key}"),
        }
    }
}

/// The message that started a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The queue, in the provider's format.
    pub source: String,
    /// The ID of the message in that queue.
    pub message_id: String,
}

/// Why a run exists. `None` is what is not known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Provenance {
    /// Who or what started it.
    pub started_by: Option<StartedBy>,
    /// What it is a part of.
    pub parent: Option<Parent>,
    /// The ID of the trace that it belongs to, in the format of the tracing system.
    pub trace_id: Option<String>,
    /// The message that started it.
    pub origin: Option<Origin>,
}

/// What is recorded before the first call is made. It never changes.
#[derive(Debug, Clone, PartialEq)]
pub struct Intent {
    /// The run key.
    pub key: RunKey,
    /// The job, if the run belongs to one.
    pub job: Option<JobName>,
    /// The connection used.
    pub connection: ConnectionName,
    /// The function called.
    pub function: FunctionRef,
    /// The effective settings, each with the level that it comes from.
    pub effective: EffectiveSettings,
    /// The arguments, masked and truncated where needed.
    pub arguments: Vec<RecordedArgument>,
    /// The size of the event in bytes.
    pub payload_bytes: u64,
    /// The name of the durable execution to start or join, if any.
    pub durable_name: Option<String>,
    /// The web page where a person can watch the function.
    pub monitor_url: Option<String>,
    /// Why the run exists.
    pub provenance: Provenance,
    /// When the intent was recorded.
    pub started_at: Timestamp,
}
