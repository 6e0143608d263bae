//! Records the current time limit of a function in the jobs that call it.

use crate::{AppError, all_jobs};
use lamplight_domain::{ConnectionName, Function, JobName};
use lamplight_ports::{JobStore, PortErrorKind};

/// Records the time limit of a function's unpublished version in its jobs, and returns those that were changed. Jobs that
/// call a version or an alias are left out, because published versions keep their settings.
///
/// # Guarantees
/// - Nothing else of a job changes. A job that somebody else changes at the same time is left as it is.
pub async fn refresh_jobs(
    jobs: &dyn JobStore,
    connection: &ConnectionName,
    function: &Function,
) -> Result<Vec<JobName>, AppError> {
    let current = function.to_ref();
    let mut refreshed = Vec::new();
    for stored in all_jobs(jobs).await?.items {
        let mut job = stored.job;
        let is_unqualified = job.overrides.qualifier.is_none() && job.function.qualifier.is_none();
        let is_called = job.connection == *connection && job.function.name == current.name && is_unqualified;
        if !is_called || job.function.timeout_seconds == current.timeout_seconds {
            continue;
        }
        job.function.timeout_seconds = current.timeout_seconds;
        match jobs.put(&job, Some(stored.revision)).await {
            Ok(_) => refreshed.push(job.name),
            Err(error) if error.kind == PortErrorKind::Conflict => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(refreshed)
}
