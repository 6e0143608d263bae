//! The use cases: one file per verb. Only this crate decides in which order effects happen.
//!
//! Fronts parse their input, call a use case and render the result. Use cases access the outside world only through the
//! ports that they are given: no terminal, no file system, no environment, no provider.
#![deny(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod access;
mod apply_jobs;
mod auth_gate;
mod begin_run;
mod cancel_run;
mod conclude;
mod create_job;
mod discover;
mod doctor;
mod edit_job;
mod error;
mod export_jobs;
mod follow_run;
mod import_functions;
mod job_document;
mod list_runs;
pub mod manage;
mod monitor;
mod note_run;
mod prepare_run;
mod progress;
mod prune_runs;
mod queue_order;
mod read_jobs;
mod record_outcome;
mod refresh_jobs;
mod remove_job;
mod remove_run;
mod run_queue;
mod save_job;
mod settle_runs;
mod show_run;
mod target;

pub use access::{
    AccessPorts, NewToken, SignedIn, authenticate, create_login_link, create_token, find_session,
    revoke_token, sign_in_with_link, sign_in_with_token, sign_out,
};
pub use apply_jobs::{JobChange, apply_jobs};
pub use auth_gate::{AUTH_PATIENCE, AuthGate};
pub use begin_run::{BegunRun, begin_queued_run, begin_run};
pub use cancel_run::{CancelOutcome, cancel_run};
pub use create_job::{NewJob, create_job};
pub use discover::{DiscoverRequest, Discovery, discover};
pub use doctor::{Check, CheckName, CheckOutcome, DoctorPorts, DoctorRequest, DoctorTarget, doctor};
pub use edit_job::{JobEdit, ParameterEdit, edit_job, edit_job_revision};
pub use error::AppError;
pub use export_jobs::export_jobs;
pub use follow_run::{EndedRun, follow_run, start_run};
pub use import_functions::{Import, ImportRequest, ImportedFunction, import_functions};
pub use job_document::JobDocument;
pub use list_runs::list_runs;
pub use monitor::monitor_url;
pub use note_run::note_run;
pub use prepare_run::{EventSource, PreparedRun, References, RunRequest, prepare_run};
pub use progress::{NoProgress, ProgressObserver, RunProgress};
pub use prune_runs::{count_prunable_runs, prune_runs};
pub use read_jobs::{all_jobs, list_jobs, show_job};
pub use record_outcome::Recording;
pub use refresh_jobs::refresh_jobs;
pub use remove_job::remove_job;
pub use remove_run::{removable_run, remove_run};
pub use run_queue::{QueuePorts, QueueRunner, QueueSettings, Submitted, settle_queue};
pub use save_job::save_job;
pub use settle_runs::{Settled, settle_runs};
pub use show_run::{FoundRun, RunName, find_run, show_run};
pub use target::{Target, TargetName, resolve_target};

/// Cancels use cases that wait.
pub use tokio_util::sync::CancellationToken;
