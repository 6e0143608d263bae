//! The errors of the store. Each message names the store's file; the hint says what to do.

use lamplight_domain::ErrorCode;
use lamplight_domain::RunKey;
use lamplight_ports::{PortError, PortErrorKind, record::RecordError};
use rusqlite::{Error as SqliteError, ErrorCode as SqliteCode};
use std::{error::Error, io, path::Path};

/// A failure inside the store, before the path of the store is added to it.
#[derive(Debug)]
pub(crate) enum Failure {
    Sqlite(SqliteError),
    /// An error that already has its message and hint.
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
    /// Why a record cannot be read, where a list names it.
    pub(crate) fn reason(&self) -> String {
        match self {
            Self::Sqlite(error) => error.to_string(),
            Self::Explained(error) => {
                Error::source(error).map_or_else(|| error.message.clone(), ToString::to_string)
            }
        }
    }

    /// Turns the failure into the port's error; an SQLite error gets the path of the store.
    pub(crate) fn into_port_error(self, path: &Path) -> PortError {
        match self {
            Self::Sqlite(error) => sqlite_error(path, error),
            Self::Explained(error) => error,
        }
    }
}

const OTHERS: &str = "the record was not changed; all other records can still be used";
const ELSEWHERE: &str = "set LAMPLIGHT_DATA_DIR to use another folder for the store";

/// Turns an error of SQLite into the port's error.
pub(crate) fn sqlite_error(path: &Path, error: SqliteError) -> PortError {
    let path = path.display();
    let code = error.sqlite_error_code();
    let explained = match code {
        Some(SqliteCode::NotADatabase) => corrupt(format!("{path} is not an SQLite database")),
        Some(SqliteCode::DatabaseCorrupt) => corrupt(format!("the store {path} is damaged")),
        Some(SqliteCode::ReadOnly | SqliteCode::PermissionDenied) => read_only(format!(
            "cannot write to the store {path}: the file, its folder or the disk is read-only"
        )),
        Some(SqliteCode::CannotOpen) => unreadable(format!("cannot open the store {path}")),
        Some(SqliteCode::DiskFull) => full(format!("the disk that holds the store {path} is full")),
        Some(SqliteCode::DatabaseBusy | SqliteCode::DatabaseLocked) => PortError::new(
            PortErrorKind::Unavailable,
            ErrorCode::StoreBusy,
            format!("the store {path} is locked: another process is writing to it"),
        )
        .with_hint("retry; if the error persists, look for a process that hangs"),
        _ => PortError::new(
            PortErrorKind::Unavailable,
            ErrorCode::StoreFailed,
            format!("reading or writing the store {path} failed"),
        ),
    };
    explained.with_source(error)
}

/// The error for writes to a file that is no longer the store.
pub(crate) fn replaced(path: &Path) -> PortError {
    let message = format!(
        "the store {} was replaced or removed while it was open, so what was written to it is lost",
        path.display()
    );
    PortError::new(PortErrorKind::Unavailable, ErrorCode::StoreReplaced, message)
        .with_hint("do not replace or remove the store while runs are in progress")
}

/// Turns a file system error from creating the store into the port's error.
pub(crate) fn create_error(path: &Path, error: io::Error) -> PortError {
    let path = path.display();
    let explained = match error.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            read_only(format!("cannot create the store {path}: its folder or the disk is read-only"))
        }
        io::ErrorKind::StorageFull => full(format!("the disk that holds the store {path} is full")),
        _ => unreadable(format!("cannot create the store {path}")),
    };
    explained.with_source(error)
}

/// Turns a file system error from opening the store into the port's error.
pub(crate) fn open_error(path: &Path, error: io::Error) -> PortError {
    let denied = error.kind() == io::ErrorKind::PermissionDenied;
    let mut explained = unreadable(format!("cannot read the store {}", path.display()));
    if denied {
        explained.kind = PortErrorKind::Denied;
    }
    explained.with_source(error)
}

/// The file was removed after it was created.
pub(crate) fn missing_store(path: &Path) -> PortError {
    open_error(path, io::ErrorKind::NotFound.into())
}

/// The path is a folder.
pub(crate) fn not_a_file(path: &Path) -> PortError {
    unreadable(format!("the store {} is a folder; expected a file", path.display()))
}

/// A newer build has migrated the database.
pub(crate) fn newer_store(path: &Path, found: i64, known: i64) -> PortError {
    let message = format!(
        "the store {} has version {found}; this build supports versions up to {known}",
        path.display()
    );
    PortError::new(PortErrorKind::Corrupt, ErrorCode::StoreNewer, message)
        .with_hint(format!("use a newer build, or {ELSEWHERE}; the store was not changed"))
}

/// The database belongs to another program.
pub(crate) fn foreign_database(path: &Path) -> PortError {
    corrupt(format!("{} is the database of another program", path.display()))
}

/// A record cannot be read.
pub(crate) fn record_error(what: &str, error: RecordError) -> PortError {
    let code = match &error {
        RecordError::Newer { .. } => ErrorCode::RecordNewer,
        RecordError::Damaged(_) => ErrorCode::RecordDamaged,
    };
    let message = format!("cannot read {what}");
    PortError::new(PortErrorKind::Corrupt, code, message).with_hint(OTHERS).with_source(error)
}

/// A part of a response is missing.
pub(crate) fn incomplete_response(run: &RunKey) -> PortError {
    let message = format!("a part of the response of run {run} is missing");
    PortError::new(PortErrorKind::Corrupt, ErrorCode::RecordDamaged, message).with_hint(OTHERS)
}

/// The writer thread has ended, or could not be started.
pub(crate) fn no_writer(path: &Path) -> PortError {
    let message = format!("cannot write to the store {}: its writer thread has ended", path.display());
    PortError::new(PortErrorKind::Unavailable, ErrorCode::StoreFailed, message)
}

/// A copy of the error without its source, for each further write of the batch that failed.
pub(crate) fn copy_without_source(error: &PortError) -> PortError {
    PortError {
        hint: error.hint.clone(),
        ..PortError::new(error.kind, error.code.clone(), error.message.clone())
    }
}

/// Another process has changed or created the same thing.
pub(crate) fn conflict(message: String) -> PortError {
    PortError::new(PortErrorKind::Conflict, ErrorCode::StoreConflict, message)
        .with_hint("read it again and retry")
}

fn corrupt(message: String) -> PortError {
    PortError::new(PortErrorKind::Corrupt, ErrorCode::StoreCorrupt, message)
        .with_hint(format!("move the file away, or {ELSEWHERE}; the file was not changed"))
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
        .with_hint(format!("free disk space, or {ELSEWHERE}"))
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
            let explained = sqlite_error(Path::new("/x/lamplight.db"), error);
            assert_eq!((explained.kind, explained.code.clone()), (kind, stable.clone()), "{code}");
            assert!(explained.message.contains("/x/lamplight.db"), "{explained}");
            assert!(explained.hint.is_some() || stable == ErrorCode::StoreFailed, "{code}");
            assert!(explained.source.is_some(), "{code}");
        }
    }

    #[test]
    fn file_system_errors_get_different_codes() {
        for (kind, code) in [
            (io::ErrorKind::PermissionDenied, ErrorCode::StoreReadOnly),
            (io::ErrorKind::ReadOnlyFilesystem, ErrorCode::StoreReadOnly),
            (io::ErrorKind::StorageFull, ErrorCode::StoreFull),
            (io::ErrorKind::NotADirectory, ErrorCode::StoreUnreadable),
        ] {
            assert_eq!(create_error(Path::new("/x"), kind.into()).code, code);
        }
    }
}
