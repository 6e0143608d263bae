//! A store that may be read but not written. If the tests run as root, whom permissions do not restrict, they start
//! themselves again as the user `nobody`.
#![cfg(unix)]

use crate::{
    durability::{itself, place_argument},
    support::{Place, list, open},
};
use lamplight_conformance::samples::{sample_job, sample_key, sample_run};
use lamplight_domain::{ErrorCode, RunnerId, Timestamp};
use lamplight_ports::{
    ChangeNumber, ClaimRequest, JobStore, PageRequest, PortError, PortErrorKind, Retention, RunHistory,
    RunLimits, RunQueue, RunSelector, RunStore, Runners,
};
use std::{
    fs, io,
    os::unix::{
        fs::{MetadataExt, PermissionsExt},
        process::CommandExt,
    },
    path::Path,
};

/// The user and group that own nothing on every Unix.
const NOBODY: u32 = 65_534;

fn allow(path: impl AsRef<Path>, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// A store with a run and a job, in a folder that everybody may read.
async fn readable_store() -> Place {
    let place = Place::new();
    let store = place.open("a").await;
    store.insert(&sample_run(1)).await.unwrap();
    store.put(&sample_job(1), None).await.unwrap();
    store.enlist().await.unwrap();
    drop(store);
    allow(place.0.path(), 0o755);
    for entry in fs::read_dir(place.path().parent().unwrap()).unwrap() {
        let path = entry.unwrap().path();
        allow(&path, if path.is_dir() { 0o555 } else { 0o444 });
    }
    allow(place.path().parent().unwrap(), 0o555);
    place
}

/// Runs the test `name` for the store at `path` as a user whom permissions restrict, and expects it to pass.
fn run_unprivileged(place: &Place, name: &str) {
    // That user may not have access to the folder of the binary, so a copy is started.
    let program = place.0.path().join("test-binary");
    fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
    allow(&program, 0o755);
    let mut command = itself(&program, name, &place.path());
    if fs::metadata(&program).unwrap().uid() == 0 {
        command.uid(NOBODY).gid(NOBODY);
    }
    command.current_dir("/");
    // A process that another test is just starting may still hold the file open for writing for a moment.
    let busy = |error: &io::Error| error.kind() == io::ErrorKind::ExecutableFileBusy;
    let output = loop {
        match command.output() {
            Err(error) if busy(&error) => std::thread::yield_now(),
            other => break other.unwrap(),
        }
    };
    // So that the folder can be removed.
    allow(place.path().parent().unwrap(), 0o755);
    let text = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}");
    assert!(text.contains("1 passed"), "{text}");
}

fn is_read_only(error: &PortError, path: &Path) {
    assert_eq!(
        (error.kind, error.code.clone()),
        (PortErrorKind::Denied, ErrorCode::StoreReadOnly),
        "{error:?}"
    );
    assert!(error.message.contains(&path.display().to_string()), "{error}");
    assert!(error.hint.is_some());
}

/// Reads everything, and checks that every write is refused.
async fn reads_and_does_not_write(path: &Path) {
    let store = open(path, "reader").await.unwrap();
    assert_eq!(store.find(&RunSelector::Key(sample_key(1))).await.unwrap(), Some(sample_run(1)));
    assert_eq!(list(&store).await.len(), 1);
    assert_eq!(store.running(&PageRequest::default()).await.unwrap().items.len(), 1);
    assert_eq!(JobStore::list(&store, &PageRequest::default()).await.unwrap().items.len(), 1);
    assert!(!store.is_alive(&RunnerId("b".to_owned())).await.unwrap());
    is_read_only(&store.insert(&sample_run(2)).await.unwrap_err(), path);
    is_read_only(&store.update(&sample_run(1), None).await.unwrap_err(), path);
    let (runner, now) = (RunnerId("b".to_owned()), sample_run(1).intent.started_at);
    let limits = RunLimits::default();
    let request = ClaimRequest { runner: runner.clone(), now, until: now, most: 1, limits };
    assert_eq!(store.claim(&request).await.unwrap(), []);
    is_read_only(&store.heartbeat(&runner, &[sample_key(1)], now).await.unwrap_err(), path);
    assert_eq!(store.changes(ChangeNumber(0), 9).await.unwrap().len(), 1);
    let everything = Retention { started_before: Some(Timestamp::MAX), ..Retention::default() };
    is_read_only(&store.prune(&everything).await.unwrap_err(), path);
    is_read_only(&store.put(&sample_job(2), None).await.unwrap_err(), path);
    is_read_only(&store.remove(&sample_job(1).name).await.unwrap_err(), path);
    let folder = path.parent().unwrap().join("runners");
    is_read_only(&store.enlist().await.unwrap_err(), &folder);
    assert_eq!(store.find(&RunSelector::Latest).await.unwrap(), Some(sample_run(1)));
}

#[tokio::test]
async fn a_store_with_a_log_can_be_read_on_a_read_only_disk() {
    if let Some(path) = place_argument() {
        return reads_and_does_not_write(&path).await;
    }
    let place = readable_store().await;
    run_unprivileged(&place, "read_only::a_store_with_a_log_can_be_read_on_a_read_only_disk");
}

#[tokio::test]
async fn a_store_without_a_log_can_be_read_on_a_read_only_disk() {
    if let Some(path) = place_argument() {
        return reads_and_does_not_write(&path).await;
    }
    let place = Place::new();
    place.open("a").await.insert(&sample_run(1)).await.unwrap();
    place.open("a").await.put(&sample_job(1), None).await.unwrap();
    // Another program closes the database the way SQLite does by default: the log is checkpointed and removed.
    place.raw().execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    let folder = place.path().parent().unwrap().to_owned();
    assert!(!folder.join("lamplight.db-wal").exists());
    fs::create_dir(folder.join("runners")).unwrap();
    allow(place.0.path(), 0o755);
    allow(folder.join("runners"), 0o555);
    allow(place.path(), 0o444);
    allow(&folder, 0o555);
    run_unprivileged(&place, "read_only::a_store_without_a_log_can_be_read_on_a_read_only_disk");
}

#[tokio::test]
async fn an_unreadable_store_differs_from_an_absent_one() {
    if let Some(path) = place_argument() {
        let error = open(&path, "reader").await.unwrap_err();
        assert_eq!(
            (error.kind, error.code.clone()),
            (PortErrorKind::Denied, ErrorCode::StoreUnreadable),
            "{error:?}"
        );
        assert!(error.message.contains(&path.display().to_string()), "{error}");
        return;
    }
    let name = "read_only::an_unreadable_store_differs_from_an_absent_one";
    let file_closed = readable_store().await;
    allow(file_closed.path(), 0o000);
    run_unprivileged(&file_closed, name);
    let folder_closed = readable_store().await;
    allow(folder_closed.path().parent().unwrap(), 0o000);
    run_unprivileged(&folder_closed, name);
}

#[tokio::test]
async fn a_store_is_not_created_on_a_read_only_disk() {
    if let Some(path) = place_argument() {
        let store = open(&path, "writer").await.unwrap();
        assert_eq!(store.find(&RunSelector::Latest).await.unwrap(), None);
        is_read_only(&store.insert(&sample_run(1)).await.unwrap_err(), &path);
        return;
    }
    let place = Place::new();
    allow(place.0.path(), 0o755);
    fs::create_dir(place.0.path().join("data")).unwrap();
    allow(place.0.path().join("data"), 0o555);
    run_unprivileged(&place, "read_only::a_store_is_not_created_on_a_read_only_disk");
    assert_eq!(fs::read_dir(place.0.path().join("data")).unwrap().count(), 0);
}
