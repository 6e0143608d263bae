//! Reads jobs.

use crate::AppError;
use lamplight_domain::JobName;
use lamplight_ports::{JobStore, PageRequest, StoredJob, StoredPage};

/// Reads a page of jobs, sorted by name.
pub async fn list_jobs(jobs: &dyn JobStore, page: &PageRequest) -> Result<StoredPage<StoredJob>, AppError> {
    Ok(jobs.list(page).await?)
}

/// Reads all jobs, sorted by name, and names those that cannot be read.
pub async fn all_jobs(jobs: &dyn JobStore) -> Result<StoredPage<StoredJob>, AppError> {
    let (mut all, mut page) = (StoredPage::default(), PageRequest::default());
    loop {
        let next = jobs.list(&page).await?;
        all.items.extend(next.items);
        all.damaged.extend(next.damaged);
        page.marker = next.next_marker;
        if page.marker.is_none() {
            return Ok(all);
        }
    }
}

/// Reads one job. If it does not exist, the error suggests the most similar name.
pub async fn show_job(jobs: &dyn JobStore, name: &JobName) -> Result<StoredJob, AppError> {
    match jobs.get(name).await? {
        Some(stored) => Ok(stored),
        None => Err(AppError::JobNotFound { name: name.clone(), nearest: nearest(jobs, name).await? }),
    }
}

pub(crate) async fn nearest(jobs: &dyn JobStore, name: &JobName) -> Result<Option<JobName>, AppError> {
    let all = all_jobs(jobs).await?;
    let meant =
        lamplight_domain::nearest(name.as_str(), all.items.iter().map(|stored| stored.job.name.as_str()));
    Ok(meant.and_then(|meant| meant.parse().ok()))
}
