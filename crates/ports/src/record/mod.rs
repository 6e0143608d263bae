//! The format in which runs and jobs are stored: a version, and a JSON body of that version.
//!
//! Bodies are separate types that mirror those of the domain, so that the domain can change without changing the format
//! on disk. A domain value that is stored by name (a type, a state, a kind of evidence) must keep that name forever; a
//! test lists all of them.
//!
//! A reader accepts bodies of its own version and of older ones, because added fields have defaults. It refuses a
//! record of a newer version and does not change it. A change that an older reader would refuse or misread needs a new
//! version: a new kind of warning or evidence, and any new setting or parameter field, because a job would behave
//! differently without it. Golden files in `tests/` make sure that old records stay readable.

mod job;
mod parts;
mod run;

use lamplight_domain::{Job, Run, RunEnd};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// The version that this build writes.
pub const RECORD_VERSION: u32 = 3;

/// Why a record cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// It was written by a newer build.
    #[error(
        "the record has version {found}, but this build reads only up to version {known}; use a newer build"
    )]
    Newer {
        /// The version of the record.
        found: u32,
        /// The newest version that this build reads.
        known: u32,
    },
    /// It is not a record that any build wrote.
    #[error("the record is damaged")]
    Damaged(#[source] serde_json::Error),
}

/// A type that can be stored as a record: [`Run`], [`RunEnd`] or [`Job`].
pub trait Recorded: Sized + form::Form {}

impl Recorded for Run {}
impl Recorded for RunEnd {}
impl Recorded for Job {}

mod form {
    use serde::Serialize;

    /// Converts between a domain type and the bodies of its records.
    pub trait Form {
        /// The body in the current version.
        type Body: Serialize;

        /// Converts the value to the body to write.
        fn to_body(&self) -> Self::Body;

        /// Parses a body of the current version or an older one.
        fn from_body(version: u32, body: &str) -> Result<Self, serde_json::Error>
        where
            Self: Sized;
    }
}

#[derive(Serialize)]
struct RecordToWrite<T> {
    version: u32,
    body: T,
}

#[derive(Deserialize)]
struct RecordVersion {
    version: u32,
}

#[derive(Deserialize)]
struct RecordBody<'a> {
    #[serde(borrow)]
    body: &'a RawValue,
}

/// Serialises a record. It does not contain what stores keep separately: a run's response, lease and revision.
pub fn write<T: Recorded>(value: &T) -> Result<String, RecordError> {
    let record = RecordToWrite { version: RECORD_VERSION, body: value.to_body() };
    serde_json::to_string(&record).map_err(RecordError::Damaged)
}

/// Parses a record.
pub fn read<T: Recorded>(text: &str) -> Result<T, RecordError> {
    let RecordVersion { version } = serde_json::from_str(text).map_err(RecordError::Damaged)?;
    if version > RECORD_VERSION {
        return Err(RecordError::Newer { found: version, known: RECORD_VERSION });
    }
    let RecordBody { body } = serde_json::from_str(text).map_err(RecordError::Damaged)?;
    T::from_body(version, body.get()).map_err(RecordError::Damaged)
}
