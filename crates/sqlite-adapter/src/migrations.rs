//! The versions of the database. A released migration is never changed; new ones are added at the end.

use crate::{
    failure::{self, Failure},
    job_row::read_job,
    job_summary,
    run_row::{RunRow, read_run, select_run},
    run_text,
    writing::Writing,
};
use lamplight_ports::PortError;
use rusqlite::{Connection, Transaction, TransactionBehavior, params};
use std::path::Path;

/// All migrations; the `user_version` of a database is the number of migrations applied to it.
const MIGRATIONS: [&str; 4] = [
    include_str!("../migrations/0001_runs_and_jobs.sql"),
    include_str!("../migrations/0002_claims_and_pages.sql"),
    include_str!("../migrations/0003_invocation_types.sql"),
    include_str!("../migrations/0004_queue_and_history.sql"),
];

/// The version that this build writes.
pub(crate) const KNOWN: i64 = 4;

/// Marks the file as a store of ours: "LMPL" in ASCII, in SQLite's `application_id`.
pub(crate) const APPLICATION_ID: i64 = 0x4C4D_504C;

/// The marks in the header of a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Marks {
    pub(crate) version: i64,
    pub(crate) application: i64,
}

impl Marks {
    pub(crate) fn read(connection: &Connection) -> Result<Self, rusqlite::Error> {
        let sql = "SELECT user_version, application_id FROM pragma_user_version, pragma_application_id";
        connection.query_row(sql, [], |row| Ok(Self { version: row.get(0)?, application: row.get(1)? }))
    }
}

/// Turns an empty file that no other process knows into a database of the current version.
pub(crate) fn fill(connection: &mut Connection) -> Result<(), Failure> {
    let transaction = connection.transaction()?;
    apply(&transaction, 0)?;
    transaction.commit()?;
    Ok(use_log(connection)?)
}

/// Migrates the database to the current version; does nothing if `marks` say that it is current.
pub(crate) fn migrate(connection: &mut Connection, marks: Marks, path: &Path) -> Result<(), PortError> {
    if marks == (Marks { version: KNOWN, application: APPLICATION_ID }) {
        return Ok(());
    }
    apply_missing(connection, path).map_err(|failure| failure.into_port_error(path))
}

fn apply_missing(connection: &mut Connection, path: &Path) -> Result<(), Failure> {
    // Checked before anything is written, and again under the lock of the writing transaction: another process may have
    // migrated the database in between.
    let transaction = connection.transaction()?;
    usable_version(&transaction, path)?;
    drop(transaction);
    use_log(connection)?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let version = usable_version(&transaction, path)?;
    apply(&transaction, version)?;
    Ok(transaction.commit()?)
}

/// Switches to the write-ahead log, which cannot be done inside a transaction. The file keeps the setting.
fn use_log(connection: &Connection) -> Result<(), rusqlite::Error> {
    connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))
}

/// The version of a database that is ours, or 0 for an empty one. Any other database is refused.
fn usable_version(transaction: &Transaction<'_>, path: &Path) -> Result<i64, Failure> {
    let marks = Marks::read(transaction)?;
    if marks.application == APPLICATION_ID {
        let newer = marks.version > KNOWN;
        return if newer {
            Err(failure::newer_store(path, marks.version, KNOWN).into())
        } else {
            Ok(marks.version)
        };
    }
    let tables: i64 = transaction.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    let empty = marks == (Marks { version: 0, application: 0 }) && tables == 0;
    if empty { Ok(0) } else { Err(failure::foreign_database(path).into()) }
}

/// Applies the migrations that a database of `version` does not have yet.
fn apply(transaction: &Transaction<'_>, version: i64) -> Result<(), Failure> {
    for migration in MIGRATIONS.iter().skip(usize::try_from(version).unwrap_or(0)) {
        transaction.execute_batch(migration)?;
    }
    if version < HISTORY {
        add_history(transaction)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    Ok(transaction.pragma_update(None, "user_version", KNOWN)?)
}

/// The first version with a queue and a history.
const HISTORY: i64 = 4;

/// Adds the runs and jobs of an older version to the queue and the history. This cannot be said in SQL: the duration of a
/// run has a bin, and its error is in its record. A record that cannot be read is left as it is.
fn add_history(transaction: &Transaction<'_>) -> Result<(), Failure> {
    let writing = Writing::new(transaction);
    let mut after = 0;
    loop {
        let read =
            |row: &rusqlite::Row<'_>| Ok((row.get::<_, i64>(5)?, row.get::<_, i64>(6)?, read_run(row)));
        let mut select = transaction.prepare_cached(OLD_RUNS)?;
        let runs = select.query_map([after], read)?.collect::<Result<Vec<_>, _>>()?;
        let Some((last, ..)) = runs.last() else { break };
        after = *last;
        for (id, started_at, run) in runs {
            let (change, place) = (writing.next_change()?, run_text::free_place(transaction, started_at)?);
            let place = place.filter(|_| run.is_ok());
            transaction.prepare_cached(NUMBER)?.execute(params![id, change, place])?;
            if let Ok(run) = run {
                RunRow::from_run(&run)?.add_to_history(&writing, id, place, None)?;
            }
        }
        writing.finish()?;
    }
    let mut select = transaction.prepare("SELECT name, revision, record FROM job")?;
    let jobs = select.query_map([], |row| Ok(read_job(row)))?.collect::<Result<Vec<_>, _>>()?;
    for stored in jobs.into_iter().flatten() {
        job_summary::job_saved(transaction, &stored.job)?;
    }
    Ok(())
}

const OLD_RUNS: &str = select_run!(", id, started_at FROM run WHERE id > ?1 ORDER BY id LIMIT 500");
const NUMBER: &str = "UPDATE run SET change = ?2, place = ?3 WHERE id = ?1";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_known_version_is_the_number_of_migrations() {
        assert_eq!(usize::try_from(KNOWN).unwrap(), MIGRATIONS.len());
    }
}
