//! Guarantees about claims and leases.

use super::{at, claim_keys, claim_one, find, order, request, runner};
use crate::{
    run_store::{run_in, running},
    samples::{finish, queued_run, sample_key, sample_run, sample_runner},
    stores::StoresHarness,
};
use lamplight_domain::{Evidence, EvidenceKind, Outcome, RunState};
use lamplight_ports::{PortErrorKind, RunLimits, RunSelector};
use std::collections::BTreeSet;
use tokio::task::JoinSet;

/// A claim returns the run of a job that was queued first, with its runner, its lease and its new revision, and no run
/// in another state. Runs that were inserted without an order are claimed too.
pub async fn a_claim_gives_the_oldest_free_run(harness: &dyn StoresHarness) {
    let arranged = harness.arrange().await;
    let (here, elsewhere) = (&arranged.here, &arranged.elsewhere);
    assert_eq!(claim_one(here, "a", 0, 60).await, None);
    for (n, state) in (10..).zip(RunState::ALL) {
        here.runs.insert(&run_in(n, state)).await.unwrap();
    }
    // All belong to one job, as run 10 does, which is queued too.
    for n in [26, 6, 22] {
        here.queue.enqueue(&queued_run(n), &order(&format!("order {n}"))).await.unwrap();
    }
    for (n, body) in [(6, "order 6"), (10, ""), (22, "order 22"), (26, "order 26")] {
        let claimed = claim_one(elsewhere, "a", 0, 60).await.unwrap();
        let mut expected = queued_run(n);
        expected.claim(runner("a")).unwrap();
        expected.revision = expected.revision.next();
        expected.lease_until = Some(at(60));
        assert_eq!((&claimed.run, &claimed.order[..]), (&expected, body.as_bytes()));
        assert_eq!(find(here, n).await, Some(expected));
    }
    assert_eq!(claim_one(here, "b", 0, 60).await, None);
}

/// Runners that claim at the same time each get different runs, and no run is given out twice.
pub async fn concurrent_claims_get_different_runs(harness: &dyn StoresHarness) {
    let arranged = harness.arrange().await;
    for n in 0..24 {
        arranged.here.queue.enqueue(&queued_run(n), &order("")).await.unwrap();
    }
    let mut tasks = JoinSet::new();
    for n in 0..20 {
        let stores = if n % 2 == 0 { &arranged.here } else { &arranged.elsewhere }.clone();
        let request = request(&format!("r-{n}"), 0, 60, 1 + n % 3, &RunLimits::default());
        tasks.spawn(async move { stores.queue.claim(&request).await.unwrap() });
    }
    let claimed: Vec<_> = tasks.join_all().await.into_iter().flatten().collect();
    let keys: BTreeSet<_> = claimed.iter().map(|claimed| claimed.run.key().clone()).collect();
    assert_eq!((claimed.len(), keys), (24, (0..24).map(sample_key).collect()));
    for claimed in claimed {
        let kept = arranged.here.runs.find(&RunSelector::Key(claimed.run.key().clone())).await.unwrap();
        assert_eq!(kept, Some(claimed.run), "the claim returned what is stored");
    }
}

/// A queued run whose lease has ended can be claimed again, and its earlier runner can no longer write. A run that has
/// started is never given out again, even if its lease has ended.
pub async fn a_claim_ends_with_its_lease_and_never_once_the_run_has_started(harness: &dyn StoresHarness) {
    let arranged = harness.arrange().await;
    let (here, elsewhere) = (&arranged.here, &arranged.elsewhere);
    here.queue.enqueue(&queued_run(1), &order("body")).await.unwrap();
    let mut early = claim_one(here, "early", 0, 60).await.unwrap().run;
    assert_eq!(claim_one(here, "late", 59, 200).await, None);
    let late = claim_one(elsewhere, "late", 60, 200).await.unwrap();
    assert_eq!(late.order, "body", "the order is given out again");
    let mut late = late.run;
    assert_eq!((late.runner(), late.lease_until), (Some(&runner("late")), Some(at(200))));
    early.start(runner("early"), at(61)).unwrap();
    assert_eq!(here.runs.update(&early, None).await.unwrap_err().kind, PortErrorKind::Conflict);
    let lost = here.queue.heartbeat(&runner("early"), &[sample_key(1)], at(300)).await.unwrap();
    assert_eq!(lost, [sample_key(1)]);
    late.start(runner("late"), at(61)).unwrap();
    late.revision = here.runs.update(&late, None).await.unwrap();
    assert_eq!(find(elsewhere, 1).await, Some(late.clone()), "an update does not change the lease");
    for now in [200, 100_000] {
        assert_eq!(claim_one(here, "other", now, 200_000).await, None);
    }
    assert_eq!(running(&*here.runs).await, [late]);
    // A runner whose lease has expired may still start its run if nobody else has claimed it.
    here.queue.enqueue(&queued_run(2), &order("")).await.unwrap();
    let mut slow = claim_one(here, "slow", 0, 60).await.unwrap().run;
    slow.start(runner("slow"), at(61)).unwrap();
    elsewhere.runs.update(&slow, None).await.unwrap();
    assert_eq!(claim_one(here, "other", 62, 200_000).await, None);
}

