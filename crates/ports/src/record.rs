//! The form in which runs and jobs are kept: a version, and a JSON body of that version.
//!
//! A reader accepts every body of its own version and of older ones: added fields have defaults. A record of a
//! newer version is refused and left as it is. What an older reader would refuse or misread needs a new version:
//! a new kind of warning or evidence, and any new setting or part of a parameter, for a setting passed over would
//! change what a job does. Golden files in `tests/` keep old records readable.

use lamplight_domain::{Job, Run};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// The major version written by this build.
pub const RECORD_VERSION: u32 = 1;

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

/// What can be kept as a record.
pub trait Recorded: Serialize + DeserializeOwned {}

impl Recorded for Run {}
impl Recorded for Job {}

#[derive(Serialize)]
struct Writing<'a, T> {
    version: u32,
    body: &'a T,
}

#[derive(Deserialize)]
struct Version {
    version: u32,
}

#[derive(Deserialize)]
#[serde(bound = "T: DeserializeOwned")]
struct Reading<T> {
    body: T,
}

/// Writes a record. A run's response is not part of it; stores keep it apart.
pub fn write<T: Recorded>(value: &T) -> Result<String, RecordError> {
    serde_json::to_string(&Writing { version: RECORD_VERSION, body: value }).map_err(RecordError::Damaged)
}

/// Reads a record.
pub fn read<T: Recorded>(text: &str) -> Result<T, RecordError> {
    let Version { version } = serde_json::from_str(text).map_err(RecordError::Damaged)?;
    if version > RECORD_VERSION {
        return Err(RecordError::Newer { found: version, known: RECORD_VERSION });
    }
    serde_json::from_str::<Reading<T>>(text).map(|record| record.body).map_err(RecordError::Damaged)
}
