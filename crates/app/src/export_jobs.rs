//! Selects the jobs to export as documents.

use crate::{AppError, all_jobs, show_job};
use lamplight_domain::JobName;
use lamplight_ports::{JobStore, StoredJob};

/// The jobs with these names, in this order; all jobs if `names` is empty.
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
