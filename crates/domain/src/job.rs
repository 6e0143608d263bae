//! A job: a function on a connection, with a parameter list and overrides.

use crate::{ConnectionName, FunctionRef, Imported, JobName, ParameterList, Settings};
use serde::{Deserialize, Serialize};

/// The settings of a job that override the defaults of its connection.
pub type Overrides = Settings;

/// Counts the changes of a record, so that a writer cannot overwrite the change of another one without noticing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Revision(pub u64);

impl Revision {
    /// The revision of a new record.
    pub const FIRST: Self = Self(1);

    /// The revision after this one.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

/// A function that can be run by the name of the job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// The job's name.
    pub name: JobName,
    /// The connection it runs on.
    pub connection: ConnectionName,
    /// The function it calls.
    pub function: FunctionRef,
    /// What the job is for.
    pub description: Option<String>,
    /// The typed parameters.
    pub parameters: ParameterList,
    /// Whether a run may also have arguments that the parameters do not declare. An imported list is open until it is
    /// edited, because a function takes more than its environment variables say.
    pub open: bool,
    /// What the last import suggested, if the job was imported. The next import keeps what differs from it.
    pub imported: Option<Imported>,
    /// The settings that override the connection's defaults.
    pub overrides: Overrides,
    /// Whether the author of the job declares that running it twice has the same effect as running it once. Only
    /// workflow retries use this; a plain run is never repeated because of it.
    pub idempotent: bool,
}

impl Job {
    /// A job without parameters that overrides nothing.
    pub fn new(name: JobName, connection: ConnectionName, function: FunctionRef) -> Self {
        Self {
            name,
            connection,
            function,
            description: None,
            parameters: ParameterList::default(),
            open: false,
            imported: None,
            overrides: Overrides::default(),
            idempotent: false,
        }
    }
}
