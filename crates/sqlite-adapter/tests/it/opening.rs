//! Opening files that are not a store of ours, and stores that cannot be used.

use crate::support::{Place, list, open};
use lamplight_conformance::samples::{sample_job, sample_key, sample_run, sample_runner};
use lamplight_domain::{ErrorCode, Revision, SecretHash};
use lamplight_ports::{
    AccessStore, AuditFilter, ChangeNumber, ClaimRequest, JobFilter, JobStore, PageRequest, PortError,
    PortErrorKind, Retention, RunHistory, RunLimits, RunQueue, RunSelector, RunStore, Runners, StoredPage,
};
use lamplight_sqlite_adapter::SqliteStore;
use rusqlite::Connection;
use std::{collections::BTreeMap, fs, path::Path};

/// The contents of all files in a folder, by name.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.display().to_string(), fs::read(&path).unwrap_or_default()))
        .collect()
}

/// Opening the file fails with an error that names it, and changes nothing.
async fn refused(path: &Path) -> PortError {
    let before = fs::read(path).ok();
    let error = open(path, "a").await.unwrap_err();
    assert!(error.message.contains(&path.display().to_string()), "{error}");
    assert!(error.hint.is_some(), "{error:?}");
    assert_eq!(fs::read(path).ok(), before);
    error
}

#[tokio::test]
async fn reading_a_store_that_does_not_exist_creates_nothing() {
    let place = Place::new();
    let store = place.open("a").await;
    assert_eq!(list(&store).await, []);
    assert_eq!(store.find(&RunSelector::Latest).await.unwrap(), None);
    assert_eq!(store.running(&PageRequest::default()).await.unwrap(), StoredPage::default());
    assert_eq!(store.get(&sample_job(1).name).await.unwrap(), None);
    assert_eq!(JobStore::list(&*store, &PageRequest::default()).await.unwrap(), StoredPage::default());
    assert!(!store.remove(&sample_job(1).name).await.unwrap());
    assert!(store.put(&sample_job(1), Some(Revision::FIRST)).await.is_err());
    assert!(store.update(&sample_run(1), None).await.is_err());
    assert_eq!(store.prune(&Retention::default()).await.unwrap(), 0);
    reads_nothing_of_a_server(&store).await;
    assert_eq!(store.response(sample_run(1).key()).await.unwrap(), None);
    assert!(!store.is_alive(&lamplight_domain::RunnerId("b".into())).await.unwrap());
    assert_eq!(contents(place.0.path()), BTreeMap::new());
}

/// What only servers use.
async fn reads_nothing_of_a_server(store: &SqliteStore) {
    let (runner, key, now) = (sample_runner(), sample_key(1), sample_run(1).intent.started_at);
    let limits = RunLimits::default();
    let claim = ClaimRequest { runner: runner.clone(), now, until: now, most: 9, limits };
    assert_eq!(store.claim(&claim).await.unwrap(), []);
    let keys = [sample_key(1)];
    assert_eq!(store.heartbeat(&runner, &keys, now).await.unwrap(), keys);
    assert_eq!((store.queued().await.unwrap(), store.held(9).await.unwrap()), (0, vec![]));
    assert_eq!(store.last_change().await.unwrap(), ChangeNumber(0));
    assert_eq!(store.changes(ChangeNumber(0), 9).await.unwrap(), []);
    assert_eq!(
        store.jobs(&JobFilter::default(), &PageRequest::default()).await.unwrap(),
        StoredPage::default()
    );
    assert_eq!(store.count_jobs(&JobFilter::default()).await.unwrap(), []);
    assert_eq!(store.notes(&key).await.unwrap(), []);
    let (id, hash) = ("abcdefghij12".parse().unwrap(), SecretHash::of(b"x"));
    store.use_token(&id, now).await.unwrap();
    assert!(!store.revoke_token(&id, now).await.unwrap());
    assert_eq!((store.token(&id).await.unwrap(), store.tokens().await.unwrap()), (None, vec![]));
    assert_eq!(store.session(&hash).await.unwrap(), None);
    assert_eq!(store.take_login_link(&hash, now).await.unwrap(), None);
    assert!(!store.remove_session(&hash).await.unwrap());
    let audit = store.audit(&AuditFilter::default(), &PageRequest::default()).await.unwrap();
    assert_eq!((audit, store.prune_audit(now).await.unwrap()), (StoredPage::default(), 0));
}

#[tokio::test]
async fn a_store_that_is_created_later_is_found() {
    let place = Place::new();
    let (early, other) = (place.open("early").await, place.open("other").await);
    assert_eq!(early.find(&RunSelector::Latest).await.unwrap(), None);
    other.insert(&sample_run(1)).await.unwrap();
    assert_eq!(early.find(&RunSelector::Latest).await.unwrap(), Some(sample_run(1)));
}

