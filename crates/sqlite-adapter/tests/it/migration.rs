//! Opening a store of version 1 migrates it and keeps its contents.

use crate::support::{Place, list, running};
use lamplight_conformance::samples::{sample_key, sample_run};
use lamplight_domain::{Histogram, InvocationType, Run, RunKey, RunState, RunnerId, Scope, Timestamp};
use lamplight_ports::{
    BucketLength, ChangeNumber, ChartRequest, ClaimRequest, JobFilter, JobStore, PageRequest, RunFilter,
    RunHistory, RunLimits, RunQueue, RunSelector, RunStore, RunSummary,
};
use lamplight_sqlite_adapter::SqliteStore;
use rusqlite::{Connection, params};
use std::fs;

const SCHEMA_V1: &str = include_str!("../../migrations/0001_runs_and_jobs.sql");
const SCHEMA_V2: &str = include_str!("../../migrations/0002_claims_and_pages.sql");
const RUN_V2: &str = include_str!("../../../ports/tests/it/records/run_v2.json");
const RUN_V1: &str = include_str!("../../../ports/tests/it/records/run_v1.json");
const JOB_V1: &str = include_str!("../../../ports/tests/it/records/job_v1.json");

/// A store of version 1 with an ended run, a running one, a damaged one, and a job.
fn store_v1(place: &Place) {
    fs::create_dir_all(place.path().parent().unwrap()).unwrap();
    let old = Connection::open(place.path()).unwrap();
    old.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(())).unwrap();
    old.execute_batch(SCHEMA_V1).unwrap();
    let application_id = i64::from(u32::from_be_bytes(*b"LMPL"));
    old.execute_batch(&format!("PRAGMA application_id = {application_id}; PRAGMA user_version = 1")).unwrap();
    let mut going: serde_json::Value = serde_json::from_str(RUN_V1).unwrap();
    let body = going["body"].as_object_mut().unwrap();
    body["key"] = "0199-going".into();
    body["state"] = "running".into();
    for absent in ["evidence", "request_id", "error", "ended_at"] {
        body[absent] = serde_json::Value::Null;
    }
    let ended_at = Some(1_767_323_048_623_457_i64);
    for (key, state, record, ended_at) in [
        ("0199c0de-0000-7000-8000-000000000001", "function_failed", RUN_V1, ended_at),
        ("0199-going", "running", &going.to_string(), None),
        ("damaged", "succeeded", "{\"version\":1", ended_at),
    ] {
        let sql = "INSERT INTO run (key, version, revision, job, function, request_id, state, started_at, ended_at, \
            response_bytes, record) VALUES (?1, 1, 2, 'nightly', 'echo', NULL, ?2, 1767323046123456, ?4, NULL, ?3)";
        old.execute(sql, params![key, state, record, ended_at]).unwrap();
    }
    let response =
        "UPDATE run SET response_bytes = 2 WHERE id = 1; INSERT INTO response_part VALUES (1, 0, x'7b7d')";
    old.execute_batch(response).unwrap();
    old.execute("INSERT INTO job VALUES ('job-001', 1, 4, ?1)", [JOB_V1]).unwrap();
}

async fn filtered(store: &SqliteStore, filter: RunFilter) -> Vec<RunSummary> {
    RunStore::list(store, &filter, &PageRequest::default()).await.unwrap().items
}

#[tokio::test]
async fn a_store_of_version_1_is_migrated_without_loss() {
    let place = Place::new();
    store_v1(&place);
    let store = place.open("a").await;
    let version: i64 = place.raw().pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    assert_eq!(version, 4);
    assert_eq!(list(&store).await.len(), 3);
    let key: RunKey = "0199c0de-0000-7000-8000-000000000001".parse().unwrap();
    let run = store.find(&RunSelector::Key(key.clone())).await.unwrap().unwrap();
    assert_eq!((run.state(), run.attempts.len(), run.revision.0), (RunState::FunctionFailed, 2, 2));
    assert_eq!(store.response(&key).await.unwrap().unwrap(), "{}");
    let types: Vec<_> = list(&store).await.into_iter().map(|run| run.invocation_type).collect();
    assert_eq!(types.iter().filter(|found| **found == Some(InvocationType::RequestResponse)).count(), 2);
    // Values that are columns now were taken from the records; nothing is known about the damaged record.
    let by_connection = RunFilter { connection: Some("demo".parse().unwrap()), ..RunFilter::default() };
    assert_eq!(filtered(&store, by_connection).await.len(), 2);
    let [going] = <[_; 1]>::try_from(running(&store).await).unwrap();
    assert_eq!(
        (going.key().as_str(), going.runner()),
        ("0199-going", Some(&RunnerId("runner-1".to_owned())))
    );
    let lost =
        store.heartbeat(going.runner().unwrap(), &[going.key().clone()], going.intent.started_at).await;
    assert_eq!(lost.unwrap(), []);
    check_history(&store, &key).await;
    let job = store.get(&"job-001".parse().unwrap()).await.unwrap().unwrap();
    assert_eq!((job.revision.0, job.job.idempotent), (4, false));
    // New records have version 3; the old ones are not rewritten.
    store.update(&run, None).await.unwrap();
    store.insert(&sample_run(5)).await.unwrap();
    let versions = "SELECT group_concat(version, ' ') FROM (SELECT version FROM run ORDER BY id)";
    let versions: String = place.raw().query_row(versions, [], |row| row.get(0)).unwrap();
    assert_eq!(versions, "3 1 1 3");
    assert_eq!(store.find(&RunSelector::Key(key)).await.unwrap().unwrap().attempts, run.attempts);
}

