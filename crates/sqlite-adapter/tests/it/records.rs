//! Damaged records and records of a newer build are refused one by one and not changed.

use crate::support::{Place, list};
use lamplight_conformance::samples::{finish, sample_job, sample_key, sample_run};
use lamplight_domain::{ErrorCode, Revision, RunKey, RunState};
use lamplight_ports::{
    Damaged, JobStore, PageRequest, PortError, PortErrorKind, RunFilter, RunSelector, RunStore,
};
use lamplight_sqlite_adapter::SqliteStore;

/// Three running runs, the second of which `sql` makes newer or damages.
async fn runs(sql: &str) -> (Place, std::sync::Arc<SqliteStore>) {
    let place = Place::new();
    let store = place.open("a").await;
    for n in 1..=3 {
        store.insert(&sample_run(n)).await.unwrap();
    }
    let sql = format!("UPDATE run SET {sql} WHERE key = '{}'", sample_key(2));
    assert_eq!(place.raw().execute(&sql, []).unwrap(), 1);
    (place, store)
}

const NEWER: &str = "version = 4, record = replace(record, '{\"version\":3', '{\"version\":4')";
const DAMAGED: &str = "record = '{\"version\":1'";

fn is(error: &PortError, code: ErrorCode) {
    assert_eq!((error.kind, error.code.clone()), (PortErrorKind::Corrupt, code), "{error:?}");
    assert!(error.message.contains("run ") || error.message.contains("job "), "{error}");
    assert!(error.hint.is_some(), "{error:?}");
}

#[tokio::test]
async fn a_run_that_cannot_be_read_does_not_affect_others() {
    for (sql, code) in [(NEWER, ErrorCode::RecordNewer), (DAMAGED, ErrorCode::RecordDamaged)] {
        let (place, store) = runs(sql).await;
        let dump = || -> String {
            place.raw().query_row("SELECT record FROM run WHERE id = 2", [], |row| row.get(0)).unwrap()
        };
        let before = dump();
        let error = store.find(&RunSelector::Key(sample_key(2))).await.unwrap_err();
        is(&error, code.clone());
        assert!(error.message.contains(sample_key(2).as_str()));
        is(&store.find(&RunSelector::KeyPrefix(sample_key(2).to_string())).await.unwrap_err(), code);
        // The others are found, also in lists; a list shows the columns of the one that cannot be read.
        assert_eq!(store.find(&RunSelector::Latest).await.unwrap(), Some(sample_run(3)));
        assert_eq!(list(&store).await.len(), 3);
        let running = store.running(&PageRequest::default()).await.unwrap();
        assert_eq!(running.items, [sample_run(1), sample_run(3)]);
        let [damaged] = running.damaged.as_slice() else { panic!("{running:?}") };
        assert_eq!(damaged.name, sample_key(2).as_str());
        assert!(damaged.reason.contains("damaged") || damaged.reason.contains("version 4"), "{damaged:?}");
        assert_eq!(dump(), before);
    }
}

