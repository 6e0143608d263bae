//! Removes a job. Its runs are kept.

use crate::{AppError, read_jobs::nearest};
use lamplight_domain::JobName;
use lamplight_ports::JobStore;

/// Removes a job. If it does not exist, the error suggests the most similar name.
pub async fn remove_job(jobs: &dyn JobStore, name: &JobName) -> Result<(), AppError> {
    if jobs.remove(name).await? {
        return Ok(());
    }
    Err(AppError::JobNotFound { name: name.clone(), nearest: nearest(jobs, name).await? })
}
