//! Guarantees about the order of claims and their limits.

use super::{at, claim_keys, find, order, request, runner};
use crate::{
    samples::{finish, queued_run, sample_connection, sample_job, sample_key, sample_run},
    stores::{Stores, StoresHarness},
};
use lamplight_domain::{Run, RunState};
use lamplight_ports::RunLimits;

/// Queues the sample runs, each with an order.
async fn enqueue(stores: &Stores, runs: impl IntoIterator<Item = u32>) {
    for n in runs {
        stores.queue.enqueue(&queued_run(n), &order("")).await.unwrap();
    }
}

fn keys<const N: usize>(runs: [u32; N]) -> Vec<lamplight_domain::RunKey> {
    runs.map(sample_key).into()
}

/// Starts a claimed run, or ends a running one.
async fn advance(stores: &Stores, n: u32) -> Run {
    let mut run = find(stores, n).await.unwrap();
    if run.state() == RunState::Queued {
        run.start(runner("a"), at(1)).unwrap();
    } else {
        finish(&mut run, n, RunState::FunctionFailed);
    }
    run.revision = stores.runs.update(&run, None).await.unwrap();
    run
}

/// A claim of no run gives none, and one of many gives what there is.
pub async fn a_claim_does_not_take_more_runs_than_asked(harness: &dyn StoresHarness) {
    let arranged = harness.arrange().await;
    enqueue(&arranged.here, 0..7).await;
    for (most, expected) in [(0, 0), (3, 3), (3, 3), (100, 1), (100, 0)] {
        let request = request("a", 0, 60, most, &RunLimits::default());
        assert_eq!(claim_keys(&arranged.elsewhere, &request).await.len(), expected);
    }
}

/// Of several jobs, the one with the fewest runs under way is next; of those, the one whose first run has waited
/// longest; and within a job the oldest run.
pub async fn a_long_queue_of_one_job_does_not_delay_another(harness: &dyn StoresHarness) {
    let arranged = harness.arrange().await;
    let (here, elsewhere) = (&arranged.here, &arranged.elsewhere);
    let none = RunLimits::default();
    // Runs 0, 4, 8, … belong to one job, and 2, 6, … to another. Odd ones are calls of three functions.
    enqueue(here, (0..80).filter(|n| n % 4 == 0)).await;
    assert_eq!(claim_keys(here, &request("a", 0, 60, 3, &none)).await, keys([0, 4, 8]));
    enqueue(here, [90, 82, 86]).await;
    // Functions on two connections: echo on demo twice, and adder on the other one.
    enqueue(here, [91, 97, 99]).await;
    let claimed = claim_keys(elsewhere, &request("a", 0, 60, 5, &none)).await;
    assert_eq!(claimed, keys([82, 91, 99, 86, 97]), "each lane gets one, then each a second one");
    let claimed = claim_keys(elsewhere, &request("b", 0, 60, 4, &none)).await;
    assert_eq!(claimed, keys([90, 12, 16, 20]));
    // What has ended no longer counts: one is under way for the first job now, and three for the second.
    for n in [0, 0, 4, 4, 8, 8, 12, 12, 16, 16] {
        advance(here, n).await;
    }
    enqueue(here, [94]).await;
    let claimed = claim_keys(elsewhere, &request("b", 0, 60, 4, &none)).await;
    assert_eq!(claimed, keys([24, 28, 32, 94]));
}

