//! The queue of several processes, and of processes that are killed. The tests start themselves again as these.

use crate::{
    durability::{itself, place_argument},
    support::Place,
};
use lamplight_conformance::samples::{finish, queued_run, sample_key, sample_run};
use lamplight_domain::{RunKey, RunState, RunnerId};
use lamplight_ports::{
    Bytes, ClaimRequest, ClaimedRun, Enqueued, OnceKey, Order, RunLimits, RunQueue, RunSelector, RunStore,
};
use lamplight_sqlite_adapter::{SqliteOptions, SqliteStore};
use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader},
    path::Path,
    process::Stdio,
};

async fn open(path: &Path, runner: &str) -> SqliteStore {
    SqliteStore::open(path, SqliteOptions { runner_id: RunnerId(runner.to_owned()) }).await.unwrap()
}

/// The order of a request with that number as its key.
fn order(n: u32) -> Order {
    let once = OnceKey { owner: "me".to_owned(), key: n.to_string(), digest: [7; 32] };
    Order { body: Bytes::from(n.to_string()), held_by: None, once: Some(once) }
}

/// Claims at most so many runs, of which at most two of a job may be under way.
async fn claim(store: &SqliteStore, runner: &str, most: u32, per_job: Option<u32>) -> Vec<ClaimedRun> {
    let (now, until) = (sample_run(0).intent.started_at, sample_run(600).intent.started_at);
    let limits = RunLimits { per_job, ..RunLimits::default() };
    let request = ClaimRequest { runner: RunnerId(runner.to_owned()), now, until, most, limits };
    store.claim(&request).await.unwrap()
}

#[tokio::test]
async fn processes_that_share_a_store_claim_different_runs() {
    const RUNS: u32 = 90;
    if let Some(path) = place_argument() {
        let runner = format!("child-{}", std::process::id());
        let store = open(&path, &runner).await;
        loop {
            let claimed = claim(&store, &runner, 4, None).await;
            if claimed.is_empty() {
                return;
            }
            for ClaimedRun { run, order } in claimed {
                println!("claimed {} {}", run.key(), String::from_utf8_lossy(&order));
            }
        }
    }
    let place = Place::new();
    let store = place.open("parent").await;
    for n in 0..RUNS {
        store.enqueue(&queued_run(n), &order(n)).await.unwrap();
    }
    let program = std::env::current_exe().unwrap();
    let name = "queue::processes_that_share_a_store_claim_different_runs";
    let start = |_| itself(&program, name, &place.path()).stdout(Stdio::piped()).spawn().unwrap();
    let children: Vec<_> = (0..3).map(start).collect();
    let mut claimed: BTreeMap<String, u32> = BTreeMap::new();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success());
        for line in String::from_utf8(output.stdout).unwrap().lines() {
            if let Some((key, n)) = line.strip_prefix("claimed ").and_then(|rest| rest.split_once(' ')) {
                let earlier = claimed.insert(key.to_owned(), n.parse().unwrap());
                assert_eq!(earlier, None, "{key} was claimed twice");
            }
        }
    }
    let expected = (0..RUNS).map(|n| (sample_key(n).to_string(), n));
    assert_eq!(claimed, expected.collect());
}

#[tokio::test]
async fn whenever_a_process_is_killed_each_key_has_made_at_most_one_run() {
    if let Some(path) = place_argument() {
        let store = open(&path, "writer").await;
        let queued = u32::try_from(store.queued().await.unwrap()).unwrap();
        for n in queued.. {
            store.enqueue(&queued_run(n), &order(n)).await.unwrap();
            println!("queued {n}");
        }
    }
    let place = Place::new();
    let name = "queue::whenever_a_process_is_killed_each_key_has_made_at_most_one_run";
    let program = std::env::current_exe().unwrap();
    for lines in [1, 3, 8, 21] {
        let mut child = itself(&program, name, &place.path()).stdout(Stdio::piped()).spawn().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let queued = output.filter_map(|line| line.strip_prefix("queued ").map(|n| n.parse().unwrap()));
        let returned: Vec<u32> = queued.take(lines).collect();
        // The child is in the middle of its next call now.
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(returned.len(), lines);
        let store = place.open("witness").await;
        for n in returned {
            let again = store.enqueue(&queued_run(1000 + n), &order(n)).await.unwrap();
            assert_eq!(again, Enqueued::Found(sample_key(n)));
        }
        // What was not confirmed is stored with its key and its order, or not at all.
        let queued = u32::try_from(store.queued().await.unwrap()).unwrap();
        assert_eq!(store.find(&RunSelector::Key(sample_key(queued))).await.unwrap(), None);
        let again = store.enqueue(&queued_run(2000), &order(queued - 1)).await.unwrap();
        assert_eq!(again, Enqueued::Found(sample_key(queued - 1)));
    }
}

/// A run whose record is damaged does not stop the others of its job; a run of a newer build is left to that build.
#[tokio::test]
async fn a_queued_run_that_cannot_be_read_is_passed_over() {
    for sql in ["record = '{'", "version = 9"] {
        let place = Place::new();
        let store = place.open("a").await;
        // One job.
        for n in [2, 6, 10] {
            store.enqueue(&queued_run(n), &order(n)).await.unwrap();
        }
        let first = format!("UPDATE run SET {sql} WHERE key = '{}'", sample_key(2));
        assert_eq!(place.raw().execute(&first, []).unwrap(), 1);
        let keys = |claimed: Vec<ClaimedRun>| -> Vec<RunKey> {
            claimed.into_iter().map(|claimed| claimed.run.key().clone()).collect()
        };
        assert_eq!(keys(claim(&store, "a", 1, Some(2)).await), [sample_key(6)], "{sql}");
        assert_eq!(keys(claim(&store, "a", 9, Some(2)).await), [sample_key(10)], "{sql}");
        assert_eq!(keys(claim(&store, "a", 9, None).await), [], "{sql}");
    }
}

/// Tables beside the runs hold only what is needed: an order goes when its run starts, and all goes with the run.
#[tokio::test]
async fn nothing_is_left_of_runs_that_ended_or_were_removed() {
    let place = Place::new();
    let store = place.open("a").await;
    let count = |table: &str| -> i64 {
        let sql = format!("SELECT count(*) FROM {table}");
        place.raw().query_row(&sql, [], |row| row.get(0)).unwrap()
    };
    for n in 0..8 {
        store.enqueue(&queued_run(n), &order(n)).await.unwrap();
    }
    assert_eq!((count("open_run"), count("once")), (8, 8));
    assert!(count("lane") > 1 && count("run_text") == 8);
    for claimed in claim(&store, "a", 9, None).await {
        let mut run = claimed.run;
        run.start(RunnerId("a".to_owned()), run.intent.started_at).unwrap();
        run.revision = store.update(&run, None).await.unwrap();
        if *run.key() != sample_key(3) {
            finish(&mut run, 1, RunState::Unknown);
            store.update(&run, None).await.unwrap();
        }
    }
    assert_eq!((count("open_run"), count("lane"), count("open_run WHERE body IS NOT NULL")), (1, 0, 0));
    for n in 0..8 {
        assert!(store.remove_run(&sample_key(n)).await.unwrap());
    }
    for table in ["run", "open_run", "lane", "once", "run_text", "response_part"] {
        assert_eq!(count(table), 0, "{table}");
    }
    assert!(count("rollup") > 0, "counts stay");
}
