//! One open connection to the database file.

use crate::{
    failure::{self, Failure},
    migrations::{Marks, fill, migrate},
};
use lamplight_domain::percent_encode;
use lamplight_ports::PortError;
use rusqlite::{Connection, ErrorCode, OpenFlags, Transaction, TransactionBehavior, config::DbConfig};
use std::{
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};
use tempfile::TempPath;

/// How long a writer waits for another one. Writes take milliseconds, so a process that holds the lock longer hangs.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// A mutex of ours guards each connection, so SQLite needs none. SQLite itself falls back to reading if the file is
/// write-protected.
const READ_WRITE: OpenFlags = OpenFlags::SQLITE_OPEN_READ_WRITE.union(OpenFlags::SQLITE_OPEN_NO_MUTEX);

/// Set on every connection. A cache of one megabyte holds the inner pages of all indices and most of what a command
/// reads. The log is checkpointed after 250 pages (about sixteen runs): a process that opens the store reads the whole
/// log, and with SQLite's default of 1,000 pages that took longer than the saved checkpoints.
const SETTINGS: &str =
    "PRAGMA foreign_keys = ON; PRAGMA cache_size = -1024; PRAGMA wal_autocheckpoint = 250;";

/// Set while at least [`MANY_WRITES`] share a transaction. A checkpoint syncs the log and the database, and writes pages
/// that the next one writes again; a larger cache holds the last pages of the indices of many jobs.
const WHILE_BUSY: &str = "PRAGMA wal_autocheckpoint = 4000; PRAGMA cache_size = -8192;";
const MANY_WRITES: usize = 16;

/// How many prepared statements a connection keeps: all those of the store but the ones with a condition per call.
const STATEMENTS: usize = 128;

/// The largest log that is kept, in bytes; only large responses make a log that long. A smaller one is overwritten, not
/// truncated, because a growing file takes longer to sync.
const LARGEST_LOG: u64 = 2 * 1024 * 1024;

/// The largest log while writes wait.
const LARGEST_BUSY_LOG: u64 = 64 * 1024 * 1024;

/// What a write must survive, besides the end of the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Survives {
    /// Nothing else: a power loss may undo the last writes but never damages the database.
    ProcessEnd,
    /// A power loss, at the cost of one sync.
    PowerLoss,
}

/// An open database of the current version.
#[derive(Debug)]
pub(crate) struct Database {
    log: PathBuf,
    connection: Connection,
    survives: Survives,
    is_busy: bool,
    file: Option<FileId>,
}

/// What tells a file from another one that takes its place: device and inode.
type FileId = (u64, u64);

