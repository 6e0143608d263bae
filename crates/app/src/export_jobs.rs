//! Selects the jobs to export as documents.

use crate::{AppError, all_jobs, show_job};
use lamplight_domain::JobName;
use lamplight_ports::{JobStore, StoredJob, StoredPage};

/// The jobs with these names, in this order; all jobs, with those that cannot be read, if `names` is empty.
pub async fn export_jobs(jobs: &dyn JobStore, names: &[JobName]) -> Result<StoredPage<StoredJob>, AppError> {
    if names.is_empty() {
        return all_jobs(jobs).await;
    }
    let mut chosen = StoredPage::default();
    for name in names {
        chosen.items.push(show_job(jobs, name).await?);
    }
    Ok(chosen)
}
