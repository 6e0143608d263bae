//! Writing jobs as documents.

use crate::{AppError, JobDocument, all_jobs, show_job};
use lamplight_domain::JobName;
use lamplight_ports::JobStore;

/// The documents of the named jobs, in that order; of all jobs where none is named.
pub async fn export_jobs(jobs: &dyn JobStore, names: &[JobName]) -> Result<Vec<JobDocument>, AppError> {
    if names.is_empty() {
        return Ok(all_jobs(jobs).await?.into_iter().map(|stored| stored.job.into()).collect());
    }
    let mut documents = Vec::with_capacity(names.len());
    for name in names {
        documents.push(show_job(jobs, name).await?.job.into());
    }
    Ok(documents)
}
