//! The store as a whole: one writer, and connections to read by that are opened when they are needed.

use crate::{database::Database, failure::Failure, runner_lock::Runner, writer::Writer};
use lamplight_domain::RunnerId;
use lamplight_ports::PortError;
use rusqlite::Transaction;
use std::{
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};
use tokio::runtime::{Handle, RuntimeFlavor};

/// What a store is told when it is opened.
#[derive(Debug, Clone)]
pub struct SqliteOptions {
    /// The id that this process makes calls under: 1-128 ASCII letters, digits, `-`, `_` or `.`, of no other
    /// process.
    pub runner_id: RunnerId,
}

/// How many connections to read by are kept open while nobody reads. Each holds a megabyte at the most.
const IDLE_READERS: usize = 4;

/// Runs, jobs and runners in one folder. It serves all three ports; see the [crate's documentation](crate)
/// for what survives what.
#[derive(Debug)]
pub struct SqliteStore {
    path: PathBuf,
    idle_readers: Mutex<Vec<Database>>,
    pub(crate) writer: Writer,
    pub(crate) runner: Runner,
}

impl SqliteStore {
    /// Opens the store in the file `path`. A store that does not exist yet is made by the first write.
    ///
    /// # Errors
    /// The path is in each of them, and nothing is changed:
    /// - `store_newer`: a newer build has migrated it;
    /// - `store_corrupt`: it is not a store of ours, or damaged;
    /// - `store_unreadable`: it cannot be opened;
    /// - `store_read_only`: it is of an older version and cannot be migrated.
    #[expect(clippy::unused_async, reason = "callers await it as they do every other method of a store")]
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

    /// Reads one state of the store; `None` where it does not exist.
    pub(crate) fn read<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, Failure>,
    ) -> Result<Option<T>, PortError> {
        in_place(|| {
            let idle = self.idle_readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let opened = match idle {
                Some(reader) => Some(reader),
                None => Database::open(&self.path)?,
            };
            let Some(mut reader) = opened else { return Ok(None) };
            let result = reader.read().and_then(|transaction| work(&transaction));
            let mut readers = self.idle_readers.lock().unwrap_or_else(PoisonError::into_inner);
            if readers.len() < IDLE_READERS {
                readers.push(reader);
            }
            result.map(Some).map_err(|failure| failure.at(&self.path))
        })
    }
}

/// Does blocking work on this thread, after the runtime's other tasks were moved off it where it can do that.
pub(crate) fn in_place<T>(work: impl FnOnce() -> T) -> T {
    match Handle::try_current().map(|runtime| runtime.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(work),
        _ => work(),
    }
}