/// Limits per job and per connection are kept, those of a single one before the general one, and zero stops it.
pub async fn limits_of_jobs_and_connections_are_kept(harness: &dyn StoresHarness) {
    let limit = |n: u32| Some(n);
    let (first, second) = (sample_job(0).name, sample_job(1).name);
    let (demo, other) = (sample_connection(0), sample_connection(4));
    // By job: 20 runs of the first, 20 of the second and 40 calls of functions. By connection: 16 on the other one.
    for (limits, jobs, functions, on_other) in [
        (RunLimits::default(), (20, 20), 40, 16),
        (RunLimits { per_job: limit(2), ..RunLimits::default() }, (2, 2), 12, 7),
        (RunLimits { per_job: limit(0), ..RunLimits::default() }, (0, 0), 0, 0),
        (
            RunLimits { per_job: limit(0), jobs: [(first.clone(), 3)].into(), ..RunLimits::default() },
            (3, 0),
            0,
            1,
        ),
        (RunLimits { jobs: [(first.clone(), 0), (second, 3)].into(), ..RunLimits::default() }, (0, 3), 40, 8),
        (RunLimits { per_connection: limit(0), ..RunLimits::default() }, (0, 0), 0, 0),
        (
            RunLimits { per_connection: limit(0), connections: [(other, 5)].into(), ..RunLimits::default() },
            (1, 1),
            3,
            5,
        ),
        (
            RunLimits { per_job: limit(1), connections: [(demo, 2)].into(), ..RunLimits::default() },
            (1, 1),
            4,
            4,
        ),
    ] {
        let arranged = harness.arrange().await;
        let (here, elsewhere) = (&arranged.here, &arranged.elsewhere);
        enqueue(here, 0..80).await;
        let mut claimed = Vec::new();
        for (stores, most) in [(here, 1), (elsewhere, 4), (here, 200), (elsewhere, 1)] {
            claimed.extend(stores.queue.claim(&request("a", 0, 60, most, &limits)).await.unwrap());
        }
        let count =
            |filter: &dyn Fn(&Run) -> bool| claimed.iter().filter(|claimed| filter(&claimed.run)).count();
        let of_job = |n: u32| count(&|run| run.intent.job == Some(sample_job(n).name));
        let found = (
            (of_job(0), of_job(1)),
            count(&|run| run.intent.job.is_none()),
            count(&|run| run.intent.connection == sample_connection(4)),
        );
        assert!(limits_hold(&limits, claimed.iter().map(|claimed| &claimed.run)), "{limits:?}");
        assert_eq!(found, (jobs, functions, on_other), "{limits:?}");
    }
}

fn limits_hold<'a>(limits: &RunLimits, claimed: impl Iterator<Item = &'a Run>) -> bool {
    let (mut lanes, mut connections) = (std::collections::BTreeMap::new(), std::collections::BTreeMap::new());
    for run in claimed {
        *lanes.entry(lamplight_ports::Lane::of(run)).or_insert(0) += 1;
        *connections.entry(run.intent.connection.clone()).or_insert(0) += 1;
    }
    lanes.iter().all(|(lane, count)| limits.of_lane(lane).is_none_or(|limit| *count <= limit))
        && connections
            .iter()
            .all(|(name, count)| limits.of_connection(name).is_none_or(|limit| *count <= limit))
}

/// What is running counts until it ends, whoever runs it, and what is claimed counts until its lease ends.
pub async fn a_limit_counts_what_is_under_way_anywhere(harness: &dyn StoresHarness) {
    let arranged = harness.arrange().await;
    let (here, elsewhere) = (&arranged.here, &arranged.elsewhere);
    let limits = RunLimits { per_job: Some(2), ..RunLimits::default() };
    // One job; the first run was started without the queue.
    here.runs.insert(&sample_run(2)).await.unwrap();
    enqueue(here, [6, 10, 14, 18]).await;
    assert_eq!(claim_keys(here, &request("a", 0, 60, 9, &limits)).await, keys([6]));
    assert_eq!(claim_keys(elsewhere, &request("b", 59, 99, 9, &limits)).await, keys([]));
    // The lease of 6 ends, so it is the oldest one again.
    assert_eq!(claim_keys(elsewhere, &request("b", 60, 99, 9, &limits)).await, keys([6]));
    advance(here, 6).await;
    assert_eq!(claim_keys(here, &request("a", 10_000, 20_000, 9, &limits)).await, keys([]), "it runs");
    advance(here, 2).await;
    assert_eq!(claim_keys(elsewhere, &request("a", 10_000, 20_000, 9, &limits)).await, keys([10]));
    advance(here, 6).await;
    advance(here, 10).await;
    let lost = here.queue.heartbeat(&runner("a"), &[sample_key(10)], at(5)).await.unwrap();
    assert_eq!(lost, []);
    assert_eq!(claim_keys(here, &request("a", 10_000, 20_000, 9, &limits)).await, keys([14]));
}
