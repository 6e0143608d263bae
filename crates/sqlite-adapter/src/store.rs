//! The store as a whole: one connection, opened when it is needed, used in place.

use crate::{database::Database, failure::Failure, runners::Runner};
use lamplight_domain::RunnerId;
use lamplight_ports::PortError;
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

/// Runs, jobs and runners in one folder. It serves all three ports; see the [crate's documentation](crate)
/// for what survives what.
#[derive(Debug)]
pub struct SqliteStore {
    path: PathBuf,
    database: Mutex<Option<Database>>,
    pub(crate) runner: Runner,
}

impl SqliteStore {
    /// Opens the store in the file `path`. A store that does not exist yet is made by the first write.
    ///
    /// # Errors
    /// The path is in each of them, and nothing is changed:
    /// - `store_newer`: a newer build has migrated it;
    /// - `store_corrupt`: it is no store of ours, or damaged;
    /// - `store_unreadable`: it cannot be opened;
    /// - `store_read_only`: it is of an older version and cannot be migrated.
    #[expect(clippy::unused_async, reason = "callers await it as they do every other method of a store")]
    pub async fn open(path: &Path, options: SqliteOptions) -> Result<Self, PortError> {
        let database = in_place(|| Database::open(path))?;
        let folder = path.parent().unwrap_or(Path::new("")).join("runners");
        let runner = Runner::new(options.runner_id, folder);
        Ok(Self { path: path.to_owned(), database: Mutex::new(database), runner })
    }

    /// Works on the store where it exists; `None` where it does not.
    pub(crate) fn existing<T>(
        &self,
        work: impl FnOnce(&mut Database) -> Result<T, Failure>,
    ) -> Result<Option<T>, PortError> {
        self.with(Database::open, work)
    }

    /// Works on the store, made now where it does not exist.
    pub(crate) fn created<T>(
        &self,
        work: impl FnOnce(&mut Database) -> Result<T, Failure>,
    ) -> Result<T, PortError> {
        let create = |path: &Path| Database::create(path).map(Some);
        // The store was made, so there is always an answer.
        self.with(create, work)?.ok_or_else(|| crate::failure::gone(&self.path))
    }

    fn with<T>(
        &self,
        open: impl FnOnce(&Path) -> Result<Option<Database>, PortError>,
        work: impl FnOnce(&mut Database) -> Result<T, Failure>,
    ) -> Result<Option<T>, PortError> {
        in_place(|| {
            // Work that panicked has left no transaction behind: dropping it undid it.
            let mut database = self.database.lock().unwrap_or_else(PoisonError::into_inner);
            if database.is_none() {
                *database = open(&self.path)?;
            }
            let Some(database) = database.as_mut() else { return Ok(None) };
            work(database).map(Some).map_err(|failure| failure.at(&self.path))
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
