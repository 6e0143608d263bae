//! The store as a whole: one writer, and connections for reading that are opened when they are needed.

use crate::{database::Database, failure::Failure, runner_lock::Runner, writer::Writer};
use lamplight_domain::RunnerId;
use lamplight_ports::PortError;
use rusqlite::Transaction;
use std::{
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};
use tokio::runtime::{Handle, RuntimeFlavor};

/// Options for opening a store.
#[derive(Debug, Clone)]
pub struct SqliteOptions {
    /// The ID under which this process makes calls: 1-128 ASCII letters, digits, `-`, `_` or `.`. No other process may
    /// use it.
    pub runner_id: RunnerId,
}

/// How many idle connections for reading are kept open. Each holds at most one megabyte.
const IDLE_READERS: usize = 4;

/// Runs, jobs, runners and users in one folder. It implements all ports of a store; see the [crate's documentation](crate) for the
/// durability of each write.
#[derive(Debug)]
pub struct SqliteStore {
    path: PathBuf,
    idle_readers: Mutex<Vec<Database>>,
    pub(crate) writer: Writer,
    pub(crate) runner: Runner,
}

impl SqliteStore {
    /// Opens the store in the file `path`. If it does not exist, the first write creates it.
    ///
    /// # Errors
    /// Each error names the path, and nothing is changed:
    /// - `store_newer`: a newer build has migrated it;
    /// - `store_corrupt`: it is damaged, or not a store of ours;
    /// - `store_unreadable`: it cannot be opened;
    /// - `store_read_only`: it has an older version and cannot be migrated.
    #[expect(clippy::unused_async, reason = "callers await it like every other method of a store")]
    pub async fn open(path: &Path, options: SqliteOptions) -> Result<Self, PortError> {
        let reader = in_place(|| Database::open(path))?;
        let folder = path.parent().unwrap_or(Path::new("")).join("runners");
        Ok(Self {
            path: path.to_owned(),
            idle_readers: Mutex::new(reader.into_iter().collect()),
            writer: Writer::new(path.to_owned()),
            runner: Runner::new(options.runner_id, folder),
        })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Runs `work` in one read transaction, so all its reads see the same state; `None` if the store does not exist.
    pub(crate) fn read<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, Failure>,
    ) -> Result<Option<T>, PortError> {
        in_place(|| {
            let idle = self.idle_readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let opened = match idle.filter(|reader| reader.is_in_place(&self.path)) {
                Some(reader) => Some(reader),
                None => Database::open(&self.path)?,
            };
            let Some(mut reader) = opened else { return Ok(None) };
            let result = reader.read().and_then(|transaction| work(&transaction));
            let mut readers = self.idle_readers.lock().unwrap_or_else(PoisonError::into_inner);
            if readers.len() < IDLE_READERS {
                readers.push(reader);
            }
            result.map(Some).map_err(|failure| failure.into_port_error(&self.path))
        })
    }
}

/// Does blocking work on this thread. A multi-threaded runtime first moves its other tasks to other threads.
pub(crate) fn in_place<T>(work: impl FnOnce() -> T) -> T {
    match Handle::try_current().map(|runtime| runtime.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(work),
        _ => work(),
    }
}
