//! Stores in temporary folders.

use lamplight_domain::RunnerId;
use lamplight_ports::{PageRequest, PortError, RunFilter, RunStore, RunSummary};
use lamplight_sqlite_adapter::{SqliteOptions, SqliteStore};
use rusqlite::Connection;
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};
use tempfile::TempDir;

/// A folder of its own for one test.
pub(crate) struct Place(pub(crate) TempDir);

impl Place {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// Where the store is; its folder does not exist yet.
    pub(crate) fn path(&self) -> PathBuf {
        self.0.path().join("data/lamplight.db")
    }

    /// The store as one process sees it.
    pub(crate) async fn open(&self, runner: &str) -> Arc<SqliteStore> {
        Arc::new(open(&self.path(), runner).await.unwrap())
    }

    /// The database as another program sees it.
    pub(crate) fn raw(&self) -> Connection {
        Connection::open(self.path()).unwrap()
    }
}

pub(crate) async fn open(path: &Path, runner: &str) -> Result<SqliteStore, PortError> {
    SqliteStore::open(path, SqliteOptions { runner_id: RunnerId(runner.to_owned()) }).await
}

/// All runs that a list shows.
pub(crate) async fn list(store: &SqliteStore) -> Vec<RunSummary> {
    let page = RunStore::list(store, &RunFilter::default(), &PageRequest::default()).await.unwrap();
    assert_eq!(page.next_marker, None);
    page.items
}