/// The runs and jobs of the old store are counted, found by their text, and in the queue.
async fn check_history(store: &SqliteStore, failed: &RunKey) {
    let time = |text: &str| text.parse::<Timestamp>().unwrap();
    let day = ChartRequest {
        job: Some("nightly".parse().unwrap()),
        connection: Some("demo".parse().unwrap()),
        scope: Scope::default(),
        since: time("2026-01-02T12:00:00Z"),
        until: time("2026-01-02T12:00:00Z"),
        bucket: BucketLength::Day,
    };
    let chart = store.chart(&day).await.unwrap();
    let [bucket] = chart.as_slice() else { panic!("{chart:?}") };
    assert_eq!((bucket.state, bucket.durations.count()), (RunState::FunctionFailed, 1));
    assert_eq!(bucket.durations.quantile_ms(0.5), Some(Histogram::upper_ms(46)), "2.5 seconds");
    for (text, expected) in [("nightly valueerr", 1), ("0199c0de", 1), ("echo", 2), ("load", 0)] {
        let filter = RunFilter { text: Some(text.to_owned()), ..RunFilter::default() };
        assert_eq!(filtered(store, filter).await.len(), expected, "{text}");
    }
    let by_word = JobFilter { text: Some("job".to_owned()), ..JobFilter::default() };
    let jobs = store.jobs(&by_word, &PageRequest::default()).await.unwrap();
    assert_eq!((jobs.items.len(), jobs.items[0].stored.job.name.as_str()), (1, "job-001"));
    // All three runs have numbers, and new ones follow.
    assert_eq!(store.last_change().await.unwrap(), ChangeNumber(3));
    let changes = store.changes(ChangeNumber(0), 9).await.unwrap();
    assert_eq!((changes.len(), &changes[0].1.key), (3, failed));
    // A run that goes on counts.
    let mut intent = sample_run(6).intent;
    intent.job = Some("nightly".parse().unwrap());
    store.insert(&Run::queue(intent)).await.unwrap();
    let limits = RunLimits { per_job: Some(1), ..RunLimits::default() };
    let now = sample_run(6).intent.started_at;
    let request = ClaimRequest { runner: RunnerId("a".to_owned()), now, until: now, most: 9, limits };
    assert_eq!(store.claim(&request).await.unwrap(), []);
    assert!(store.remove_run(&sample_key(6)).await.unwrap());
}

#[tokio::test]
async fn a_store_of_version_2_is_brought_up_to_date() {
    let place = Place::new();
    fs::create_dir_all(place.path().parent().unwrap()).unwrap();
    let old = Connection::open(place.path()).unwrap();
    old.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(())).unwrap();
    old.execute_batch(SCHEMA_V1).unwrap();
    old.execute_batch(SCHEMA_V2).unwrap();
    let application_id = i64::from(u32::from_be_bytes(*b"LMPL"));
    old.execute_batch(&format!("PRAGMA application_id = {application_id}; PRAGMA user_version = 2")).unwrap();
    let sql = "INSERT INTO run (key, version, revision, function, state, started_at, ended_at, record, connection) \
        VALUES ('0199c0de-0000-7000-8000-000000000000', 2, 1, 'adder', 'function_failed', 1767323045123456, 1, ?1, 'demo')";
    old.execute(sql, [RUN_V2]).unwrap();
    let store = place.open("a").await;
    let [run] = <[_; 1]>::try_from(list(&store).await).unwrap();
    assert_eq!(run.invocation_type, Some(InvocationType::RequestResponse));
    assert_eq!(run.connection.unwrap().as_str(), "demo");
}

#[tokio::test]
async fn a_store_of_version_1_can_be_opened_concurrently() {
    let place = Place::new();
    store_v1(&place);
    std::thread::scope(|scope| {
        for n in 0..6 {
            let place = &place;
            scope.spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
                runtime.block_on(async {
                    assert_eq!(list(&place.open(&format!("r-{n}")).await.clone()).await.len(), 3);
                });
            });
        }
    });
}
