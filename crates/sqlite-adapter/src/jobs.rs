//! The job store: one record per job, by name.

use crate::{
    SqliteStore,
    columns::lossy_text,
    database::Survives,
    failure::{self, Failure},
    job_row::{read_job, record_error},
    job_summary,
    writer::Needs,
    writing::Writing,
};
use async_trait::async_trait;
use lamplight_domain::{Job, JobName, Revision};
use lamplight_ports::{
    Damaged, JobStore, PageRequest, PortError, StoredJob, StoredPage, invalid_marker,
    record::{self, RECORD_VERSION, RecordError},
};
use rusqlite::{OptionalExtension, Transaction, params};

const LIST: &str = "SELECT name, revision, record FROM job WHERE name > ?1 ORDER BY name";

#[async_trait]
impl JobStore for SqliteStore {
    async fn put(&self, job: &Job, expected: Option<Revision>) -> Result<Revision, PortError> {
        let record = record::write(job).map_err(|error| record_error(&job.name, error))?;
        let own = job.clone();
        let Some(expected) = expected else {
            let needs = Needs { survives: Survives::PowerLoss, creates: true };
            let insert = move |transaction: &Writing<'_>| {
                let revision = insert(transaction, &own.name, &record)?;
                job_summary::job_saved(transaction, &own)?;
                Ok(revision)
            };
            let made = self.writer.write(needs, insert).await?;
            return made.ok_or_else(|| failure::missing_store(self.path()));
        };
        let needs = Needs { survives: Survives::PowerLoss, creates: false };
        let replace = move |transaction: &Writing<'_>| {
            let revision = replace(transaction, &own.name, &record, expected)?;
            job_summary::job_saved(transaction, &own)?;
            Ok(revision)
        };
        let replaced = self.writer.write(needs, replace).await?;
        replaced.ok_or_else(|| changed_elsewhere(&job.name))
    }

    async fn get(&self, name: &JobName) -> Result<Option<StoredJob>, PortError> {
        let found = self.read(|transaction| {
            let mut select = transaction.prepare("SELECT name, revision, record FROM job WHERE name = ?1")?;
            let mut rows = select.query([name.as_str()])?;
            rows.next()?.map(read_job).transpose()
        })?;
        Ok(found.flatten())
    }

    async fn list(&self, page: &PageRequest) -> Result<StoredPage<StoredJob>, PortError> {
        let after = page.marker.as_deref().unwrap_or_default();
        if page.marker.is_some() && after.parse::<JobName>().is_err() {
            return Err(invalid_marker(after));
        }
        let found = self.read(|transaction| list(transaction, after, page.limit()))?;
        Ok(found.unwrap_or_default())
    }

    async fn remove(&self, name: &JobName) -> Result<bool, PortError> {
        let name = name.clone();
        let needs = Needs { survives: Survives::PowerLoss, creates: false };
        let remove = move |transaction: &Writing<'_>| {
            let sql = "DELETE FROM job WHERE name = ?1 AND version <= ?2";
            let removed = transaction.execute(sql, params![name.as_str(), RECORD_VERSION])? > 0;
            if !removed {
                refuse_newer(transaction, &name)?;
            }
            Ok(removed)
        };
        Ok(self.writer.write(needs, remove).await?.unwrap_or(false))
    }
}

fn insert(transaction: &Transaction<'_>, name: &JobName, record: &str) -> Result<Revision, Failure> {
    let sql = "INSERT INTO job (name, version, revision, record) VALUES (?1, ?2, ?3, ?4) \
        ON CONFLICT (name) DO NOTHING";
    let revision = Revision::FIRST;
    if transaction.execute(sql, params![name.as_str(), RECORD_VERSION, to_integer(revision), record])? == 0 {
        return Err(failure::conflict(format!("job {name} already exists")).into());
    }
    Ok(revision)
}

fn replace(
    transaction: &Transaction<'_>,
    name: &JobName,
    record: &str,
    expected: Revision,
) -> Result<Revision, Failure> {
    let sql = "UPDATE job SET version = ?2, revision = ?3, record = ?4 \
        WHERE name = ?1 AND revision = ?5 AND version <= ?2";
    let next = expected.next();
    let values = params![name.as_str(), RECORD_VERSION, to_integer(next), record, to_integer(expected)];
    if transaction.execute(sql, values)? == 0 {
        refuse_newer(transaction, name)?;
        return Err(changed_elsewhere(name).into());
    }
    Ok(next)
}

/// The jobs whose name sorts after `after`; an empty `after` starts at the first job.
fn list(transaction: &Transaction<'_>, after: &str, limit: usize) -> Result<StoredPage<StoredJob>, Failure> {
    let mut select = transaction.prepare(LIST)?;
    let mut rows = select.query([after])?;
    let mut page = StoredPage::default();
    while let Some(row) = rows.next()? {
        if page.items.len() == limit {
            page.next_marker = page.items.last().map(|stored: &StoredJob| stored.job.name.to_string());
            break;
        }
        match read_job(row) {
            Ok(job) => page.items.push(job),
            Err(failure) => {
                page.damaged.push(Damaged { name: lossy_text(row, 0)?, reason: failure.reason() });
            }
        }
    }
    Ok(page)
}

/// Fails if a newer build wrote the record; such a record is not changed.
fn refuse_newer(transaction: &Transaction<'_>, name: &JobName) -> Result<(), Failure> {
    let sql = "SELECT version FROM job WHERE name = ?1 AND version > ?2";
    let newer: Option<u32> =
        transaction.query_row(sql, params![name.as_str(), RECORD_VERSION], |row| row.get(0)).optional()?;
    match newer {
        Some(found) => Err(record_error(name, RecordError::Newer { found, known: RECORD_VERSION }).into()),
        None => Ok(()),
    }
}

fn changed_elsewhere(name: &JobName) -> PortError {
    failure::conflict(format!("job {name} was changed or removed by another process"))
}

fn to_integer(revision: Revision) -> i64 {
    i64::try_from(revision.0).unwrap_or(i64::MAX)
}
