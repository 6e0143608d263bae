//! The database's versions. A migration that was released is never changed; new ones are added at the end.

use crate::failure::{self, Failure};
use lamplight_ports::PortError;
use rusqlite::{Connection, TransactionBehavior};
use std::path::Path;

/// All migrations; the database's `user_version` says how many of them it has seen.
const MIGRATIONS: [&str; 1] = [include_str!("../migrations/0001_runs_and_jobs.sql")];

/// The version this build writes.
pub(crate) const KNOWN: i64 = 1;

/// Marks the file as ours: "LMPL" in ASCII, in SQLite's `application_id`.
pub(crate) const APPLICATION_ID: i64 = 0x4C4D_504C;

/// What a database says of itself.
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

/// Brings the database that says `marks` of itself to the known version; for a current one there is nothing
/// to do.
pub(crate) fn migrate(connection: &mut Connection, marks: Marks, path: &Path) -> Result<(), PortError> {
    if marks == (Marks { version: KNOWN, application: APPLICATION_ID }) {
        return Ok(());
    }
    check(connection, path, marks)?;
    // Outside of a transaction, for the mode cannot be changed within one; it is kept in the file.
    connection
        .query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))
        .map_err(|error| failure::sqlite(path, error))?;
    apply(connection, path).map_err(|failure| failure.at(path))
}

/// Refuses what is not ours or newer, before anything is written.
fn check(connection: &Connection, path: &Path, marks: Marks) -> Result<(), PortError> {
    if marks.application == APPLICATION_ID {
        return if marks.version > KNOWN { Err(failure::newer(path, marks.version, KNOWN)) } else { Ok(()) };
    }
    let tables: i64 = connection
        .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
        .map_err(|error| failure::sqlite(path, error))?;
    let fresh = marks == (Marks { version: 0, application: 0 }) && tables == 0;
    if fresh { Ok(()) } else { Err(failure::foreign(path)) }
}

/// Applies what is missing in one transaction, which is the lock as well: another process that comes to the
/// same point waits, and then finds nothing left to do.
fn apply(connection: &mut Connection, path: &Path) -> Result<(), Failure> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let marks = Marks::read(&transaction)?;
    check(&transaction, path, marks)?;
    let seen = usize::try_from(marks.version).unwrap_or(0);
    for migration in MIGRATIONS.iter().skip(seen) {
        transaction.execute_batch(migration)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", KNOWN)?;
    transaction.commit()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_migration_makes_a_version() {
        assert_eq!(usize::try_from(KNOWN).unwrap(), MIGRATIONS.len());
    }
}