impl Database {
    /// Opens the database; `None` if the file does not exist. Never creates it.
    pub(crate) fn open(path: &Path) -> Result<Option<Self>, PortError> {
        match fs::metadata(path) {
            Ok(found) if found.is_dir() => return Err(failure::not_a_file(path)),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failure::open_error(path, error)),
        }
        let (mut connection, marks) = connect(path)?;
        migrate(&mut connection, marks, path)?;
        connection.execute_batch(SETTINGS).map_err(|error| failure::sqlite_error(path, error))?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        // FULL is SQLite's default.
        let survives = Survives::PowerLoss;
        // Opening a file for writing may give it another inode, so it is looked at afterwards.
        Ok(Some(Self { log: log_path(path), connection, survives, is_busy: false, file: file_id(path) }))
    }

    /// Opens the database, and creates it if it does not exist.
    pub(crate) fn create(path: &Path) -> Result<Self, PortError> {
        if let Some(database) = Self::open(path)? {
            return Ok(database);
        }
        create_database(path)?;
        Self::open(path)?.ok_or_else(|| failure::missing_store(path))
    }

    /// Begins a write transaction; other writers wait until it ends. Dropping it rolls it back.
    pub(crate) fn write(&mut self, survives: Survives) -> Result<Transaction<'_>, Failure> {
        if survives != self.survives {
            self.connection.execute_batch(match survives {
                Survives::ProcessEnd => "PRAGMA synchronous = NORMAL",
                Survives::PowerLoss => "PRAGMA synchronous = FULL",
            })?;
            self.survives = survives;
        }
        Ok(self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?)
    }

    /// Adapts the settings to the number of writes in the next transaction.
    pub(crate) fn expect_writes(&mut self, count: usize) -> Result<(), Failure> {
        let is_busy = count >= MANY_WRITES;
        if is_busy != self.is_busy {
            self.connection.execute_batch(if is_busy { WHILE_BUSY } else { SETTINGS })?;
            self.is_busy = is_busy;
        }
        Ok(())
    }

    /// Whether the file at the path is still the one that is open. If it was replaced or removed, everything that is written
    /// here is lost when the process ends.
    pub(crate) fn is_in_place(&self, path: &Path) -> bool {
        file_id(path) == self.file
    }

    /// Truncates the log if a response or many writes have made it large. Otherwise the next process would read all of it, and
    /// checkpoint it again because it cannot tell what was checkpointed already.
    pub(crate) fn truncate_large_log(&mut self, writes_wait: bool) {
        let largest = if writes_wait { LARGEST_BUSY_LOG } else { LARGEST_LOG };
        if fs::metadata(&self.log).is_ok_and(|log| log.len() > largest)
            && let Err(error) = self.truncate_log()
        {
            // The writes are safe already; a later call tries again.
            tracing::debug!(%error, "could not truncate the write-ahead log of the store");
        }
    }

    fn truncate_log(&self) -> Result<(), rusqlite::Error> {
        // Do not wait for other connections that use the log: then a later call truncates it.
        self.connection.busy_timeout(Duration::ZERO)?;
        let cut = self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        self.connection.busy_timeout(BUSY_TIMEOUT)?;
        cut
    }

    /// Copies the database as it is at one moment to an empty file.
    pub(crate) fn copy_to(&self, file: &Path) -> Result<(), rusqlite::Error> {
        self.connection.execute("VACUUM INTO ?1", [file.to_string_lossy()]).map(drop)
    }

    /// Begins a read transaction; all its reads see the same state.
    pub(crate) fn read(&mut self) -> Result<Transaction<'_>, Failure> {
        Ok(self.connection.transaction_with_behavior(TransactionBehavior::Deferred)?)
    }
}

/// `None` if there is no file.
#[cfg(unix)]
fn file_id(path: &Path) -> Option<FileId> {
    use std::os::unix::fs::MetadataExt;
    fs::metadata(path).ok().map(|file| (file.dev(), file.ino()))
}

/// Here an open file can be neither replaced nor removed.
#[cfg(not(unix))]
fn file_id(_: &Path) -> Option<FileId> {
    None
}

fn connect(path: &Path) -> Result<(Connection, Marks), PortError> {
    match set_up(path, READ_WRITE) {
        Err(error) if is_about_access(&error) => match immutable_uri(path) {
            Some(uri) => {
                let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
                    | OpenFlags::SQLITE_OPEN_NO_MUTEX
                    | OpenFlags::SQLITE_OPEN_URI;
                // The error of the first attempt says more.
                set_up(Path::new(&uri), flags).map_err(|_| explain_refusal(path, error))
            }
            None => Err(explain_refusal(path, error)),
        },
        other => other.map_err(|error| failure::sqlite_error(path, error)),
    }
}

fn set_up(path: &Path, flags: OpenFlags) -> Result<(Connection, Marks), rusqlite::Error> {
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    // Opening reads nothing; the first read shows whether the file can be used.
    let marks = Marks::read(&connection)?;
    Ok((connection, marks))
}

fn is_about_access(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly))
}

/// The URI to open a database on a read-only disk. SQLite cannot create the shared memory that the log needs there. If
/// the log is empty, nothing needs to be shared, and the file can be opened as one that nobody changes; otherwise
/// `None`.
fn immutable_uri(path: &Path) -> Option<String> {
    if fs::metadata(log_path(path)).is_ok_and(|log| log.len() > 0) {
        return None;
    }
    // SQLite decodes every byte of a URI's path, slashes too.
    Some(format!("file:{}?immutable=1", percent_encode(path.as_os_str().as_encoded_bytes())))
}

