//! One open connection to the database file.

use crate::{
    failure::{self, Failure},
    migrations::{Marks, fill, migrate},
};
use lamplight_ports::PortError;
use rusqlite::{Connection, ErrorCode, OpenFlags, Transaction, TransactionBehavior, config::DbConfig};
use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

/// How long a writer waits for another one; writes take milliseconds, so one that waits longer hangs.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Each connection is used behind a mutex of ours, so SQLite needs none. A file that may not be written is
/// opened for reading by SQLite itself.
const READ_WRITE: OpenFlags = OpenFlags::SQLITE_OPEN_READ_WRITE.union(OpenFlags::SQLITE_OPEN_NO_MUTEX);

/// Set on every connection. One megabyte of cache holds the inner pages of all indices and most of what a
/// command touches. The log is worked in after 250 pages, some sixteen runs: a process that opens the store
/// reads all of the log, and with SQLite's own 1,000 pages that took more than the checkpoints saved.
const SETTINGS: &str =
    "PRAGMA foreign_keys = ON; PRAGMA cache_size = -1024; PRAGMA wal_autocheckpoint = 250;";

/// The largest log that is left behind, in bytes; only large responses make one. Below it the log's file is
/// better overwritten than cut, for a file that grows takes longer to sync.
const LARGEST_LOG: u64 = 2 * 1024 * 1024;

/// What a write must survive besides the end of the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Survives {
    /// Nothing more: a loss of power may undo the last writes, and never harms the database.
    ProcessEnd,
    /// A loss of power, for the price of one sync.
    PowerLoss,
}

/// An open database at the version that this build knows.
#[derive(Debug)]
pub(crate) struct Database {
    log: PathBuf,
    connection: Connection,
    survives: Survives,
}

impl Database {
    /// Opens the database; `None` where there is no such file, and none is made.
    pub(crate) fn open(path: &Path) -> Result<Option<Self>, PortError> {
        match fs::metadata(path) {
            Ok(found) if found.is_dir() => return Err(failure::folder(path)),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failure::finding(path, error)),
        }
        let (mut connection, marks) = connect(path)?;
        migrate(&mut connection, marks, path)?;
        connection.execute_batch(SETTINGS).map_err(|error| failure::sqlite(path, error))?;
        // SQLite's own default is FULL.
        Ok(Some(Self { log: log_of(path), connection, survives: Survives::PowerLoss }))
    }

    /// Opens the database and makes it where there is none.
    pub(crate) fn create(path: &Path) -> Result<Self, PortError> {
        if let Some(database) = Self::open(path)? {
            return Ok(database);
        }
        make(path)?;
        Self::open(path)?.ok_or_else(|| failure::gone(path))
    }

    /// Begins to write; other writers wait until the transaction ends. Dropping it undoes it.
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

    /// Cuts the log to nothing where a response has made it large. Otherwise the next process would read all of
    /// it, and as it cannot tell what was worked in already, work it in once more.
    pub(crate) fn tidy(&mut self) {
        if fs::metadata(&self.log).is_ok_and(|log| log.len() > LARGEST_LOG)
            && let Err(error) = self.cut_log()
        {
            // What was written is written; a later one tries again.
            tracing::debug!(%error, "the log of the store could not be cut");
        }
    }

    fn cut_log(&self) -> Result<(), rusqlite::Error> {
        // Others who use the log are not waited for: then it is cut another time.
        self.connection.busy_timeout(Duration::ZERO)?;
        let cut = self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        self.connection.busy_timeout(BUSY_TIMEOUT)?;
        cut
    }

    /// Begins to read; all reads of the transaction see the same state.
    pub(crate) fn read(&mut self) -> Result<Transaction<'_>, Failure> {
        Ok(self.connection.transaction_with_behavior(TransactionBehavior::Deferred)?)
    }
}

fn connect(path: &Path) -> Result<(Connection, Marks), PortError> {
    match set_up(path, READ_WRITE) {
        Err(error) if is_about_access(&error) => match immutable(path) {
            Some(uri) => {
                let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
                    | OpenFlags::SQLITE_OPEN_NO_MUTEX
                    | OpenFlags::SQLITE_OPEN_URI;
                // The first error says more than that of the second try.
                set_up(Path::new(&uri), flags).map_err(|_| refused(path, error))
            }
            None => Err(refused(path, error)),
        },
        other => other.map_err(|error| failure::sqlite(path, error)),
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

/// On a read-only disk SQLite cannot make the shared memory that a database with a log needs. Without a log
/// there is nothing in it to share: then the file is opened as one that nobody changes.
fn immutable(path: &Path) -> Option<String> {
    if fs::metadata(log_of(path)).is_ok_and(|log| log.len() > 0) {
        return None;
    }
    let encoded: String = path
        .as_os_str()
        .as_encoded_bytes()
        .iter()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' => {
                char::from(*byte).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect();
    Some(format!("file:{encoded}?immutable=1"))
}

/// The write-ahead log that belongs to the database.
fn log_of(path: &Path) -> PathBuf {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    PathBuf::from(log)
}

/// SQLite does not say why it cannot open a file; opening it ourselves does.
fn refused(path: &Path, error: rusqlite::Error) -> PortError {
    match fs::File::open(path) {
        Err(reason) => failure::finding(path, reason),
        Ok(_) => failure::sqlite(path, error),
    }
}

/// Makes an empty database under another name, and moves it to where it belongs once it is whole: however
/// many do so at once, and wherever one is cut short, nobody ever sees a part of it.
fn make(path: &Path) -> Result<(), PortError> {
    static MADE: AtomicU32 = AtomicU32::new(0);
    let mut new = path.as_os_str().to_owned();
    new.push(format!(".new-{}-{}", std::process::id(), MADE.fetch_add(1, Ordering::Relaxed)));
    let new = PathBuf::from(new);
    make_file(&new).map_err(|error| failure::creating(path, error))?;
    let made = build(&new).map_err(|error| failure::sqlite(path, error));
    let moved = made.and_then(|()| publish(&new, path).map_err(|error| failure::creating(path, error)));
    // It has its own name by now, or another process was quicker, or it is of no use.
    let _ = fs::remove_file(&new);
    moved
}

/// The files that SQLite makes beside this one get the same permissions.
fn make_file(path: &Path) -> io::Result<()> {
    let mut folder = fs::DirBuilder::new();
    folder.recursive(true);
    let mut file = fs::OpenOptions::new();
    file.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
        folder.mode(0o700);
        file.mode(0o600);
    }
    if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        folder.create(parent)?;
    }
    file.open(path).map(|_| ())
}

fn build(path: &Path) -> Result<(), rusqlite::Error> {
    let mut connection = Connection::open_with_flags(path, READ_WRITE)?;
    fill(&mut connection)?;
    connection.close().map_err(|(_, error)| error)
}

/// Gives the file its name unless there is one of that name already.
fn publish(new: &Path, path: &Path) -> io::Result<()> {
    match fs::hard_link(new, path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        // A file system without links; it may have been made meanwhile all the same.
        Err(_) if !path.exists() => fs::rename(new, path),
        linked => linked,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_write_is_synced_as_far_as_it_must_survive() {
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
            database.tidy();
            fs::metadata(folder.path().join("a.db-wal")).unwrap().len()
        };
        assert!(add("small", 1000) > 0);
        assert_eq!(add("large", 3 * 1024 * 1024), 0);
        assert!(add("small again", 1000) > 0);
    }
}
