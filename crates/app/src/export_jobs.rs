//! The jobs that are to be written as documents.

use crate::{AppError, all_jobs, show_job};
use lamplight_domain::JobName;
use lamplight_ports::{JobStore, StoredJob};

/// The named jobs, in that order; all jobs where none is named.
pub async fn export_jobs(jobs: &dyn JobStore, names: &[JobName]) -> Result<Vec<StoredJob>, AppError> {
    if names.is_empty() {
        return all_jobs(jobs).await;
    }
    let mut chosen = Vec::with_capacity(names.len());
    for name in names {
        chosen.push(show_job(jobs, name).await?);
    }
    Ok(chosen)
}
