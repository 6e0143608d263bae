//! Creates jobs from discovered functions, with parameters suggested from their environment variables.

use crate::AppError;
use lamplight_domain::{Function, Job, JobName, suggest_parameters};
use lamplight_ports::{Connection, JobStore};

/// The result of importing one function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Import {
    /// A job was created.
    Created(JobName),
    /// A job of this function already existed. What discovery knows about the function was updated; what users set was
    /// kept.
    Refreshed(JobName),
    /// A job of this function already existed, and nothing changed.
    Unchanged(JobName),
    /// No job was created, for this reason.
    Skipped(String),
}

/// One imported function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedFunction {
    /// The name of the function.
    pub function: String,
    /// The result.
    pub import: Import,
    /// Why variables were left out of the suggested parameters. Notes contain no values.
    pub notes: Vec<String>,
}

/// Creates or updates a job for each function.
///
/// # Guarantees
/// - Parameters, overrides and descriptions of existing jobs are not changed.
/// - A secret value is never stored: a variable that looks secret becomes a secret parameter without a default.
/// - Importing the same functions again changes nothing.
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
    // The name of the function, or with the connection as a prefix if another job already uses it.
    for text in [function.name.to_string(), format!("{}.{}", connection.name, function.name)] {
        let Ok(name) = text.parse::<JobName>() else {
            return Ok((Import::Skipped(format!("{text:?} is not a valid job name")), Vec::new()));
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
    Ok((
        Import::Skipped(format!("jobs of other functions already use the name {}", function.name)),
        Vec::new(),
    ))
}
