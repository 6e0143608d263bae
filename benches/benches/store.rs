//! The embedded store compared with plain rusqlite: recording intents, by one and by many writers, making queued runs, and
//! reading pages, searches, jobs and charts of a million runs.
//!
//! The baseline stores the same record with the same SQLite settings, in one table with one index, and commits each insert
//! by itself, like a program without a dedicated writer thread.
#![expect(clippy::unwrap_used, reason = "a bench ends by panicking")]

use criterion::{Criterion, criterion_group, criterion_main};
use lamplight_benches::compare;
use lamplight_conformance::samples::{finish, queued_run, sample_job, sample_run};
use lamplight_domain::{Job, Run, RunState, RunnerId, Scope, Timestamp};
use lamplight_ports::{
    BucketLength, Bytes, ChartRequest, ClaimRequest, JobFilter, JobStore, Order, PageRequest, RunFilter,
    RunHistory, RunLimits, RunQueue, RunStore, record,
};
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

/// Queues a run, and makes a run from its claim to its end.
async fn make_run(store: Arc<SqliteStore>, order: Order) {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    store.enqueue(&queued_run(NEXT.fetch_add(1, Ordering::Relaxed)), &order).await.unwrap();
    let (now, until) = (sample_run(0).intent.started_at, Timestamp::MAX);
    let runner = RunnerId("bench".to_owned());
    let request = ClaimRequest { runner: runner.clone(), now, until, most: 1, limits: RunLimits::default() };
    // Each task that has queued a run makes one, whichever it is.
    let mut run = store.claim(&request).await.unwrap().remove(0).run;
    run.start(runner, now).unwrap();
    run.revision = store.update(&run, None).await.unwrap();
    finish(&mut run, 1, RunState::Succeeded);
    store.update(&run, Some(Bytes::from_static(b"{\"sum\":3}"))).await.unwrap();
}

/// Queues runs, and makes each of them from its claim to its end, many at once.
fn queue(criterion: &mut Criterion) {
    const AT_ONCE: u32 = 64;
    let folder = tempfile::tempdir().unwrap();
    let runtime = Runtime::new().unwrap();
    let store = open(&runtime, folder.path());
    let connection = Mutex::new(plain(folder.path()));
    let order = Order { body: Bytes::from_static(b"{\"a\":1}"), held_by: None, once: None };
    let ours = || {
        runtime.block_on(async {
            let mut tasks = JoinSet::new();
            for _ in 0..AT_ONCE {
                tasks.spawn(make_run(Arc::clone(&store), order.clone()));
            }
            tasks.join_all().await;
        });
    };
    // An insert and three updates of the same record, each of which is synced by itself.
    let plain = || {
        thread::scope(|scope| {
            for _ in 0..AT_ONCE {
                scope.spawn(|| {
                    let run = new_run();
                    insert_plain(&connection.lock().unwrap(), &run);
                    for _ in 0..3 {
                        let record = record::write(&run).unwrap();
                        let values = params![run.key().as_str(), record];
                        let update = "UPDATE run SET record = ?2 WHERE key = ?1";
                        connection.lock().unwrap().execute(update, values).unwrap();
                    }
                });
            }
        });
    };
    let mut group = criterion.benchmark_group("store");
    group.sample_size(10).warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(3));
    group.bench_function(format!("{AT_ONCE} queued runs/lamplight"), |b| b.iter(ours));
    group.bench_function(format!("{AT_ONCE} queued runs/rusqlite"), |b| b.iter(plain));
    let what = format!("store/{AT_ONCE} runs from queue to end at once");
    compare(&what, "four plain rusqlite writes each", 1.5, ours, plain);
    group.finish();
}

