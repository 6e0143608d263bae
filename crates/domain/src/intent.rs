//! What is known of a run before a call leaves: what is to be called, and why.

use crate::{ConnectionName, EffectiveSettings, FunctionRef, JobName, RecordedArgument, RunKey};
use jiff::Timestamp;
use std::fmt;

/// Who or what asked for a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StartedBy {
    /// The person of this name, at a terminal.
    User(String),
    /// A program that called with the token of this name.
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
        /// The name of the state whose task the run is.
        state: String,
    },
    /// An item of a map run.
    MapRun {
        /// The map run's key.
        map_run: String,
        /// The item's place, from 0.
        item: u64,
    },
}

impl Parent {
    /// The parent alone, without the run's place in it.
    pub fn id(&self) -> ParentId {
        match self {
            Self::Workflow { execution, .. } => ParentId::Workflow(execution.clone()),
            Self::MapRun { map_run, .. } => ParentId::MapRun(map_run.clone()),
        }
    }
}

/// Names what runs can be a part of, to find them by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ParentId {
    /// The workflow execution of this key.
    Workflow(String),
    /// The map run of this key.
    MapRun(String),
}

/// One text, of which no two parents have the same.
impl fmt::Display for ParentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Workflow(key) => write!(f, "workflow:{key}"),
            Self::MapRun(key) => write!(f, "map:{key}"),
        }
    }
}

/// The message that a run came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The queue, in its provider's words.
    pub source: String,
    /// The message's id in that queue.
    pub message_id: String,
}

/// Why there is a run. What is not known is `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Provenance {
    /// Who or what asked for it.
    pub started_by: Option<StartedBy>,
    /// What it is a part of.
    pub parent: Option<Parent>,
    /// The trace that it belongs to, in the words of whoever traces.
    pub trace_id: Option<String>,
    /// The message that it came from.
    pub origin: Option<Origin>,
}

/// What is recorded before a call leaves. It never changes.
#[derive(Debug, Clone, PartialEq)]
pub struct Intent {
    /// The run's own key.
    pub key: RunKey,
    /// The job, if the run belongs to one.
    pub job: Option<JobName>,
    /// The connection used.
    pub connection: ConnectionName,
    /// The function called.
    pub function: FunctionRef,
    /// The settings, each with its level.
    pub effective: EffectiveSettings,
    /// The arguments, masked and cut where needed.
    pub arguments: Vec<RecordedArgument>,
    /// The size of the event in bytes.
    pub payload_bytes: u64,
    /// The name asked for, if the call is to begin or join a durable execution.
    pub durable_name: Option<String>,
    /// Where a person can watch the function.
    pub monitor_url: Option<String>,
    /// Why there is a run.
    pub provenance: Provenance,
    /// When the intent was recorded.
    pub started_at: Timestamp,
}
