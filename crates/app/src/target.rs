//! Resolves what a user wants to run: a job, or a function on a connection.

use crate::{
    AppError,
    read_jobs::{all_jobs, nearest},
};
use lamplight_domain::{ConnectionName, ErrorCode, FunctionRef, Job, JobName, ParamName};
use lamplight_ports::{Connection, Connector, JobStore};

/// What to run.
#[derive(Debug, Clone)]
pub struct Target {
    /// The job, if the text is the name of one.
    pub job: Option<Job>,
    /// The function to call.
    pub function: FunctionRef,
    /// The connection to call it on.
    pub connection: Connection,
    /// Without a job: the parameters that jobs of the same function declare as secret.
    pub secret_names: Vec<ParamName>,
}

/// Resolves `text`: to the job with this name, or else to a function in any format that the connection's provider
/// accepts. With a connection, only jobs on that connection count.
///
/// # Guarantees
/// - The provider is not called.
pub async fn resolve_target(
    connector: &dyn Connector,
    jobs: &dyn JobStore,
    text: &str,
    connection: Option<&ConnectionName>,
) -> Result<Target, AppError> {
    if let Ok(name) = text.parse::<JobName>()
        && let Some(stored) = jobs.get(&name).await?
        && connection.is_none_or(|wanted| *wanted == stored.job.connection)
    {
        let connection = connector.open(Some(&stored.job.connection)).await?;
        let function = stored.job.function.clone();
        return Ok(Target { function, job: Some(stored.job), connection, secret_names: Vec::new() });
    }
    let connection = match (connector.open(connection).await, connection, text.parse::<JobName>()) {
        (Ok(connection), _, _) => connection,
        // Without a connection the text cannot be a function, so a job was meant.
        (Err(error), None, Ok(name)) if error.code == ErrorCode::RegionMissing => {
            tracing::debug!(%error, "no connection to look for a function on");
            return Err(AppError::JobNotFound { nearest: nearest(jobs, &name).await?, name });
        }
        (Err(error), _, _) => return Err(error.into()),
    };
    let function = connection.platform.parse_function(text)?;
    let secret_names = secret_names(jobs, &function).await?;
    Ok(Target { job: None, function, connection, secret_names })
}

/// The parameters that jobs of a function declare as secret, on any connection.
async fn secret_names(jobs: &dyn JobStore, function: &FunctionRef) -> Result<Vec<ParamName>, AppError> {
    let all = all_jobs(jobs).await?;
    let same = all.iter().filter(|stored| stored.job.function.name == function.name);
    let secret = same.flat_map(|stored| stored.job.parameters.iter()).filter(|parameter| parameter.secret);
    Ok(secret.map(|parameter| parameter.name.clone()).collect())
}