/// The write-ahead log that belongs to the database.
fn log_path(path: &Path) -> PathBuf {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    PathBuf::from(log)
}

/// SQLite does not say why it cannot open a file, so the file is opened once more to get the reason.
fn explain_refusal(path: &Path, error: rusqlite::Error) -> PortError {
    match fs::File::open(path) {
        Err(reason) => failure::open_error(path, reason),
        Ok(_) => failure::sqlite_error(path, error),
    }
}

/// Creates an empty database under a random name and moves it into place when it is complete: no other process ever sees
/// a partial one, even if several create it at once or one is interrupted.
fn create_database(path: &Path) -> Result<(), PortError> {
    let new = create_file(path).map_err(|error| failure::create_error(path, error))?;
    fill_database(&new).map_err(|failure| failure.into_port_error(path))?;
    // Dropping `new` removes the other name.
    publish(&new, path).map_err(|error| failure::create_error(path, error))
}

/// An empty file beside `path`, for its owner only; the files that SQLite creates beside it get the same permissions.
fn create_file(path: &Path) -> io::Result<TempPath> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut folder = fs::DirBuilder::new();
    folder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut folder, 0o700);
    folder.create(parent)?;
    Ok(tempfile::Builder::new().prefix(".lamplight-").tempfile_in(parent)?.into_temp_path())
}

fn fill_database(path: &Path) -> Result<(), Failure> {
    let mut connection = Connection::open_with_flags(path, READ_WRITE)?;
    fill(&mut connection)?;
    Ok(connection.close().map_err(|(_, error)| error)?)
}

/// Gives the file its final name, unless a file with that name exists already.
fn publish(new: &Path, path: &Path) -> io::Result<()> {
    match fs::hard_link(new, path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        // The file system has no hard links; do not replace a file that another process has created meanwhile.
        Err(_) if !path.exists() => fs::rename(new, path),
        linked => linked,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_that_must_survive_power_loss_are_fully_synced() {
        let folder = tempfile::tempdir().unwrap();
        let mut database = Database::create(&folder.path().join("a.db")).unwrap();
        // https://www.sqlite.org/pragma.html#pragma_synchronous: 1 is NORMAL, 2 is FULL.
        for (survives, level) in [
            (Survives::PowerLoss, 2),
            (Survives::ProcessEnd, 1),
            (Survives::ProcessEnd, 1),
            (Survives::PowerLoss, 2),
        ] {
            let transaction = database.write(survives).unwrap();
            let found: i64 = transaction.pragma_query_value(None, "synchronous", |row| row.get(0)).unwrap();
            assert_eq!(found, level, "{survives:?}");
        }
    }

    #[test]
    fn the_log_stays_when_the_last_connection_closes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let mut database = Database::create(&path).unwrap();
        let transaction = database.write(Survives::ProcessEnd).unwrap();
        transaction.execute_batch("INSERT INTO job VALUES ('a', 1, 1, '')").unwrap();
        transaction.commit().unwrap();
        drop(database);
        assert!(fs::metadata(folder.path().join("a.db-wal")).unwrap().len() > 0);
        let mut again = Database::open(&path).unwrap().unwrap();
        let kept: i64 =
            again.read().unwrap().query_row("SELECT count(*) FROM job", [], |row| row.get(0)).unwrap();
        assert_eq!(kept, 1);
    }

    #[test]
    fn a_log_that_grew_large_is_cut() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let mut database = Database::create(&path).unwrap();
        let mut add = |name: &str, bytes: usize| {
            let transaction = database.write(Survives::ProcessEnd).unwrap();
            let sql = "INSERT INTO job VALUES (?1, 1, 1, ?2)";
            transaction.execute(sql, (name, "x".repeat(bytes))).unwrap();
            transaction.commit().unwrap();
            database.truncate_large_log(false);
            fs::metadata(folder.path().join("a.db-wal")).unwrap().len()
        };
        assert!(add("small", 1000) > 0);
        assert_eq!(add("large", 3 * 1024 * 1024), 0);
        assert!(add("small again", 1000) > 0);
    }
}
