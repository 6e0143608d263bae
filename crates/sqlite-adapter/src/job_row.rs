//! The rows of jobs.

use crate::failure::{self, Failure};
use lamplight_domain::{JobName, Revision};
use lamplight_ports::{
    PortError, StoredJob,
    record::{self, RecordError},
};
use rusqlite::Row;

/// Reads the columns name, revision and record.
pub(crate) fn read_job(row: &Row<'_>) -> Result<StoredJob, Failure> {
    let text = row.get_ref(2)?.as_str().map_err(rusqlite::Error::from)?;
    let revision = Revision(row.get::<_, i64>(1)?.unsigned_abs());
    match record::read(text) {
        Ok(job) => Ok(StoredJob { job, revision }),
        Err(error) => {
            let name: String = row.get(0)?;
            Err(failure::record_error(&format!("job {name}"), error).into())
        }
    }
}

/// Why the record of a job cannot be read or written.
pub(crate) fn record_error(name: &JobName, error: RecordError) -> PortError {
    failure::record_error(&format!("job {name}"), error)
}
