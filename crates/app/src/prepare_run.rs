//! Prepares a run: everything that can be decided, or refused, before anything is recorded or sent.

use crate::{AppError, Target};
use lamplight_domain::{
    Argument, Arguments, DataType, EffectiveSettings, FunctionRef, Job, Level, Parameter, ParameterList,
    Payload, Provenance, Qualifier, RawJson, RecordedArgument, RetryPolicy, Scrubber, SecretRef, Settings,
    build_payload,
};
use lamplight_ports::{Connection, ExposeSecret, SecretResolver};
use std::time::Duration;

/// Where the event comes from.
#[derive(Debug, Clone)]
pub enum EventSource {
    /// Built from named values according to the job's parameters.
    Arguments(Arguments),
    /// A JSON text, bypassing parameters.
    Raw(String),
}

/// A request to run something.
#[derive(Debug, Clone)]
pub struct RunRequest {
    /// What to run.
    pub target: Target,
    /// The event.
    pub event: EventSource,
    /// The settings of this run only.
    pub settings: Settings,
    /// How long the run may take, with all waits; `None` for as long as its calls may take.
    pub wait_limit: Option<Duration>,
    /// Why the run exists.
    pub provenance: Provenance,
}

impl RunRequest {
    /// A request without settings and provenance.
    pub fn new(target: Target, event: EventSource) -> Self {
        Self {
            target,
            event,
            settings: Settings::default(),
            wait_limit: None,
            provenance: Provenance::default(),
        }
    }
}

/// A run that is ready to be recorded and started.
#[derive(Debug)]
pub struct PreparedRun {
    pub(crate) job: Option<Job>,
    pub(crate) function: FunctionRef,
    pub(crate) connection: Connection,
    pub(crate) parameters: ParameterList,
    pub(crate) effective: EffectiveSettings,
    pub(crate) retries: RetryPolicy,
    pub(crate) wait_limit: Option<Duration>,
    pub(crate) payload: Payload,
    pub(crate) arguments: Vec<RecordedArgument>,
    pub(crate) scrubber: Scrubber,
    pub(crate) provenance: Provenance,
}

impl PreparedRun {
    /// The event to send.
    pub fn payload(&self) -> &Payload {
        &self.payload
    }

    /// The settings, each with the level that it comes from.
    pub fn effective(&self) -> &EffectiveSettings {
        &self.effective
    }
}

/// Resolves settings and secrets, builds the event and checks it against the provider's limits.
///
/// # Guarantees
/// - Nothing is recorded and the provider is not called.
/// - A secret is read only for a secret input parameter without a given value.
pub async fn prepare_run(secrets: &dyn SecretResolver, request: RunRequest) -> Result<PreparedRun, AppError> {
    let RunRequest { target: Target { job, function, connection }, event, settings, wait_limit, provenance } =
        request;
    let nothing = Settings::default();
    let overrides = job.as_ref().map_or(&nothing, |job| &job.overrides);
    let in_text = if job.is_some() { Level::Job } else { Level::Run };
    let effective = effective_settings(&settings, overrides, &connection, &function, in_text)?;
    let retries = RetryPolicy::new(effective.max_attempts.value)
        .map_err(|error| AppError::Setting(error.to_string()))?;
    if let Some(context) = &effective.client_context.value {
        RawJson::parse(context).map_err(AppError::ClientContext)?;
    }
    let parameters = job.as_ref().map(|job| job.parameters.clone()).unwrap_or_default();
    let (payload, arguments, scrubber) = match event {
        EventSource::Raw(text) => {
            (Payload::from_json(text).map_err(AppError::Payload)?, Vec::new(), Scrubber::default())
        }
        EventSource::Arguments(arguments) => {
            let declared = if job.is_some() { parameters.clone() } else { derive_parameters(&arguments)? };
            build_event(secrets, &declared, arguments).await?
        }
    };
    let invocation_type = effective.invocation_type.value;
    let size = payload.len();
    if let Some(limit) = connection.platform.limits().payload(invocation_type)
        && size > limit
    {
        return Err(AppError::TooLarge { size, limit, invocation_type });
    }
    Ok(PreparedRun {
        job,
        function,
        connection,
        parameters,
        effective,
        retries,
        wait_limit,
        payload,
        arguments,
        scrubber,
        provenance,
    })
}

/// Resolves the settings. A qualifier in the function's name belongs to the level that the name comes from.
fn effective_settings(
    run: &Settings,
    job: &Settings,
    connection: &Connection,
    function: &FunctionRef,
    in_text_level: Level,
) -> Result<EffectiveSettings, AppError> {
    let (mut run, mut job) = (run.clone(), job.clone());
    let level = if in_text_level == Level::Run { &mut run } else { &mut job };
    level.qualifier = one_qualifier(level.qualifier.take(), function)?;
    let effective = EffectiveSettings::resolve(&run, &job, &connection.defaults);
    if let Some(qualifier) = &effective.qualifier.value {
        connection.platform.parse_qualifier(qualifier.as_str())?;
    }
    Ok(effective)
}

/// The qualifier of one level: in the function's name or given separately. If both are given, they must be the same.
pub(crate) fn one_qualifier(
    beside: Option<Qualifier>,
    function: &FunctionRef,
) -> Result<Option<Qualifier>, AppError> {
    match (beside, &function.qualifier) {
        (Some(beside), Some(in_text)) if beside != *in_text => Err(AppError::Setting(format!(
            "qualifier {beside} contradicts {in_text} in the function's name; use only one of them"
        ))),
        (beside, in_text) => Ok(beside.or_else(|| in_text.clone())),
    }
}

/// Derives parameters from arguments for a run without a job: text is a string (or the JSON object or array that it
/// contains), and JSON is JSON.
fn derive_parameters(arguments: &Arguments) -> Result<ParameterList, AppError> {
    let declare = |argument: &Argument| match argument {
        Argument::Text(_) => DataType::String,
        Argument::Json(_) => DataType::Json,
    };
    let list: Vec<Parameter> =
        arguments.iter().map(|(name, argument)| Parameter::new(name.clone(), declare(argument))).collect();
    Ok(ParameterList::try_from(list)?)
}

async fn build_event(
    secrets: &dyn SecretResolver,
    parameters: &ParameterList,
    mut arguments: Arguments,
) -> Result<(Payload, Vec<RecordedArgument>, Scrubber), AppError> {
    for parameter in parameters.iter().filter(|p| p.secret && p.direction.is_input()) {
        if arguments.get(&parameter.name).is_some() {
            continue;
        }
        // A parameter list guarantees that the default of a secret parameter is a reference.
        let Some(reference) = parameter.default.as_ref().and_then(|text| text.parse::<SecretRef>().ok())
        else {
            continue;
        };
        let secret = secrets.resolve(&reference).await?;
        let value = Argument::Text(secret.expose_secret().to_owned());
        arguments
            .insert(parameter.name.clone(), value)
            .map_err(|duplicate| AppError::Setting(duplicate.to_string()))?;
    }
    let is_secret = |parameter: Option<&Parameter>| parameter.is_some_and(|p| p.secret);
    let payload = build_payload(parameters, &arguments).map_err(AppError::Arguments)?;
    let recorded = arguments
        .iter()
        .map(|(name, argument)| RecordedArgument::new(name, argument, is_secret(parameters.get(name))))
        .collect();
    let scrubber = Scrubber::new(
        arguments
            .iter()
            .filter(|(name, _)| is_secret(parameters.get(name)))
            .map(|(_, value)| value.as_given()),
    );
    Ok((payload, recorded, scrubber))
}
