//! What can go wrong with the store, in words that name it and say what to do.

use lamplight_domain::ErrorCode;
use lamplight_domain::RunKey;
use lamplight_ports::{PortError, PortErrorKind, record::RecordError};
use rusqlite::{Error as SqliteError, ErrorCode as SqliteCode};
use std::{io, path::Path};

/// A failure inside of the store, before the store's path is added to it.
#[derive(Debug)]
pub(crate) enum Failure {
    /// SQLite failed.
    Sqlite(SqliteError),
    /// Anything that is explained already.
    Explained(PortError),
}

impl From<SqliteError> for Failure {
    fn from(error: SqliteError) -> Self {
        Self::Sqlite(error)
    }
}

impl From<PortError> for Failure {
    fn from(error: PortError) -> Self {
        Self::Explained(error)
    }
}

impl Failure {
    /// The failure as the port tells it.
    pub(crate) fn at(self, path: &Path) -> PortError {
        match self {
            Self::Sqlite(error) => sqlite(path, error),
            Self::Explained(error) => error,
        }
    }
}

const OTHERS: &str = "the record was left as it is; the others can be used";
const ELSEWHERE: &str = "name another folder for the store with LAMPLIGHT_DATA_DIR";

/// Explains an error of SQLite's.
pub(crate) fn sqlite(path: &Path, error: SqliteError) -> PortError {
    let path = path.display();
    let code = error.sqlite_error_code();
    let explained = match code {
        Some(SqliteCode::NotADatabase) => corrupt(format!("{path} is no SQLite database")),
        Some(SqliteCode::DatabaseCorrupt) => corrupt(format!("the store {path} is damaged")),
        Some(SqliteCode::ReadOnly | SqliteCode::PermissionDenied) => read_only(format!(
            "the store {path} cannot be written to: the file, its folder or the disk is read-only"
        )),
        Some(SqliteCode::CannotOpen) => unreadable(format!("the store {path} cannot be opened")),
        Some(SqliteCode::DiskFull) => full(format!("the disk of the store {path} is full")),
        Some(SqliteCode::DatabaseBusy | SqliteCode::DatabaseLocked) => PortError::new(
            PortErrorKind::Unavailable,
            ErrorCode::StoreBusy,
            format!("the store {path} is being written to by another process"),
        )
        .with_hint("try again; if it stays so, look for a process that hangs"),
        _ => PortError::new(
            PortErrorKind::Unavailable,
            ErrorCode::StoreFailed,
            format!("the store {path} could not do what it was asked"),
        ),
    };
    explained.with_source(error)
}

/// Explains an error of the file system's while the store is made.
pub(crate) fn creating(path: &Path, error: io::Error) -> PortError {
    let path = path.display();
    let explained = match error.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            read_only(format!("the store {path} cannot be made: its folder or the disk is read-only"))
        }
        io::ErrorKind::StorageFull => full(format!("the disk of the store {path} is full")),
        _ => unreadable(format!("the store {path} cannot be made")),
    };
    explained.with_source(error)
}

/// Explains an error of the file system's while the store is looked for.
pub(crate) fn finding(path: &Path, error: io::Error) -> PortError {
    let denied = error.kind() == io::ErrorKind::PermissionDenied;
    let mut explained = unreadable(format!("the store {} cannot be read", path.display()));
    if denied {
        explained.kind = PortErrorKind::Denied;
    }
    explained.with_source(error)
}

/// The file has gone since it was made.
pub(crate) fn gone(path: &Path) -> PortError {
    finding(path, io::ErrorKind::NotFound.into())
}

/// The path leads to a folder.
pub(crate) fn folder(path: &Path) -> PortError {
    unreadable(format!("the store {} is a folder; it must be a file", path.display()))
}

/// The database has been migrated by a newer build.
pub(crate) fn newer(path: &Path, found: i64, known: i64) -> PortError {
    let message =
        format!("the store {} is of version {found}; this build knows up to {known}", path.display());
    PortError::new(PortErrorKind::Corrupt, ErrorCode::StoreNewer, message)
        .with_hint(format!("use a newer build, or {ELSEWHERE}; the store was left as it is"))
}

/// The database belongs to another program.
pub(crate) fn foreign(path: &Path) -> PortError {
    corrupt(format!("{} is a database of another program", path.display()))
}

