//! Stores in temporary folders.

use lamplight_domain::{Run, RunnerId};
use lamplight_ports::{PageRequest, PortError, RunFilter, RunStore, RunSummary};
use lamplight_sqlite_adapter::{SqliteOptions, SqliteStore};
use rusqlite::Connection;
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};
use tempfile::TempDir;

/// A separate folder for one test.
pub(crate) struct Place(pub(crate) TempDir);

impl Place {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// The path of the store; its folder does not exist yet.
    pub(crate) fn path(&self) -> PathBuf {
        self.0.path().join("data/lamplight.db")
    }

    /// The store as one process opens it.
    pub(crate) async fn open(&self, runner: &str) -> Arc<SqliteStore> {
        Arc::new(open(&self.path(), runner).await.unwrap())
    }

    /// The database as another program opens it.
    pub(crate) fn raw(&self) -> Connection {
        Connection::open(self.path()).unwrap()
    }
}

pub(crate) async fn open(path: &Path, runner: &str) -> Result<SqliteStore, PortError> {
    SqliteStore::open(path, SqliteOptions { runner_id: RunnerId(runner.to_owned()) }).await
}

/// All runs that a list returns.
pub(crate) async fn list(store: &SqliteStore) -> Vec<RunSummary> {
    let page = RunStore::list(store, &RunFilter::default(), &PageRequest::default()).await.unwrap();
    assert_eq!(page.next_marker, None);
    page.items
}

/// All running runs.
pub(crate) async fn running(store: &SqliteStore) -> Vec<Run> {
    store.running(&PageRequest::default()).await.unwrap().items
}
