//! The job store: a record for each job, by name.

use crate::{
    SqliteStore,
    database::Survives,
    failure::{self, Failure},
};
use async_trait::async_trait;
use lamplight_domain::{Job, JobName, Revision};
use lamplight_ports::{
    JobStore, PortError, StoredJob,
    record::{self, RECORD_VERSION, RecordError},
};
use rusqlite::{OptionalExtension, Row, Transaction, params};

#[async_trait]
impl JobStore for SqliteStore {
    async fn put(&self, job: &Job, expected: Option<Revision>) -> Result<Revision, PortError> {
        let record = record::write(job).map_err(|error| unreadable(&job.name, error))?;
        let Some(expected) = expected else {
            return self.created(|database| {
                let transaction = database.write(Survives::PowerLoss)?;
                let sql = "INSERT INTO job (name, version, revision, record) VALUES (?1, ?2, ?3, ?4) \
                    ON CONFLICT (name) DO NOTHING";
                let revision = Revision::FIRST;
                let values = params![job.name.as_str(), RECORD_VERSION, number(revision), record];
                if transaction.execute(sql, values)? == 0 {
                    return Err(failure::conflict(format!("job {} exists already", job.name)).into());
                }
                transaction.commit()?;
                Ok(revision)
            });
        };
        let replaced = self.existing(|database| {
            let transaction = database.write(Survives::PowerLoss)?;
            let sql = "UPDATE job SET version = ?2, revision = ?3, record = ?4 \
                WHERE name = ?1 AND revision = ?5 AND version <= ?2";
            let next = expected.next();
            let values = params![job.name.as_str(), RECORD_VERSION, number(next), record, number(expected)];
            if transaction.execute(sql, values)? == 0 {
                refuse_newer(&transaction, &job.name)?;
                return Err(changed(&job.name).into());
            }
            transaction.commit()?;
            Ok(next)
        })?;
        replaced.ok_or_else(|| changed(&job.name))
    }

    async fn get(&self, name: &JobName) -> Result<Option<StoredJob>, PortError> {
        let found = self.existing(|database| {
            let transaction = database.read()?;
            let mut select = transaction.prepare("SELECT name, revision, record FROM job WHERE name = ?1")?;
            let mut rows = select.query([name.as_str()])?;
            rows.next()?.map(stored).transpose()
        })?;
        Ok(found.flatten())
    }

    async fn list(&self) -> Result<Vec<StoredJob>, PortError> {
        let found = self.existing(|database| {
            let transaction = database.read()?;
            let mut select = transaction.prepare("SELECT name, revision, record FROM job ORDER BY name")?;
            let mut rows = select.query([])?;
            let mut jobs = Vec::new();
            while let Some(row) = rows.next()? {
                match stored(row) {
                    Ok(job) => jobs.push(job),
                    Err(Failure::Explained(error)) => {
                        tracing::warn!(reason = %error.message, "a job was left out of a list");
                    }
                    Err(error @ Failure::Sqlite(_)) => return Err(error),
                }
            }
            Ok(jobs)
        })?;
        Ok(found.unwrap_or_default())
    }

    async fn remove(&self, name: &JobName) -> Result<bool, PortError> {
        let removed = self.existing(|database| {
            let transaction = database.write(Survives::PowerLoss)?;
            let sql = "DELETE FROM job WHERE name = ?1 AND version <= ?2";
            let removed = transaction.execute(sql, params![name.as_str(), RECORD_VERSION])? > 0;
            if !removed {
                refuse_newer(&transaction, name)?;
            }
            transaction.commit()?;
            Ok(removed)
        })?;
        Ok(removed.unwrap_or(false))
    }
}

fn stored(row: &Row<'_>) -> Result<StoredJob, Failure> {
    let text = row.get_ref(2)?.as_str().map_err(rusqlite::Error::from)?;
    let revision = Revision(row.get::<_, i64>(1)?.unsigned_abs());
    match record::read(text) {
        Ok(job) => Ok(StoredJob { job, revision }),
        Err(error) => {
            let name: String = row.get(0)?;
            Err(failure::record(&format!("job {name}"), error).into())
        }
    }
}

/// A record of a newer build is left as it is, and the caller is told.
fn refuse_newer(transaction: &Transaction<'_>, name: &JobName) -> Result<(), Failure> {
    let sql = "SELECT version FROM job WHERE name = ?1 AND version > ?2";
    let newer: Option<u32> =
        transaction.query_row(sql, params![name.as_str(), RECORD_VERSION], |row| row.get(0)).optional()?;
    match newer {
        Some(found) => Err(unreadable(name, RecordError::Newer { found, known: RECORD_VERSION }).into()),
        None => Ok(()),
    }
}

fn unreadable(name: &JobName, error: RecordError) -> PortError {
    failure::record(&format!("job {name}"), error)
}

fn changed(name: &JobName) -> PortError {
    failure::conflict(format!("job {name} was changed or removed by another process"))
}

fn number(revision: Revision) -> i64 {
    i64::try_from(revision.0).unwrap_or(i64::MAX)
}
