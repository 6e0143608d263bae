//! Creates a job for a function.

use crate::{AppError, JobEdit, edit_job::edited};
use lamplight_domain::{ConnectionName, Job, JobName};
use lamplight_ports::{Connector, JobStore, StoredJob};

/// A job to create.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewJob {
    /// The job's name.
    pub name: JobName,
    /// The connection it runs on; `None` is the default connection.
    pub connection: Option<ConnectionName>,
    /// The function, in any format that the connection's provider accepts.
    pub function: String,
}

/// Creates a job without parameters and overrides, and then applies the edits to it.
///
/// # Guarantees
/// - A job that exists is not changed: the result is an error.
/// - The provider is not called: the function need not exist yet.
pub async fn create_job(
    connector: &dyn Connector,
    jobs: &dyn JobStore,
    new: NewJob,
    edits: Vec<JobEdit>,
) -> Result<StoredJob, AppError> {
    if jobs.get(&new.name).await?.is_some() {
        return Err(AppError::ExistsOtherwise {
            thing: format!("job {}", new.name),
            how: String::new(),
            hint: "edit it, or choose another name",
        });
    }
    let connection = connector.open(new.connection.as_ref()).await?;
    let function = connection.platform.parse_function(&new.function)?;
    // Until an edit adds a parameter, nothing says what the function takes.
    let job = Job { open: true, ..Job::new(new.name, connection.name.clone(), function) };
    let job = edited(job, edits)?;
    if let Some(qualifier) = &job.overrides.qualifier {
        connection.platform.parse_qualifier(qualifier.as_str())?;
    }
    let revision = jobs.put(&job, None).await?;
    Ok(StoredJob { job, revision })
}
