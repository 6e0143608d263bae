//! What every adapter of [`RunHistory`](lamplight_ports::RunHistory) must do.

mod changes;
mod counts;
mod jobs;

pub use changes::{
    a_note_is_kept_with_its_run_and_changes_no_state, changes_are_in_order_and_give_each_run_once,
    waiting_ends_with_a_change_of_any_process,
};
pub use counts::{
    an_outcome_that_is_replaced_is_counted_once, charts_are_limited_to_what_is_asked,
    outcomes_are_counted_by_start_state_and_duration, removed_runs_stay_counted,
};
pub use jobs::{
    a_foreign_job_marker_is_refused, jobs_are_filtered_and_counted, jobs_are_listed_by_their_latest_runs,
    the_latest_run_of_a_job_follows_its_runs,
};

/// Expands to one test per guarantee, run through `Arc<dyn RunHistory>`, as callers hold the port. The argument is an
/// expression that creates a [`StoresHarness`](crate::stores::StoresHarness); the crate needs `tokio` with its macros and
/// multi-thread runtime as a dev-dependency.
#[macro_export]
macro_rules! run_history {
    ($harness:expr) => {
        $crate::run_history!(@each $harness;
            outcomes_are_counted_by_start_state_and_duration,
            charts_are_limited_to_what_is_asked,
            an_outcome_that_is_replaced_is_counted_once,
            removed_runs_stay_counted,
            jobs_are_listed_by_their_latest_runs,
            jobs_are_filtered_and_counted,
            the_latest_run_of_a_job_follows_its_runs,
            a_foreign_job_marker_is_refused,
            changes_are_in_order_and_give_each_run_once,
            waiting_ends_with_a_change_of_any_process,
            a_note_is_kept_with_its_run_and_changes_no_state,
        );
    };
    (@each $harness:expr; $($guarantee:ident,)*) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $guarantee() {
                $crate::run_history::$guarantee(&$harness).await;
            }
        )*
    };
}
