//! Resolves what a user wants to run: a job, or a function on a connection.

use crate::{
    AppError,
    read_jobs::{all_jobs, nearest},
    show_job,
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

/// What a user wants to run, as the user named it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TargetName<'a> {
    /// The job with this name if there is one, else a function.
    Any(&'a str),
    /// The job with this name. Without one, it is an error.
    Job(&'a str),
    /// A function, even if a job has its name.
    Function(&'a str),
}

impl<'a> From<&'a str> for TargetName<'a> {
    fn from(text: &'a str) -> Self {
        Self::Any(text)
    }
}

/// Resolves a name: to a job, or to a function in any format that the connection's provider accepts. With another
/// connection than its own, a job is called on that connection, with its parameters and settings: the function there has
/// the same name.
///
/// # Guarantees
/// - The provider is not called.
/// - If another job on the given connection may be meant as well, it is an error that names both.
pub async fn resolve_target(
    connector: &dyn Connector,
    jobs: &dyn JobStore,
    name: impl Into<TargetName<'_>>,
    connection: Option<&ConnectionName>,
) -> Result<Target, AppError> {
    let text = match name.into() {
        TargetName::Any(text) => {
            if let Ok(name) = text.parse::<JobName>()
                && let Some(stored) = jobs.get(&name).await?
            {
                check_only_one_is_meant(jobs, &stored.job, connection).await?;
                return call_job(connector, stored.job, connection).await;
            }
            text
        }
        TargetName::Job(text) => {
            let stored = show_job(jobs, &text.parse()?).await?;
            return call_job(connector, stored.job, connection).await;
        }
        TargetName::Function(text) => text,
    };
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
    let same = all.items.iter().filter(|stored| stored.job.function.name == function.name);
    let secret = same.flat_map(|stored| stored.job.parameters.iter()).filter(|parameter| parameter.secret);
    Ok(secret.map(|parameter| parameter.name.clone()).collect())
}

async fn call_job(
    connector: &dyn Connector,
    job: Job,
    connection: Option<&ConnectionName>,
) -> Result<Target, AppError> {
    let connection = connector.open(Some(connection.unwrap_or(&job.connection))).await?;
    let function = if connection.name == job.connection {
        job.function.clone()
    } else {
        // The full reference and the time limit are those of the job's own account and region.
        FunctionRef {
            qualifier: job.function.qualifier.clone(),
            ..connection.platform.parse_function(job.function.name.as_str())?
        }
    };
    Ok(Target { function, job: Some(job), connection, secret_names: Vec::new() })
}

/// Refuses a job of another connection if a job on this one calls the function of the same name.
async fn check_only_one_is_meant(
    jobs: &dyn JobStore,
    job: &Job,
    connection: Option<&ConnectionName>,
) -> Result<(), AppError> {
    let Some(connection) = connection.filter(|connection| **connection != job.connection) else {
        return Ok(());
    };
    let others: Vec<JobName> = all_jobs(jobs)
        .await?
        .items
        .into_iter()
        .map(|stored| stored.job)
        .filter(|other| other.connection == *connection && other.function.name == job.function.name)
        .map(|other| other.name)
        .collect();
    if others.is_empty() {
        return Ok(());
    }
    Err(AppError::AmbiguousJob {
        name: job.name.clone(),
        own: job.connection.clone(),
        connection: connection.clone(),
        others,
    })
}