/// A run that was rejected or removed while it was queued or claimed is not claimed, and its lane goes on with the next
/// one.
pub async fn a_run_that_ended_or_was_removed_is_not_claimed(harness: &dyn StoresHarness) {
    let arranged = harness.arrange().await;
    let (here, elsewhere) = (&arranged.here, &arranged.elsewhere);
    // One job.
    for n in [2, 6, 10, 14, 18, 22] {
        here.queue.enqueue(&queued_run(n), &order("")).await.unwrap();
    }
    assert_eq!(here.queue.queued().await.unwrap(), 6);
    let reject = async |n: u32| {
        let mut run = find(here, n).await.unwrap();
        run.conclude(Outcome::new(RunState::Rejected, Evidence::of(EvidenceKind::NotSent), at(30))).unwrap();
        here.runs.update(&run, None).await.unwrap();
    };
    // The first and the third, which wait.
    reject(2).await;
    reject(10).await;
    assert!(elsewhere.runs.remove_run(&sample_key(14)).await.unwrap());
    assert_eq!(here.queue.queued().await.unwrap(), 3);
    let claimed = claim_one(elsewhere, "a", 0, 60).await.unwrap().run;
    assert_eq!(*claimed.key(), sample_key(6));
    // A claimed one.
    reject(6).await;
    let limits = RunLimits { per_job: Some(1), ..RunLimits::default() };
    assert_eq!(claim_keys(here, &request("a", 1, 60, 9, &limits)).await, [sample_key(18)]);
    assert!(here.runs.remove_run(&sample_key(18)).await.unwrap());
    assert_eq!(claim_keys(here, &request("a", 2, 60, 9, &limits)).await, [sample_key(22)]);
    assert_eq!(claim_one(here, "b", 61, 90).await.unwrap().run.key(), &sample_key(22));
    assert_eq!(claim_one(here, "b", 62, 90).await, None);
    assert_eq!(here.queue.queued().await.unwrap(), 1);
}

/// A heartbeat extends the leases of the runner's own runs until they have outcomes, and names the others. It changes
/// nothing else, and a run that has ended has no lease.
pub async fn a_heartbeat_extends_the_leases_of_its_own_runs(harness: &dyn StoresHarness) {
    let arranged = harness.arrange().await;
    let (here, elsewhere) = (&arranged.here, &arranged.elsewhere);
    let own = sample_runner();
    let absent = here.queue.heartbeat(&own, &[sample_key(1), sample_key(2)], at(60)).await.unwrap();
    assert_eq!(absent, [sample_key(1), sample_key(2)]);
    // A run that was never queued can have a lease too.
    let mut run = sample_run(1);
    here.runs.insert(&run).await.unwrap();
    let keys = [sample_key(1)];
    assert_eq!(here.queue.heartbeat(&runner("other"), &keys, at(60)).await.unwrap(), keys);
    assert_eq!(find(elsewhere, 1).await, Some(run.clone()));
    for end in [60, 120, 90] {
        let lost = elsewhere.queue.heartbeat(&own, &[sample_key(7), sample_key(1)], at(end)).await.unwrap();
        assert_eq!(lost, [sample_key(7)]);
        run.lease_until = Some(at(end));
        assert_eq!(find(here, 1).await, Some(run.clone()));
    }
    finish(&mut run, 1, RunState::Succeeded);
    run.revision = here.runs.update(&run, None).await.unwrap();
    assert_eq!(here.queue.heartbeat(&own, &keys, at(900)).await.unwrap(), keys);
    assert_eq!((run.lease_until, find(here, 1).await), (None, Some(run)));
    // A run that is claimed but not started stays claimed until its lease ends.
    here.queue.enqueue(&queued_run(2), &order("")).await.unwrap();
    let claimed = claim_one(here, "a", 0, 60).await.unwrap().run;
    let keys = [claimed.key().clone()];
    assert_eq!(here.queue.heartbeat(&runner("a"), &keys, at(120)).await.unwrap(), []);
    assert_eq!(claim_one(here, "b", 60, 200).await, None);
    assert!(claim_one(here, "b", 120, 200).await.is_some());
    // A lease that has expired and that nobody else has taken can be extended.
    let stopped = RunLimits { per_job: Some(0), ..RunLimits::default() };
    assert_eq!(claim_keys(here, &request("c", 201, 300, 1, &stopped)).await, []);
    assert_eq!(elsewhere.queue.heartbeat(&runner("b"), &keys, at(400)).await.unwrap(), []);
    assert_eq!(claim_one(here, "c", 399, 500).await, None);
    assert!(claim_one(here, "c", 400, 500).await.is_some());
    assert_eq!(here.queue.heartbeat(&runner("b"), &keys, at(900)).await.unwrap(), keys);
}
