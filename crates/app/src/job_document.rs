//! Job documents: the format in which users write jobs, with the function as one text.

use crate::AppError;
use lamplight_domain::{ConnectionName, Job, JobName, Overrides, ParameterList, Platform};
use serde::Deserialize;

/// A job as a document.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JobDocument {
    /// The job's name.
    pub name: JobName,
    /// The connection it runs on.
    pub connection: ConnectionName,
    /// The function, in any format that the connection's provider accepts.
    pub function: String,
    /// The function's timeout in seconds, if discovery has recorded it.
    #[serde(default)]
    pub timeout_seconds: Option<u32>,
    /// The function's processor architecture, if discovery has recorded it.
    #[serde(default)]
    pub architecture: Option<String>,
    /// What the job is for.
    #[serde(default)]
    pub description: Option<String>,
    /// Whether running the job twice has the same effect as running it once; only workflow retries use this.
    #[serde(default)]
    pub idempotent: bool,
    /// Whether a run may have arguments that the parameters do not declare.
    #[serde(default)]
    pub open: bool,
    /// The settings that override the connection's defaults.
    #[serde(default)]
    pub overrides: Overrides,
    /// The typed parameters.
    #[serde(default)]
    pub parameters: ParameterList,
}

impl JobDocument {
    /// Converts the document to a job. `platform` parses the function and the qualifier.
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
            open: self.open,
            imported: None,
            overrides: self.overrides,
            idempotent: self.idempotent,
        };
        crate::edit_job::check_overrides(&job).map_err(|error| wrong(error.to_string()))?;
        Ok(job)
    }
}