#[tokio::test]
async fn a_store_path_may_contain_special_characters() {
    let place = Place::new();
    let path = place.0.path().join("odd name ?#%ä.db");
    open(&path, "a").await.unwrap().insert(&sample_run(1)).await.unwrap();
    assert!(open(&path, "b").await.unwrap().find(&RunSelector::Latest).await.unwrap().is_some());
}

#[tokio::test]
async fn a_store_of_a_newer_version_is_refused_and_not_changed() {
    let place = Place::new();
    place.open("a").await.insert(&sample_run(1)).await.unwrap();
    let raw = place.raw();
    raw.execute_batch("ALTER TABLE run ADD COLUMN more TEXT; PRAGMA user_version = 5").unwrap();
    drop(raw);
    let error = refused(&place.path()).await;
    assert_eq!((error.kind, error.code.clone()), (PortErrorKind::Corrupt, ErrorCode::StoreNewer));
    assert!(error.message.contains("version 5") && error.message.contains("up to 4"), "{error}");
}

#[tokio::test]
async fn a_file_that_is_not_a_database_is_refused() {
    let place = Place::new();
    for content in [
        "not a database, but as long as the header of one is, and some more text for that; \
         SQLite looks at the first hundred bytes of a file",
        "short",
    ] {
        let path = place.0.path().join("text.db");
        fs::write(&path, content).unwrap();
        let error = refused(&path).await;
        assert_eq!(
            (error.kind, error.code.clone()),
            (PortErrorKind::Corrupt, ErrorCode::StoreCorrupt),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn a_damaged_store_is_refused() {
    let place = Place::new();
    place.open("a").await.insert(&sample_run(1)).await.unwrap();
    place.raw().execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    let mut bytes = fs::read(place.path()).unwrap();
    // The marks on the first page are kept and the rest is overwritten, so the schema is lost.
    bytes[100..4096].fill(0xee);
    fs::write(place.path(), &bytes).unwrap();
    let error = refused(&place.path()).await;
    assert_eq!(
        (error.kind, error.code.clone()),
        (PortErrorKind::Corrupt, ErrorCode::StoreCorrupt),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_database_of_another_program_is_refused() {
    let place = Place::new();
    for (name, sql) in [
        ("tables.db", "CREATE TABLE theirs (x)"),
        ("version.db", "PRAGMA user_version = 1"),
        ("application.db", "PRAGMA application_id = 7"),
    ] {
        let path = place.0.path().join(name);
        Connection::open(&path).unwrap().execute_batch(sql).unwrap();
        let error = refused(&path).await;
        assert_eq!(
            (error.kind, error.code.clone()),
            (PortErrorKind::Corrupt, ErrorCode::StoreCorrupt),
            "{name}: {error:?}"
        );
        assert!(error.message.contains("another program"), "{error}");
    }
}

#[tokio::test]
async fn a_folder_in_place_of_the_file_is_refused() {
    let place = Place::new();
    let path = place.0.path().join("folder.db");
    fs::create_dir(&path).unwrap();
    assert_eq!(refused(&path).await.code, ErrorCode::StoreUnreadable);
}

#[tokio::test]
async fn a_file_in_place_of_the_folder_is_refused() {
    let place = Place::new();
    fs::write(place.0.path().join("data"), "a file").unwrap();
    assert_eq!(refused(&place.path()).await.code, ErrorCode::StoreUnreadable);
}

#[tokio::test]
async fn an_empty_file_becomes_a_store() {
    let place = Place::new();
    let path = place.0.path().join("empty.db");
    fs::write(&path, "").unwrap();
    open(&path, "a").await.unwrap().insert(&sample_run(1)).await.unwrap();
}

#[test]
fn several_processes_can_create_the_store_at_the_same_time() {
    for _ in 0..5 {
        let place = Place::new();
        let made = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8)
                .map(|n| {
                    let path = place.path();
                    scope.spawn(move || {
                        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
                        runtime.block_on(async {
                            open(&path, &format!("r-{n}")).await?.insert(&sample_run(n)).await
                        })
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect::<Result<Vec<()>, _>>()
        });
        made.unwrap();
        let kept: i64 = place.raw().query_row("SELECT count(*) FROM run", [], |row| row.get(0)).unwrap();
        assert_eq!(kept, 8);
        for file in contents(place.path().parent().unwrap()).into_keys() {
            assert!(["lamplight.db", "-wal", "-shm"].iter().any(|end| file.ends_with(end)), "{file}");
        }
    }
}
