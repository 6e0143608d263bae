//! The form in which jobs leave and enter: what people write, with the function as one text.

use crate::AppError;
use lamplight_domain::{ConnectionName, Job, JobName, Overrides, ParameterList, Platform};
use serde::{Deserialize, Serialize};

/// A job as a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JobDocument {
    /// The job's name.
    pub name: JobName,
    /// The connection it runs on.
    pub connection: ConnectionName,
    /// The function, in any form that the connection's provider reads.
    pub function: String,
    /// The function's own time limit in seconds, where discovery has recorded it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_seconds: Option<u32>,
    /// The function's processor architecture, where discovery has recorded it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub architecture: Option<String>,
    /// What the job is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whether running it twice does what running it once does; workflow retries go by it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub idempotent: bool,
    /// What it sets in place of the connection's defaults.
    #[serde(default, skip_serializing_if = "is_default")]
    pub overrides: Overrides,
    /// Its typed parameters.
    #[serde(default, skip_serializing_if = "ParameterList::is_empty")]
    pub parameters: ParameterList,
}

fn is_default(overrides: &Overrides) -> bool {
    *overrides == Overrides::default()
}

impl From<Job> for JobDocument {
    fn from(job: Job) -> Self {
        let function = match &job.function.qualifier {
            Some(qualifier) => format!("{}:{qualifier}", job.function.reference),
            None => job.function.reference,
        };
        Self {
            name: job.name,
            connection: job.connection,
            function,
            timeout_seconds: job.function.timeout_seconds,
            architecture: job.function.architecture,
            description: job.description,
            idempotent: job.idempotent,
            overrides: job.overrides,
            parameters: job.parameters,
        }
    }
}

impl JobDocument {
    /// The job that the document describes, with its function read by `platform`.
    pub(crate) fn into_job(self, platform: &dyn Platform) -> Result<Job, AppError> {
        let name = self.name.to_string();
        let wrong = |problem: String| AppError::Document { name: name.clone(), problem };
        let mut function =
            platform.parse_function(&self.function).map_err(|error| wrong(error.to_string()))?;
        if let Some(qualifier) = &self.overrides.qualifier {
            platform.parse_qualifier(qualifier.as_str()).map_err(|error| wrong(error.to_string()))?;
        }
        function.timeout_seconds = self.timeout_seconds;
        function.architecture = self.architecture;
        let job = Job {
            name: self.name,
            connection: self.connection,
            function,
            description: self.description,
            parameters: self.parameters,
            overrides: self.overrides,
            idempotent: self.idempotent,
        };
        crate::edit_job::check_overrides(&job).map_err(|error| wrong(error.to_string()))?;
        Ok(job)
    }
}
