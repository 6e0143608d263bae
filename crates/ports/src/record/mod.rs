//! The form in which runs and jobs are kept: a version, and a JSON body of that version.
//!
//! Bodies are types of their own, mirrors of the domain's, so that the domain may change without touching what is on
//! disk. A word of the domain's that stands in a body (a name, a state, a kind of evidence) keeps its text for ever; a
//! test lists them all.
//!
//! A reader accepts every body of its own version and of older ones: added fields have defaults. A record of a
//! newer version is refused and left as it is. What an older reader would refuse or misread needs a new version:
//! a new kind of warning or evidence, and any new setting or part of a parameter, for a setting passed over would
//! change what a job does. Golden files in `tests/` keep old records readable.

mod job;
mod parts;
mod run;

use lamplight_domain::{Job, Run};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// The major version written by this build.
pub const RECORD_VERSION: u32 = 2;

/// Why a record cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// A newer build wrote it.
    #[error("the record is of version {found}; this build reads up to version {known}: use a newer build")]
    Newer {
        /// Its version.
        found: u32,
        /// The newest version known here.
        known: u32,
    },
    /// It is not what any build wrote.
    #[error("the record is damaged")]
    Damaged(#[source] serde_json::Error),
}

/// What can be kept as a record: [`Run`] and [`Job`].
pub trait Recorded: Sized + form::Form {}

impl Recorded for Run {}
impl Recorded for Job {}

mod form {
    use serde::Serialize;

    /// Between a type of the domain's and the bodies of its records.
    pub trait Form {
        /// The body of the version that is written.
        type Body: Serialize;

        /// The body to write.
        fn to_body(&self) -> Self::Body;

        /// Reads a body of a version up to the one that is written.
        fn from_body(version: u32, body: &str) -> Result<Self, serde_json::Error>
        where
            Self: Sized;
    }
}

#[derive(Serialize)]
struct Writing<T> {
    version: u32,
    body: T,
}

#[derive(Deserialize)]
struct Version {
    version: u32,
}

#[derive(Deserialize)]
struct Reading<'a> {
    #[serde(borrow)]
    body: &'a RawValue,
}

/// Writes a record. Not part of it are what stores keep apart: a run's response, lease and revision.
pub fn write<T: Recorded>(value: &T) -> Result<String, RecordError> {
    let record = Writing { version: RECORD_VERSION, body: value.to_body() };
    serde_json::to_string(&record).map_err(RecordError::Damaged)
}

/// Reads a record.
pub fn read<T: Recorded>(text: &str) -> Result<T, RecordError> {
    let Version { version } = serde_json::from_str(text).map_err(RecordError::Damaged)?;
    if version > RECORD_VERSION {
        return Err(RecordError::Newer { found: version, known: RECORD_VERSION });
    }
    let Reading { body } = serde_json::from_str(text).map_err(RecordError::Damaged)?;
    T::from_body(version, body.get()).map_err(RecordError::Damaged)
}
