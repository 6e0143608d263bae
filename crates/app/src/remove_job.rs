//! Removing a job; its runs stay.

use crate::{AppError, read_jobs::nearest};
use lamplight_domain::JobName;
use lamplight_ports::JobStore;

/// Removes a job; an absent one is an error that names the nearest.
pub async fn remove_job(jobs: &dyn JobStore, name: &JobName) -> Result<(), AppError> {
    if jobs.remove(name).await? {
        return Ok(());
    }
    Err(AppError::JobNotFound { name: name.clone(), nearest: nearest(jobs, name).await? })
}
