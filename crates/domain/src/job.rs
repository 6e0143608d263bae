//! A function on a connection, with a parameter list and overrides.

use crate::{ConnectionName, FunctionRef, JobName, ParameterList, Settings};
use serde::{Deserialize, Serialize};

/// What a job sets in place of its connection's defaults.
pub type Overrides = Settings;

/// Counts the changes of a stored thing, so that two writers cannot overwrite each other unseen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Revision(pub u64);

impl Revision {
    /// The revision of a thing just made.
    pub const FIRST: Self = Self(1);

    /// The revision after this one.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

/// A function made ready to be run by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// The job's name.
    pub name: JobName,
    /// The connection it runs on.
    pub connection: ConnectionName,
    /// The function it calls.
    pub function: FunctionRef,
    /// What it is for.
    pub description: Option<String>,
    /// Its typed parameters.
    pub parameters: ParameterList,
    /// What it sets in place of the connection's defaults.
    pub overrides: Overrides,
    /// Whether running it twice does what running it once does, by the word of whoever made the job. Only workflow
    /// retries go by it; a plain run is never repeated for it.
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
            overrides: Overrides::default(),
            idempotent: false,
        }
    }
}