/// A record cannot be read.
pub(crate) fn record(what: &str, error: RecordError) -> PortError {
    let code = match &error {
        RecordError::Newer { .. } => ErrorCode::RecordNewer,
        RecordError::Damaged(_) => ErrorCode::RecordDamaged,
    };
    let message = format!("{what} cannot be read");
    PortError::new(PortErrorKind::Corrupt, code, message).with_hint(OTHERS).with_source(error)
}

/// A part of a response is missing.
pub(crate) fn incomplete(run: &RunKey) -> PortError {
    let message = format!("a part of the response of run {run} is missing");
    PortError::new(PortErrorKind::Corrupt, ErrorCode::RecordDamaged, message).with_hint(OTHERS)
}

/// The thread that writes is gone, or could not be started.
pub(crate) fn writer_ended(path: &Path) -> PortError {
    let message =
        format!("the store {} could not do what it was asked: nothing writes to it", path.display());
    PortError::new(PortErrorKind::Unavailable, ErrorCode::StoreFailed, message)
}

/// The same failure for another who met it; the cause is told once.
pub(crate) fn again(error: &PortError) -> PortError {
    PortError {
        hint: error.hint.clone(),
        ..PortError::new(error.kind, error.code.clone(), error.message.clone())
    }
}

/// Something was changed, or made, by another.
pub(crate) fn conflict(message: String) -> PortError {
    PortError::new(PortErrorKind::Conflict, ErrorCode::StoreConflict, message)
        .with_hint("read it again and decide anew")
}

fn corrupt(message: String) -> PortError {
    PortError::new(PortErrorKind::Corrupt, ErrorCode::StoreCorrupt, message)
        .with_hint(format!("move the file away, or {ELSEWHERE}; it was left as it is"))
}

fn read_only(message: String) -> PortError {
    PortError::new(PortErrorKind::Denied, ErrorCode::StoreReadOnly, message)
        .with_hint(format!("make it writable, or {ELSEWHERE}"))
}

fn unreadable(message: String) -> PortError {
    PortError::new(PortErrorKind::Unavailable, ErrorCode::StoreUnreadable, message).with_hint(ELSEWHERE)
}

fn full(message: String) -> PortError {
    PortError::new(PortErrorKind::Unavailable, ErrorCode::StoreFull, message)
        .with_hint(format!("free some space, or {ELSEWHERE}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::ffi;

    #[test]
    fn every_failure_has_a_code_names_the_store_and_says_what_to_do() {
        use PortErrorKind::{Corrupt, Denied, Unavailable};
        for (code, kind, stable) in [
            (ffi::SQLITE_NOTADB, Corrupt, ErrorCode::StoreCorrupt),
            (ffi::SQLITE_CORRUPT, Corrupt, ErrorCode::StoreCorrupt),
            (ffi::SQLITE_READONLY, Denied, ErrorCode::StoreReadOnly),
            (ffi::SQLITE_READONLY_DBMOVED, Denied, ErrorCode::StoreReadOnly),
            (ffi::SQLITE_CANTOPEN, Unavailable, ErrorCode::StoreUnreadable),
            (ffi::SQLITE_FULL, Unavailable, ErrorCode::StoreFull),
            (ffi::SQLITE_BUSY, Unavailable, ErrorCode::StoreBusy),
            (ffi::SQLITE_BUSY_SNAPSHOT, Unavailable, ErrorCode::StoreBusy),
            (ffi::SQLITE_IOERR_FSYNC, Unavailable, ErrorCode::StoreFailed),
            (ffi::SQLITE_NOMEM, Unavailable, ErrorCode::StoreFailed),
        ] {
            let error = SqliteError::SqliteFailure(ffi::Error::new(code), None);
            let explained = sqlite(Path::new("/x/lamplight.db"), error);
            assert_eq!((explained.kind, explained.code.clone()), (kind, stable.clone()), "{code}");
            assert!(explained.message.contains("/x/lamplight.db"), "{explained}");
            assert!(explained.hint.is_some() || stable == ErrorCode::StoreFailed, "{code}");
            assert!(explained.source.is_some(), "{code}");
        }
    }

    #[test]
    fn the_file_systems_errors_are_told_apart() {
        for (kind, code) in [
            (io::ErrorKind::PermissionDenied, ErrorCode::StoreReadOnly),
            (io::ErrorKind::ReadOnlyFilesystem, ErrorCode::StoreReadOnly),
            (io::ErrorKind::StorageFull, ErrorCode::StoreFull),
            (io::ErrorKind::NotADirectory, ErrorCode::StoreUnreadable),
        ] {
            assert_eq!(creating(Path::new("/x"), kind.into()).code, code);
        }
    }
}
