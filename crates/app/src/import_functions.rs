//! Making jobs of discovered functions, with their environment as suggested parameters.

use crate::AppError;
use lamplight_domain::{Function, Job, JobName, suggest_parameters};
use lamplight_ports::{Connection, JobStore};

/// What became of one function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Import {
    /// A job was made.
    Created(JobName),
    /// A job of this function exists; what discovery knows of the function was brought up to date, what people
    /// set stays.
    Refreshed(JobName),
    /// A job of this function exists and nothing has changed.
    Unchanged(JobName),
    /// No job was made, for this reason.
    Skipped(String),
}

/// One function of an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedFunction {
    /// The function's name.
    pub function: String,
    /// What became of it.
    pub import: Import,
    /// What was left out of the suggested parameters, without values.
    pub notes: Vec<String>,
}

/// Makes or refreshes a job for each function.
///
/// # Guarantees
/// - No parameter, override or description that people set is changed.
/// - A secret value is never stored: a variable that looks secret becomes a secret parameter without default.
/// - Importing twice changes nothing the second time.
pub async fn import_functions(
    jobs: &dyn JobStore,
    connection: &Connection,
    functions: &[Function],
) -> Result<Vec<ImportedFunction>, AppError> {
    let mut imported = Vec::with_capacity(functions.len());
    for function in functions {
        let (import, notes) = import_one(jobs, connection, function).await?;
        imported.push(ImportedFunction { function: function.name.to_string(), import, notes });
    }
    Ok(imported)
}

async fn import_one(
    jobs: &dyn JobStore,
    connection: &Connection,
    function: &Function,
) -> Result<(Import, Vec<String>), AppError> {
    // The function's own name, or with the connection's in front where another connection has taken it.
    for text in [function.name.to_string(), format!("{}.{}", connection.name, function.name)] {
        let Ok(name) = text.parse::<JobName>() else {
            return Ok((Import::Skipped(format!("{text} cannot be a job's name")), Vec::new()));
        };
        let Some(stored) = jobs.get(&name).await? else {
            let suggestion = suggest_parameters(function);
            let job = Job {
                description: function.settings.description.clone().filter(|text| !text.is_empty()),
                parameters: suggestion.parameters,
                ..Job::new(name.clone(), connection.name.clone(), function.to_ref())
            };
            jobs.put(&job, None).await?;
            return Ok((Import::Created(name), suggestion.notes));
        };
        let same = stored.job.connection == connection.name && stored.job.function.name == function.name;
        if !same {
            continue;
        }
        let mut refreshed = stored.job.clone();
        refreshed.function = lamplight_domain::FunctionRef {
            qualifier: stored.job.function.qualifier.clone(),
            ..function.to_ref()
        };
        if refreshed == stored.job {
            return Ok((Import::Unchanged(name), Vec::new()));
        }
        jobs.put(&refreshed, Some(stored.revision)).await?;
        return Ok((Import::Refreshed(name), Vec::new()));
    }
    Ok((Import::Skipped(format!("jobs of other functions have the name {}", function.name)), Vec::new()))
}
