//! Editing a job in place: parameters, overrides, description.

use crate::{AppError, show_job};
use lamplight_domain::{
    ConnectionName, DataType, Direction, InvocationType, JobName, ParamName, Parameter, ParameterError,
    ParameterList, Qualifier,
};
use lamplight_ports::{JobStore, StoredJob};

/// One change of one parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ParameterEdit {
    /// Its declared type.
    DataType(DataType),
    /// Which way its value goes.
    Direction(Direction),
    /// Its default; `None` takes it away.
    Default(Option<String>),
    /// Whether a run without a value is refused.
    Required(bool),
    /// Whether its value is masked.
    Secret(bool),
    /// What it means; `None` takes it away.
    Description(Option<String>),
}

/// One change of a job. `None` in an override leaves the setting to the connection again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JobEdit {
    /// Adds a parameter; its name must be new.
    AddParameter(Parameter),
    /// Removes a parameter.
    RemoveParameter(ParamName),
    /// Renames a parameter; its place stays.
    RenameParameter(ParamName, ParamName),
    /// Changes a parameter.
    Parameter(ParamName, ParameterEdit),
    /// Overrides how the function is called.
    InvocationType(Option<InvocationType>),
    /// Overrides the version or alias.
    Qualifier(Option<Qualifier>),
    /// Overrides the number of attempts.
    MaxAttempts(Option<u32>),
    /// Overrides whether the log tail is asked for.
    LogTail(Option<bool>),
    /// Overrides what the function learns of its caller, as JSON.
    ClientContext(Option<String>),
    /// Moves the job to another connection.
    Connection(ConnectionName),
    /// Describes the job.
    Description(Option<String>),
    /// Says whether running it twice does what running it once does.
    Idempotent(bool),
}

/// Applies all edits, in order, to one job.
///
/// # Guarantees
/// - All edits are applied, or none; the result is a valid job.
/// - A change that another made meanwhile is not overwritten: that is a conflict.
pub async fn edit_job(
    jobs: &dyn JobStore,
    name: &JobName,
    edits: Vec<JobEdit>,
) -> Result<StoredJob, AppError> {
    let stored = show_job(jobs, name).await?;
    let mut job = stored.job.clone();
    // The rules of a list hold when all edits are done; halfway they need not.
    let mut parameters: Vec<Parameter> = job.parameters.into();
    for edit in edits {
        match edit {
            JobEdit::AddParameter(parameter) => parameters.push(parameter),
            JobEdit::RemoveParameter(name) => {
                let index = position(&parameters, &name)?;
                parameters.remove(index);
            }
            JobEdit::RenameParameter(from, to) => find(&mut parameters, &from)?.name = to,
            JobEdit::Parameter(name, edit) => change(find(&mut parameters, &name)?, edit),
            JobEdit::InvocationType(value) => job.overrides.invocation_type = value,
            JobEdit::Qualifier(value) => job.overrides.qualifier = value,
            JobEdit::MaxAttempts(value) => job.overrides.max_attempts = value,
            JobEdit::LogTail(value) => job.overrides.log_tail = value,
            JobEdit::ClientContext(value) => job.overrides.client_context = value,
            JobEdit::Connection(value) => job.connection = value,
            JobEdit::Description(value) => job.description = value,
            JobEdit::Idempotent(value) => job.idempotent = value,
        }
    }
    job.parameters = ParameterList::try_from(parameters)?;
    check_overrides(&job)?;
    if job == stored.job {
        return Ok(stored);
    }
    let revision = jobs.put(&job, Some(stored.revision)).await?;
    Ok(StoredJob { job, revision })
}

/// Holds what a job overrides against its ranges, and against the function that it names.
pub(crate) fn check_overrides(job: &lamplight_domain::Job) -> Result<(), AppError> {
    let overrides = &job.overrides;
    crate::prepare_run::one_qualifier(overrides.qualifier.clone(), &job.function)?;
    if let Some(attempts) = overrides.max_attempts {
        lamplight_domain::RetryPolicy::new(attempts).map_err(|error| AppError::Setting(error.to_string()))?;
    }
    if let Some(context) = &overrides.client_context {
        lamplight_domain::RawJson::parse(context).map_err(AppError::ClientContext)?;
    }
    Ok(())
}

fn position(parameters: &[Parameter], name: &ParamName) -> Result<usize, AppError> {
    let absent = || AppError::Parameters(ParameterError::Absent { name: name.clone() });
    parameters.iter().position(|own| own.name.folded() == name.folded()).ok_or_else(absent)
}

fn find<'a>(parameters: &'a mut [Parameter], name: &ParamName) -> Result<&'a mut Parameter, AppError> {
    let index = position(parameters, name)?;
    parameters
        .get_mut(index)
        .ok_or_else(|| AppError::Parameters(ParameterError::Absent { name: name.clone() }))
}

fn change(parameter: &mut Parameter, edit: ParameterEdit) {
    match edit {
        ParameterEdit::DataType(value) => parameter.data_type = value,
        ParameterEdit::Direction(value) => parameter.direction = value,
        ParameterEdit::Default(value) => parameter.default = value,
        ParameterEdit::Required(value) => parameter.required = value,
        ParameterEdit::Secret(value) => parameter.secret = value,
        ParameterEdit::Description(value) => parameter.description = value,
    }
}
