//! Edits a job: parameters, overrides, description.

use crate::{AppError, show_job};
use lamplight_domain::{
    ConnectionName, DataType, Direction, ErrorCode, InvocationType, Job, JobName, ParamName, Parameter,
    ParameterError, ParameterList, Qualifier, Revision,
};
use lamplight_ports::{JobStore, PortError, PortErrorKind, StoredJob};
use std::collections::HashMap;

/// One change of one parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ParameterEdit {
    /// Sets the declared type.
    DataType(DataType),
    /// Sets the direction.
    Direction(Direction),
    /// Sets the default; `None` removes it.
    Default(Option<String>),
    /// Sets whether a run without a value is refused.
    Required(bool),
    /// Sets whether the value is masked.
    Secret(bool),
    /// Sets the description; `None` removes it.
    Description(Option<String>),
}

/// One change of a job. `None` removes an override, so that the connection's setting applies again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JobEdit {
    /// Adds a parameter. Its name must not exist yet.
    AddParameter(Parameter),
    /// Removes a parameter.
    RemoveParameter(ParamName),
    /// Renames a parameter and keeps its position.
    RenameParameter(ParamName, ParamName),
    /// Changes a parameter.
    Parameter(ParamName, ParameterEdit),
    /// Overrides the invocation type.
    InvocationType(Option<InvocationType>),
    /// Overrides the version or alias.
    Qualifier(Option<Qualifier>),
    /// Overrides the maximum number of attempts.
    MaxAttempts(Option<u32>),
    /// Overrides whether to request the log tail.
    LogTail(Option<bool>),
    /// Overrides the client context, as JSON.
    ClientContext(Option<String>),
    /// Moves the job to another connection.
    Connection(ConnectionName),
    /// Sets the description; `None` removes it.
    Description(Option<String>),
    /// Declares whether running the job twice has the same effect as running it once.
    Idempotent(bool),
    /// Sets whether a run may have arguments that the job does not declare.
    Open(bool),
}

impl JobEdit {
    fn edits_parameters(&self) -> bool {
        match self {
            Self::AddParameter(_)
            | Self::RemoveParameter(_)
            | Self::RenameParameter(..)
            | Self::Parameter(..) => true,
            Self::InvocationType(_)
            | Self::Qualifier(_)
            | Self::MaxAttempts(_)
            | Self::LogTail(_)
            | Self::ClientContext(_)
            | Self::Connection(_)
            | Self::Description(_)
            | Self::Idempotent(_)
            | Self::Open(_) => false,
        }
    }
}

/// Applies all edits to one job, in order.
///
/// # Guarantees
/// - Either all edits are applied or none, and the result is a valid job.
/// - A concurrent change by somebody else is not overwritten: the result is a conflict.
/// - A parameter list that is edited is closed, unless an edit opens it: its author says what the function takes.
pub async fn edit_job(
    jobs: &dyn JobStore,
    name: &JobName,
    edits: Vec<JobEdit>,
) -> Result<StoredJob, AppError> {
    let stored = show_job(jobs, name).await?;
    apply_edits(jobs, stored, edits).await
}

/// Applies all edits to one revision of a job, in order: to the one that somebody has looked at.
///
/// # Guarantees
/// - Those of [`edit_job`]. If the job has another revision, nothing changes and the error is
///   [`RevisionChanged`](ErrorCode::RevisionChanged).
pub async fn edit_job_revision(
    jobs: &dyn JobStore,
    name: &JobName,
    revision: Revision,
    edits: Vec<JobEdit>,
) -> Result<StoredJob, AppError> {
    let stored = show_job(jobs, name).await?;
    let changed = || {
        let message = format!("job {name} no longer has revision {}", revision.0);
        AppError::Port(PortError::new(PortErrorKind::Conflict, ErrorCode::RevisionChanged, message))
    };
    if stored.revision != revision {
        return Err(changed());
    }
    match apply_edits(jobs, stored, edits).await {
        Err(AppError::Port(error)) if error.kind == PortErrorKind::Conflict => Err(changed()),
        result => result,
    }
}

async fn apply_edits(
    jobs: &dyn JobStore,
    stored: StoredJob,
    edits: Vec<JobEdit>,
) -> Result<StoredJob, AppError> {
    let job = edited(stored.job.clone(), edits)?;
    if job == stored.job {
        return Ok(stored);
    }
    let revision = jobs.put(&job, Some(stored.revision)).await?;
    Ok(StoredJob { job, revision })
}

