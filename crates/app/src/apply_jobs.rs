//! Creates and updates stored jobs from documents.

use crate::{AppError, JobDocument};
use lamplight_domain::JobName;
use lamplight_ports::{Connector, JobStore};
use std::collections::HashSet;

/// The result of applying one document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobChange {
    /// The job was created.
    Created,
    /// The job was updated.
    Configured,
    /// The job already was as the document says.
    Unchanged,
}

/// Applies job documents.
///
/// # Guarantees
/// - Every document is checked before the first job is written: if one is not valid, nothing changes.
/// - Applying the same documents again changes nothing.
/// - A concurrent change by somebody else is not overwritten: the result is a conflict. The documents before that one
///   remain applied.
pub async fn apply_jobs(
    connector: &dyn Connector,
    jobs: &dyn JobStore,
    documents: Vec<JobDocument>,
) -> Result<Vec<(JobName, JobChange)>, AppError> {
    let mut seen = HashSet::new();
    let mut checked = Vec::with_capacity(documents.len());
    for document in documents {
        if !seen.insert(document.name.clone()) {
            let problem = "more than one document defines this job".to_owned();
            return Err(AppError::Document { name: document.name.to_string(), problem });
        }
        let connection = connector.open(Some(&document.connection)).await?;
        let mut job = document.into_job(&*connection.platform)?;
        let stored = jobs.get(&job.name).await?;
        // A document is an edit: the next import keeps what it says.
        let imported = stored.as_ref().and_then(|stored| stored.job.imported.clone());
        job.imported = imported.map(|imported| imported.without_secrets(&job.parameters));
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
