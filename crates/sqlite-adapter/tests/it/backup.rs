//! Copies of a store that is in use.

use lamplight_conformance::samples::sample_run;
use lamplight_domain::{ErrorCode, RunnerId};
use lamplight_ports::RunStore;
use lamplight_sqlite_adapter::{SqliteOptions, SqliteStore};
use std::{fs, path::Path};

async fn open(path: &Path, runner: &str) -> SqliteStore {
    SqliteStore::open(path, SqliteOptions { runner_id: RunnerId(runner.to_owned()) }).await.unwrap()
}

#[tokio::test]
async fn a_copy_has_every_run_and_replaces_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (path, copy) = (folder.path().join("a.db"), folder.path().join("copy.db"));
    let store = open(&path, "r").await;
    assert_eq!(store.backup_to(&copy).await.unwrap_err().code, ErrorCode::StoreUnreadable);
    assert!(!copy.exists());
    for n in 0..3 {
        store.insert(&sample_run(n)).await.unwrap();
    }
    store.backup_to(&copy).await.unwrap();
    store.insert(&sample_run(3)).await.unwrap();
    let listed = async |path: &Path, runner: &str| {
        let store = open(path, runner).await;
        RunStore::list(
            &store,
            &lamplight_ports::RunFilter::default(),
            &lamplight_ports::PageRequest::default(),
        )
        .await
        .unwrap()
        .items
        .len()
    };
    assert_eq!((listed(&copy, "s").await, listed(&path, "t").await), (3, 4));
    let before = fs::read(&copy).unwrap();
    assert_eq!(store.backup_to(&copy).await.unwrap_err().code, ErrorCode::AlreadyExists);
    assert_eq!(fs::read(&copy).unwrap(), before);
    let nowhere = folder.path().join("no/folder/copy.db");
    assert!(store.backup_to(&nowhere).await.is_err());
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().starts_with(".lamplight-")), "{left:?}");
}