/// The job with all edits applied, in order.
pub(crate) fn edited(mut job: Job, edits: Vec<JobEdit>) -> Result<Job, AppError> {
    // The list must be valid after all edits, not after each of them.
    let mut draft = Draft::of(job.parameters.into());
    for edit in edits {
        job.open &= !edit.edits_parameters();
        match edit {
            JobEdit::AddParameter(parameter) => draft.add(parameter),
            JobEdit::RemoveParameter(name) => draft.remove(&name)?,
            JobEdit::RenameParameter(from, to) => draft.rename(&from, &to)?,
            JobEdit::Parameter(name, edit) => apply_edit(draft.find(&name)?, edit),
            JobEdit::InvocationType(value) => job.overrides.invocation_type = value,
            JobEdit::Qualifier(value) => job.overrides.qualifier = value,
            JobEdit::MaxAttempts(value) => job.overrides.max_attempts = value,
            JobEdit::LogTail(value) => job.overrides.log_tail = value,
            JobEdit::ClientContext(value) => job.overrides.client_context = value,
            JobEdit::Connection(value) => job.connection = value,
            JobEdit::Description(value) => job.description = value,
            JobEdit::Idempotent(value) => job.idempotent = value,
            JobEdit::Open(value) => job.open = value,
        }
    }
    job.parameters = ParameterList::try_from(draft.into_parameters())?;
    job.imported = job.imported.map(|imported| imported.without_secrets(&job.parameters));
    check_overrides(&job)?;
    Ok(job)
}

/// Checks a job's overrides: their ranges, and that the qualifier does not contradict the one of the function.
pub(crate) fn check_overrides(job: &Job) -> Result<(), AppError> {
    let overrides = &job.overrides;
    crate::prepare_run::one_qualifier(overrides.qualifier.clone(), &job.function)?;
    if let Some(attempts) = overrides.max_attempts {
        lamplight_domain::RetryPolicy::new(attempts).map_err(|error| AppError::Setting(error.to_string()))?;
    }
    if let Some(context) = &overrides.client_context {
        crate::prepare_run::client_context_members(context)?;
    }
    Ok(())
}

/// The parameters while they are edited: names may be repeated until the last edit. A removed one leaves a gap.
struct Draft {
    parameters: Vec<Option<Parameter>>,
    /// The position of the first parameter of each name.
    places: HashMap<String, usize>,
    /// Whether a name was repeated at some time.
    is_repeated: bool,
}

impl Draft {
    fn of(parameters: Vec<Parameter>) -> Self {
        let mut draft = Self { parameters: Vec::new(), places: HashMap::new(), is_repeated: false };
        for parameter in parameters {
            draft.add(parameter);
        }
        draft
    }

    fn add(&mut self, parameter: Parameter) {
        self.place(&parameter.name, self.parameters.len());
        self.parameters.push(Some(parameter));
    }

    fn place(&mut self, name: &ParamName, place: usize) {
        self.is_repeated |= *self.places.entry(name.folded()).or_insert(place) != place;
    }

    fn find(&mut self, name: &ParamName) -> Result<&mut Parameter, AppError> {
        let place = self.places.get(&name.folded());
        place
            .and_then(|place| self.parameters.get_mut(*place)?.as_mut())
            .ok_or_else(|| AppError::Parameters(ParameterError::Absent { name: name.clone() }))
    }

    fn rename(&mut self, from: &ParamName, to: &ParamName) -> Result<(), AppError> {
        self.find(from)?.name = to.clone();
        if let Some(place) = self.places.remove(&from.folded()) {
            self.place(to, place);
        }
        Ok(())
    }

    fn remove(&mut self, name: &ParamName) -> Result<(), AppError> {
        self.find(name)?;
        let folded = name.folded();
        let Some(place) = self.places.remove(&folded) else { return Ok(()) };
        if let Some(gap) = self.parameters.get_mut(place) {
            *gap = None;
        }
        if self.is_repeated {
            let same = |own: &Option<Parameter>| own.as_ref().is_some_and(|own| own.name.folded() == folded);
            let next = self.parameters.iter().position(same);
            next.map(|next| self.places.insert(folded.clone(), next));
        }
        Ok(())
    }

    fn into_parameters(self) -> Vec<Parameter> {
        self.parameters.into_iter().flatten().collect()
    }
}

fn apply_edit(parameter: &mut Parameter, edit: ParameterEdit) {
    match edit {
        ParameterEdit::DataType(value) => parameter.data_type = value,
        ParameterEdit::Direction(value) => parameter.direction = value,
        ParameterEdit::Default(value) => parameter.default = value,
        ParameterEdit::Required(value) => parameter.required = value,
        ParameterEdit::Secret(value) => parameter.secret = value,
        ParameterEdit::Description(value) => parameter.description = value,
    }
}
