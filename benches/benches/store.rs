//! The embedded store compared with plain rusqlite: recording intents, by one and by many writers, and reading pages of a
//! million runs.
//!
//! The baseline stores the same record with the same SQLite settings, in one table with one index, and commits each insert
//! by itself, like a program without a dedicated writer thread.
#![expect(clippy::unwrap_used, reason = "a bench ends by panicking")]

use criterion::{Criterion, criterion_group, criterion_main};
use lamplight_benches::compare;
use lamplight_conformance::samples::sample_run;
use lamplight_domain::{Run, RunState, RunnerId};
use lamplight_ports::{PageRequest, RunFilter, RunStore, record};
use lamplight_sqlite_adapter::{SqliteOptions, SqliteStore};
use rusqlite::{Connection, params};
use std::{
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
    thread,
    time::Duration,
};
use tokio::{runtime::Runtime, task::JoinSet};

/// How many intents each writer records in one measurement.
const EACH: u32 = 4;
const RUNS: u32 = 1_000_000;
const PAGE: u32 = 100;

fn new_run() -> Run {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    sample_run(NEXT.fetch_add(1, Ordering::Relaxed))
}

fn open(runtime: &Runtime, folder: &Path) -> Arc<SqliteStore> {
    let options = SqliteOptions { runner_id: RunnerId("bench".to_owned()) };
    Arc::new(runtime.block_on(SqliteStore::open(&folder.join("ours.db"), options)).unwrap())
}

fn plain(folder: &Path) -> Connection {
    let connection = Connection::open(folder.join("plain.db")).unwrap();
    let settings = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 250;
        CREATE TABLE run (key TEXT NOT NULL PRIMARY KEY, started_at INTEGER NOT NULL, record TEXT NOT NULL) STRICT;
        CREATE INDEX run_by_start ON run (started_at);";
    connection.execute_batch(settings).unwrap();
    connection
}

fn insert_plain(connection: &Connection, run: &Run) {
    let record = record::write(run).unwrap();
    let values = params![run.key().as_str(), run.intent.started_at.as_microsecond(), record];
    connection.execute("INSERT INTO run VALUES (?1, ?2, ?3)", values).unwrap();
}

fn insert_at_once(runtime: &Runtime, store: &Arc<SqliteStore>, writers: u32) {
    runtime.block_on(async {
        let mut tasks = JoinSet::new();
        for _ in 0..writers {
            let store = Arc::clone(store);
            tasks.spawn(async move {
                for _ in 0..EACH {
                    store.insert(&new_run()).await.unwrap();
                }
            });
        }
        tasks.join_all().await;
    });
}

fn insert_plain_at_once(connection: &Mutex<Connection>, writers: u32) {
    thread::scope(|scope| {
        for _ in 0..writers {
            scope.spawn(|| {
                for _ in 0..EACH {
                    let run = new_run();
                    insert_plain(&connection.lock().unwrap(), &run);
                }
            });
        }
    });
}

fn intents(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().unwrap();
    let runtime = Runtime::new().unwrap();
    let store = open(&runtime, folder.path());
    let connection = Mutex::new(plain(folder.path()));
    let mut group = criterion.benchmark_group("store");
    group.sample_size(10).warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(2));
    let alone = || runtime.block_on(store.insert(&new_run())).unwrap();
    let plain_alone = || insert_plain(&connection.lock().unwrap(), &new_run());
    group.bench_function("intent/lamplight", |b| b.iter(alone));
    group.bench_function("intent/rusqlite", |b| b.iter(plain_alone));
    compare("store/one intent", "a plain rusqlite insert", 0.5, alone, plain_alone);
    for (writers, target) in [(16, 1.5), (256, 3.0)] {
        let together = || insert_at_once(&runtime, &store, writers);
        let plain_together = || insert_plain_at_once(&connection, writers);
        group.bench_function(format!("{writers} writers/lamplight"), |b| b.iter(together));
        group.bench_function(format!("{writers} writers/rusqlite"), |b| b.iter(plain_together));
        let what = format!("store/{} intents of {writers} writers at once", writers * EACH);
        compare(&what, "plain rusqlite inserts", target, together, plain_together);
    }
    group.finish();
}

/// Fills the store with runs of a hundred jobs, started a millisecond apart. One in a thousand runs is Unknown.
fn fill(path: &Path) {
    let connection = Connection::open(path).unwrap();
    connection
        .execute(
            "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?1)
             INSERT INTO run (key, version, revision, job, function, state, started_at, ended_at, record, connection)
             SELECT format('%012d', i), 2, 2, format('job-%d', i % 100), format('function-%d', i % 100),
                 iif(i % 1000 = 7, 'unknown', 'succeeded'), i * 1000, i * 1000 + 500, '{}', 'demo' FROM n",
            [RUNS],
        )
        .unwrap();
}

fn pages(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().unwrap();
    let runtime = Runtime::new().unwrap();
    let store = open(&runtime, folder.path());
    runtime.block_on(store.insert(&new_run())).unwrap();
    let path = folder.path().join("ours.db");
    fill(&path);
    let connection = Connection::open(path).unwrap();
    let mut group = criterion.benchmark_group("store");
    group.sample_size(10).warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(2));
    let list = |filter: &RunFilter, marker: Option<&str>| {
        let page = PageRequest { marker: marker.map(str::to_owned), size: PAGE };
        let page = runtime.block_on(RunStore::list(&*store, filter, &page)).unwrap();
        assert_eq!(page.items.len(), PAGE as usize);
    };
    let plain_list = |condition: &str, offset: u32| {
        let sql = format!(
            "SELECT key, job, function, request_id, state, started_at, ended_at FROM run {condition} \
             ORDER BY started_at DESC, key DESC LIMIT {PAGE} OFFSET {offset}"
        );
        let mut select = connection.prepare(&sql).unwrap();
        let rows = select.query_map([], |row| row.get::<_, String>(0)).unwrap();
        assert_eq!(rows.count(), PAGE as usize);
    };
    let everything = RunFilter::default();
    let of_job = RunFilter { job: Some("job-7".parse().unwrap()), ..RunFilter::default() };
    let unknown = RunFilter { state: Some(RunState::Unknown), ..RunFilter::default() };
    for (name, filter, condition, marker, offset, target) in [
        ("the first page", &everything, "", None, 0, 0.3),
        ("the last page", &everything, "", Some("100000.000000000100"), RUNS - PAGE, 20.0),
        ("a page of one job", &of_job, "WHERE job = 'job-7'", Some("500000000.000000500000"), 5000, 2.0),
        ("the unknown ones", &unknown, "WHERE state = 'unknown'", None, 0, 0.3),
    ] {
        group.bench_function(format!("{name}/lamplight"), |b| b.iter(|| list(filter, marker)));
        group.bench_function(format!("{name}/rusqlite"), |b| b.iter(|| plain_list(condition, offset)));
        let what = format!("store/{name} of {RUNS} runs");
        compare(
            &what,
            "rusqlite with OFFSET",
            target,
            || list(filter, marker),
            || plain_list(condition, offset),
        );
    }
    group.finish();
}

criterion_group!(benches, intents, pages);
criterion_main!(benches);