/// Fills the store with runs of a hundred jobs, started a millisecond apart, with their texts and their counts. One in a
/// thousand runs is Unknown.
fn fill(path: &Path) {
    let connection = Connection::open(path).unwrap();
    connection
        .execute(
            "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?1)
             INSERT INTO run (key, version, revision, job, function, state, started_at, ended_at, record, connection,
                 change, place)
             SELECT format('%012d', i), 2, 2, format('job-%d', i % 100), format('function-%d', i % 100),
                 iif(i % 1000 = 7, 'unknown', 'succeeded'), i * 1000, i * 1000 + 500, '{}', 'demo',
                 i + 100, i * 1024000 FROM n",
            [RUNS],
        )
        .unwrap();
    connection
        .execute_batch(
            "UPDATE last_change SET number = 2000000;
             INSERT INTO run_text (rowid, key, job, function, connection, error, state)
             SELECT place, key, job, function, connection, '', iif(state = 'unknown', 'unknown', '') FROM run
             WHERE change >= 100;
             INSERT INTO word SELECT value FROM json_each('[\"job\", \"function\", \"demo\"]')
             WHERE value NOT IN (SELECT word FROM word);
             WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 99)
             INSERT INTO word SELECT i FROM n WHERE CAST(i AS TEXT) NOT IN (SELECT word FROM word);
             WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 719)
             INSERT INTO rollup SELECT 0, 3600, '', i * 3600000000, '', state.value, bin.value, 1000
             FROM n, json_each('[\"succeeded\", \"unknown\"]') AS state, json_each('[1, 5, 9, 13, 17, 21]') AS bin;",
        )
        .unwrap();
}

/// Stores ten thousand jobs, a hundred of which have runs.
fn add_jobs(runtime: &Runtime, store: &Arc<SqliteStore>) {
    runtime.block_on(async {
        let mut tasks = JoinSet::new();
        for n in 0..10_000 {
            let store = Arc::clone(store);
            tasks.spawn(async move {
                let job = Job { name: format!("job-{n}").parse().unwrap(), ..sample_job(n) };
                store.put(&job, None).await.unwrap();
            });
        }
        tasks.join_all().await;
    });
}

/// What a front shows of a million runs beside pages of them.
fn overviews(criterion: &mut Criterion, runtime: &Runtime, store: &Arc<SqliteStore>) {
    add_jobs(runtime, store);
    let mut group = criterion.benchmark_group("store");
    group.sample_size(10).warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(2));
    let chart = ChartRequest {
        job: None,
        connection: None,
        scope: Scope::default(),
        since: Timestamp::UNIX_EPOCH,
        until: Timestamp::UNIX_EPOCH + Duration::from_hours(719),
        bucket: BucketLength::Hour,
    };
    let (all, page) = (JobFilter::default(), PageRequest::first(50));
    let words = JobFilter { text: Some("job-77".to_owned()), ..JobFilter::default() };
    group.bench_function("30 days of hours", |b| b.iter(|| runtime.block_on(store.chart(&chart)).unwrap()));
    group.bench_function("a page of 10,000 jobs", |b| {
        b.iter(|| runtime.block_on(RunHistory::jobs(&**store, &all, &page)).unwrap());
    });
    group.bench_function("a search of 10,000 jobs", |b| {
        b.iter(|| runtime.block_on(RunHistory::jobs(&**store, &words, &page)).unwrap());
    });
    group.bench_function("counts of 10,000 jobs", |b| {
        b.iter(|| runtime.block_on(store.count_jobs(&all)).unwrap());
    });
    group.finish();
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
    let unknown = RunFilter { states: vec![RunState::Unknown], ..RunFilter::default() };
    let common = RunFilter { text: Some("dem".to_owned()), ..RunFilter::default() };
    let rare = RunFilter {
        states: vec![RunState::Unknown],
        text: Some("function-7".to_owned()),
        ..RunFilter::default()
    };
    let scoped = Scope {
        jobs: Some((0..50).map(|n| format!("job-{n}").parse().unwrap()).collect()),
        connections: None,
    };
    let scoped = RunFilter {
        scope: scoped,
        states: vec![RunState::Unknown, RunState::Succeeded],
        ..RunFilter::default()
    };
    for (name, filter, condition, marker, offset, target) in [
        ("the first page", &everything, "", None, 0, 0.3),
        ("the last page", &everything, "", Some("100000.000000000100"), RUNS - PAGE, 20.0),
        ("a page of one job", &of_job, "WHERE job = 'job-7'", Some("500000000.000000500000"), 5000, 2.0),
        ("the unknown ones", &unknown, "WHERE state = 'unknown'", None, 0, 0.3),
        ("a search for a common word", &common, "WHERE connection LIKE 'dem%'", None, 0, 0.3),
        (
            "a search in one state",
            &rare,
            "WHERE state = 'unknown' AND function LIKE 'function-7%'",
            None,
            0,
            0.3,
        ),
        ("a scope of 50 jobs", &scoped, "WHERE CAST(substr(job, 5) AS INTEGER) < 50", None, 0, 0.3),
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
    overviews(criterion, &runtime, &store);
}

criterion_group!(benches, intents, queue, pages);
criterion_main!(benches);
