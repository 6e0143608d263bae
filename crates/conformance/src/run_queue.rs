//! What every adapter of [`RunQueue`](lamplight_ports::RunQueue) must do.

mod claims;
mod fairness;
mod model;
mod orders;

pub use claims::{
    a_claim_ends_with_its_lease_and_never_once_the_run_has_started, a_claim_gives_the_oldest_free_run,
    a_heartbeat_extends_the_leases_of_its_own_runs, a_run_that_ended_or_was_removed_is_not_claimed,
    concurrent_claims_get_different_runs,
};
pub use fairness::{
    a_claim_does_not_take_more_runs_than_asked, a_limit_counts_what_is_under_way_anywhere,
    a_long_queue_of_one_job_does_not_delay_another, limits_of_jobs_and_connections_are_kept,
};
pub use model::any_sequence_of_calls_behaves_like_a_map;
pub use orders::{
    a_held_run_goes_to_its_holder_only, a_key_makes_one_run, a_queued_run_is_stored_with_its_order,
    a_taken_run_key_is_a_conflict_and_keeps_nothing, concurrent_requests_with_one_key_make_one_run,
};

use crate::{
    samples::{EPOCH, sample_key},
    stores::Stores,
};
use lamplight_domain::{Run, RunKey, RunnerId, Timestamp};
use lamplight_ports::{Bytes, ClaimRequest, ClaimedRun, Order, RunLimits, RunSelector};
use std::time::Duration;

/// Expands to one test per guarantee, run through `Arc<dyn RunQueue>`, as callers hold the port. The argument is an
/// expression that creates a [`StoresHarness`](crate::stores::StoresHarness); the crate needs `tokio` with its macros and
/// multi-thread runtime as a dev-dependency.
#[macro_export]
macro_rules! run_queue {
    ($harness:expr) => {
        $crate::run_queue!(@each $harness;
            a_queued_run_is_stored_with_its_order,
            a_taken_run_key_is_a_conflict_and_keeps_nothing,
            a_key_makes_one_run,
            concurrent_requests_with_one_key_make_one_run,
            a_held_run_goes_to_its_holder_only,
            a_claim_gives_the_oldest_free_run,
            a_claim_does_not_take_more_runs_than_asked,
            concurrent_claims_get_different_runs,
            a_claim_ends_with_its_lease_and_never_once_the_run_has_started,
            a_run_that_ended_or_was_removed_is_not_claimed,
            a_heartbeat_extends_the_leases_of_its_own_runs,
            limits_of_jobs_and_connections_are_kept,
            a_limit_counts_what_is_under_way_anywhere,
            a_long_queue_of_one_job_does_not_delay_another,
        );

        #[test]
        fn any_sequence_of_calls_behaves_like_a_map() {
            $crate::run_queue::any_sequence_of_calls_behaves_like_a_map(&$harness);
        }
    };
    (@each $harness:expr; $($guarantee:ident,)*) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $guarantee() {
                $crate::run_queue::$guarantee(&$harness).await;
            }
        )*
    };
}

/// The time this many seconds after the first sample run began.
fn at(seconds: u64) -> Timestamp {
    EPOCH.parse::<Timestamp>().unwrap() + Duration::from_secs(seconds)
}

fn runner(name: &str) -> RunnerId {
    RunnerId(name.to_owned())
}

/// An order that any runner can make.
fn order(body: &str) -> Order {
    Order { body: Bytes::copy_from_slice(body.as_bytes()), held_by: None, once: None }
}

/// A request at that second for leases until the other one.
fn request(who: &str, now: u64, until: u64, most: u32, limits: &RunLimits) -> ClaimRequest {
    ClaimRequest { runner: runner(who), now: at(now), until: at(until), most, limits: limits.clone() }
}

/// Claims one run without limits.
async fn claim_one(stores: &Stores, who: &str, now: u64, until: u64) -> Option<ClaimedRun> {
    let request = request(who, now, until, 1, &RunLimits::default());
    let mut claimed = stores.queue.claim(&request).await.unwrap();
    assert!(claimed.len() <= 1);
    claimed.pop()
}

/// The keys of the runs that a claim gives.
async fn claim_keys(stores: &Stores, request: &ClaimRequest) -> Vec<RunKey> {
    stores.queue.claim(request).await.unwrap().into_iter().map(|claimed| claimed.run.key().clone()).collect()
}

async fn find(stores: &Stores, n: u32) -> Option<Run> {
    stores.runs.find(&RunSelector::Key(sample_key(n))).await.unwrap()
}
