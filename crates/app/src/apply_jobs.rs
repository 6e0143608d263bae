//! Making stored jobs what their documents say.

use crate::{AppError, JobDocument};
use lamplight_domain::JobName;
use lamplight_ports::{Connector, JobStore};
use std::collections::HashSet;

/// What became of one document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobChange {
    /// The job is new.
    Created,
    /// The job was changed.
    Configured,
    /// The job was that already.
    Unchanged,
}

/// Applies documents.
///
/// # Guarantees
/// - Every document is checked before the first is written: a wrong one changes nothing at all.
/// - Applying twice changes nothing the second time.
/// - A change that another makes meanwhile is not overwritten: that is a conflict, and the documents before it
///   stay applied.
pub async fn apply_jobs(
    connector: &dyn Connector,
    jobs: &dyn JobStore,
    documents: Vec<JobDocument>,
) -> Result<Vec<(JobName, JobChange)>, AppError> {
    let mut seen = HashSet::new();
    let mut checked = Vec::with_capacity(documents.len());
    for document in documents {
        if !seen.insert(document.name.clone()) {
            let problem = "stands in more than one document".to_owned();
            return Err(AppError::Document { name: document.name.to_string(), problem });
        }
        let connection = connector.open(Some(&document.connection)).await?;
        let job = document.into_job(&*connection.platform)?;
        let stored = jobs.get(&job.name).await?;
        checked.push((job, stored));
    }
    let mut applied = Vec::with_capacity(checked.len());
    for (job, stored) in checked {
        let outcome = match stored {
            None => {
                jobs.put(&job, None).await?;
                JobChange::Created
            }
            Some(stored) if stored.job == job => JobChange::Unchanged,
            Some(stored) => {
                jobs.put(&job, Some(stored.revision)).await?;
                JobChange::Configured
            }
        };
        applied.push((job.name, outcome));
    }
    Ok(applied)
}