#[tokio::test]
async fn a_newer_run_is_not_overwritten() {
    let (place, store) = runs(NEWER).await;
    let mut run = sample_run(2);
    finish(&mut run, 2, RunState::Succeeded);
    is(&store.update(&run, Some("{}".into())).await.unwrap_err(), ErrorCode::RecordNewer);
    let error = store.insert(&run).await.unwrap_err();
    assert_eq!(error.kind, PortErrorKind::Conflict);
    let (version, state): (u32, String) = place
        .raw()
        .query_row("SELECT version, state FROM run WHERE id = 2", [], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap();
    assert_eq!((version, state.as_str()), (4, "running"));
}

/// Whatever a column holds, the run is named and the others are listed, also where a page ends beside it.
#[tokio::test]
async fn lists_name_a_run_whose_row_cannot_be_read() {
    for sql in [
        "version = 4, state = 'dreaming'",
        "state = ''",
        "function = ''",
        "function = 'a b'",
        "function = CAST(x'ff' AS TEXT)",
        "job = '/'",
        "connection = 'a b'",
        "request_id = CAST(x'ff00' AS TEXT)",
        "invocation_type = 'Sometimes'",
        "ended_at = 9223372036854775807",
    ] {
        let (_place, store) = runs(sql).await;
        for size in [1, 2, 1000] {
            let (keys, damaged) = walk(&store, size).await;
            assert_eq!(keys, [sample_key(3), sample_key(1)], "{sql}");
            let [damaged] = damaged.as_slice() else { panic!("{sql}: {damaged:?}") };
            assert_eq!(damaged.name, sample_key(2).as_str(), "{sql}");
            assert!(!damaged.reason.is_empty(), "{sql}");
        }
    }
    let (_place, store) = runs("key = 'NOT A KEY'").await;
    let (keys, damaged) = walk(&store, 1).await;
    assert_eq!((keys.len(), damaged[0].name.as_str()), (2, "NOT A KEY"));
}

/// All keys of a list, and all damaged runs.
async fn walk(store: &SqliteStore, size: u32) -> (Vec<RunKey>, Vec<Damaged>) {
    let (mut keys, mut damaged, mut page) = (Vec::new(), Vec::new(), PageRequest::first(size));
    loop {
        let next = RunStore::list(store, &RunFilter::default(), &page).await.unwrap();
        keys.extend(next.items.into_iter().map(|run| run.key));
        damaged.extend(next.damaged);
        page.marker = next.next_marker;
        if page.marker.is_none() {
            return (keys, damaged);
        }
    }
}

#[tokio::test]
async fn a_damaged_run_can_be_removed_and_a_newer_one_cannot() {
    let (_place, store) = runs(DAMAGED).await;
    assert!(store.remove_run(&sample_key(2)).await.unwrap());
    assert_eq!(list(&store).await.len(), 2);
    let (_place, store) = runs(NEWER).await;
    is(&store.remove_run(&sample_key(2)).await.unwrap_err(), ErrorCode::RecordNewer);
    assert_eq!(list(&store).await.len(), 3);
}

#[tokio::test]
async fn a_response_with_a_missing_part_is_an_error() {
    let place = Place::new();
    let store = place.open("a").await;
    let mut run = sample_run(1);
    store.insert(&run).await.unwrap();
    finish(&mut run, 1, RunState::Succeeded);
    run.revision = store.update(&run, Some(vec![b'x'; 600_000].into())).await.unwrap();
    place.raw().execute("DELETE FROM response_part WHERE part = 1", []).unwrap();
    is(&store.response(run.key()).await.unwrap_err(), ErrorCode::RecordDamaged);
    assert_eq!(store.find(&RunSelector::Key(sample_key(1))).await.unwrap(), Some(run));
}

#[tokio::test]
async fn a_newer_job_is_refused_and_not_overwritten() {
    let place = Place::new();
    let store = place.open("a").await;
    for n in 1..=3 {
        store.put(&sample_job(n), None).await.unwrap();
    }
    let sql = "UPDATE job SET version = 4, record = replace(record, '{\"version\":3', '{\"version\":4') \
               WHERE name = 'job-002'";
    assert_eq!(place.raw().execute(sql, []).unwrap(), 1);
    let name = sample_job(2).name;
    is(&store.get(&name).await.unwrap_err(), ErrorCode::RecordNewer);
    is(&store.put(&sample_job(2), Some(Revision::FIRST)).await.unwrap_err(), ErrorCode::RecordNewer);
    is(&store.remove(&name).await.unwrap_err(), ErrorCode::RecordNewer);
    assert_eq!(store.put(&sample_job(2), None).await.unwrap_err().kind, PortErrorKind::Conflict);
    let listed = JobStore::list(&*store, &PageRequest::default()).await.unwrap();
    assert_eq!(listed.damaged[0].name, "job-002");
    let names: Vec<_> = listed.items.iter().map(|stored| stored.job.name.as_str()).collect();
    assert_eq!(names, ["job-001", "job-003"]);
}
