//! Creates jobs from discovered functions, with parameters suggested from their environment variables.

use crate::AppError;
use lamplight_domain::{
    Function, ImportAction, ImportChange, ImportField, Imported, Job, JobName, merge_import,
    suggest_parameters,
};
use lamplight_ports::{Connection, JobStore};

/// How to import.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ImportRequest {
    /// Whether the jobs refuse arguments that they do not declare. A new job takes them until its list is edited.
    pub closed: bool,
    /// Whether to change nothing and only find out what would change.
    pub dry_run: bool,
}

/// The result of importing one function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Import {
    /// A job was created.
    Created(JobName),
    /// A job of this function already existed and was updated. What users edited was kept.
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
    /// The result, or what it would be.
    pub import: Import,
    /// What changes, and what stays because it was edited.
    pub changes: Vec<ImportChange>,
    /// Why variables were left out of the suggested parameters. Notes contain no values.
    pub notes: Vec<String>,
}

/// Creates or updates a job for each function.
///
/// # Guarantees
/// - What users edited in an existing job is not changed ([`merge_import`]). A concurrent edit is a conflict.
/// - A secret value is never stored: a variable that looks secret becomes a secret parameter without a default.
/// - Importing the same functions again changes nothing, and neither does a dry run.
pub async fn import_functions(
    jobs: &dyn JobStore,
    connection: &Connection,
    functions: &[Function],
    request: ImportRequest,
) -> Result<Vec<ImportedFunction>, AppError> {
    let mut imported = Vec::with_capacity(functions.len());
    for function in functions {
        imported.push(import_one(jobs, connection, function, request).await?);
    }
    Ok(imported)
}

async fn import_one(
    jobs: &dyn JobStore,
    connection: &Connection,
    function: &Function,
    request: ImportRequest,
) -> Result<ImportedFunction, AppError> {
    let result = |import, changes, notes| {
        Ok(ImportedFunction { function: function.name.to_string(), import, changes, notes })
    };
    // The name of the function, or with the connection as a prefix if another job already uses it.
    for text in [function.name.to_string(), format!("{}.{}", connection.name, function.name)] {
        let Ok(name) = text.parse::<JobName>() else {
            let reason = format!("{text:?} is not a valid job name");
            return result(Import::Skipped(reason), Vec::new(), Vec::new());
        };
        let stored = jobs.get(&name).await?;
        if let Some(stored) = &stored
            && (stored.job.connection != connection.name || stored.job.function.name != function.name)
        {
            continue;
        }
        let suggestion = suggest_parameters(function, connection.platform.as_ref());
        let today = Imported {
            description: function.settings.description.clone().filter(|text| !text.is_empty()),
            parameters: suggestion.parameters,
        };
        let (job, changes, revision) = match &stored {
            None => {
                let (job, changes) = create(name.clone(), connection, function, today, request);
                (job, changes, None)
            }
            Some(stored) => {
                let (mut job, mut changes) = merge_import(&stored.job, function, today);
                if request.closed && job.open {
                    job.open = false;
                    changes.push(closed());
                }
                (job, changes, Some(stored.revision))
            }
        };
        if !request.dry_run && stored.as_ref().is_none_or(|stored| stored.job != job) {
            jobs.put(&job, revision).await?;
        }
        let has_changed = changes.iter().any(|change| change.action != ImportAction::Kept);
        let import = match stored {
            None => Import::Created(name),
            Some(_) if has_changed => Import::Refreshed(name),
            Some(_) => Import::Unchanged(name),
        };
        // What was left out is told once, not at every import.
        let notes = if matches!(import, Import::Unchanged(_)) { Vec::new() } else { suggestion.notes };
        return result(import, changes, notes);
    }
    let reason = format!("jobs of other functions already use the name {}", function.name);
    result(Import::Skipped(reason), Vec::new(), Vec::new())
}

/// A new job. Its list is that of an import into a job without parameters.
fn create(
    name: JobName,
    connection: &Connection,
    function: &Function,
    today: Imported,
    request: ImportRequest,
) -> (Job, Vec<ImportChange>) {
    let empty = Job {
        imported: Some(Imported::default()),
        open: !request.closed,
        ..Job::new(name, connection.name.clone(), function.to_ref())
    };
    let environment_error = None;
    merge_import(&empty, &Function { environment_error, ..function.clone() }, today)
}

fn closed() -> ImportChange {
    ImportChange {
        action: ImportAction::Changed,
        parameter: None,
        field: ImportField::Open,
        before: Some(true.to_string()),
        after: Some(false.to_string()),
    }
}
