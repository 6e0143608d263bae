//! The database's versions. A migration that was released is never changed; new ones are added at the end.

use crate::failure::{self, Failure};
use lamplight_ports::PortError;
use rusqlite::{Connection, Transaction, TransactionBehavior};
use std::path::Path;

/// All migrations; the database's `user_version` says how many of them it has seen.
const MIGRATIONS: [&str; 2] = [
    include_str!("../migrations/0001_runs_and_jobs.sql"),
    include_str!("../migrations/0002_claims_and_pages.sql"),
];

/// The version this build writes.
pub(crate) const KNOWN: i64 = 2;

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

/// Makes an empty file that nobody else knows of a database of the known version.
pub(crate) fn fill(connection: &mut Connection) -> Result<(), rusqlite::Error> {
    let transaction = connection.transaction()?;
    apply(&transaction, 0)?;
    transaction.commit()?;
    use_log(connection)
}

/// Brings the database that says `marks` of itself to the known version; for a current one there is nothing
/// to do.
pub(crate) fn migrate(connection: &mut Connection, marks: Marks, path: &Path) -> Result<(), PortError> {
    if marks == (Marks { version: KNOWN, application: APPLICATION_ID }) {
        return Ok(());
    }
    bring_up(connection, path).map_err(|failure| failure.at(path))
}

fn bring_up(connection: &mut Connection, path: &Path) -> Result<(), Failure> {
    // Looked at before anything is written, and again under the lock of the transaction that writes: another
    // process may have come to the same point first.
    let transaction = connection.transaction()?;
    usable_version(&transaction, path)?;
    drop(transaction);
    use_log(connection)?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let version = usable_version(&transaction, path)?;
    apply(&transaction, version)?;
    Ok(transaction.commit()?)
}

/// Cannot be done within a transaction; the file keeps it.
fn use_log(connection: &Connection) -> Result<(), rusqlite::Error> {
    connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))
}

/// The version of a database that is ours, or empty and to become ours.
fn usable_version(transaction: &Transaction<'_>, path: &Path) -> Result<i64, Failure> {
    let marks = Marks::read(transaction)?;
    if marks.application == APPLICATION_ID {
        let newer = marks.version > KNOWN;
        return if newer {
            Err(failure::newer(path, marks.version, KNOWN).into())
        } else {
            Ok(marks.version)
        };
    }
    let tables: i64 = transaction.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    let empty = marks == (Marks { version: 0, application: 0 }) && tables == 0;
    if empty { Ok(0) } else { Err(failure::foreign(path).into()) }
}

/// Applies the migrations that a database of `version` has not seen.
fn apply(transaction: &Transaction<'_>, version: i64) -> Result<(), rusqlite::Error> {
    for migration in MIGRATIONS.iter().skip(usize::try_from(version).unwrap_or(0)) {
        transaction.execute_batch(migration)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", KNOWN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_migration_makes_a_version() {
        assert_eq!(usize::try_from(KNOWN).unwrap(), MIGRATIONS.len());
    }
}
