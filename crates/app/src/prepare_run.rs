//! Prepares a run: everything that can be decided, or refused, before anything is recorded or sent.

use crate::{AppError, Target};
use lamplight_domain::{
    Argument, Arguments, DataType, EffectiveSettings, FunctionRef, Job, JobName, JsonKind, Level, ParamName,
    Parameter, ParameterList, Payload, Provenance, Qualifier, RawJson, RecordedArgument, RetryPolicy,
    Scrubber, SecretRef, Settings, build_payload, is_secret_argument, secrets_in_json,
};
use lamplight_ports::{Connection, ExposeSecret, SecretResolver};
use std::{
    collections::{BTreeMap, HashSet},
    time::Duration,
};

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
    /// What to do with references to secrets among the arguments.
    pub references: References,
}

/// What to do with an argument of a secret parameter that is a reference to a secret. References in the job are always
/// resolved.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum References {
    /// Resolve it: the caller may read whatever this process may read.
    #[default]
    Resolve,
    /// Refuse it: the caller may not.
    Refuse,
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
            references: References::default(),
        }
    }
}

/// A run that is ready to be recorded and started.
#[derive(Debug)]
pub struct PreparedRun {
    pub(crate) job: Option<JobName>,
    pub(crate) function: FunctionRef,
    pub(crate) connection: Connection,
    pub(crate) parameters: ParameterList,
    pub(crate) effective: EffectiveSettings,
    pub(crate) retries: RetryPolicy,
    pub(crate) wait_limit: Option<Duration>,
    pub(crate) payload: Payload,
    pub(crate) arguments: Vec<RecordedArgument>,
    pub(crate) scrubber: Scrubber,
    /// Whether the event or the client context has a secret, however short.
    pub(crate) has_secrets: bool,
    pub(crate) provenance: Provenance,
    pub(crate) notes: Vec<String>,
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

    /// What the caller should know before the run starts, one sentence each.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }
}

/// Resolves settings and secrets, builds the event and checks it against the provider's limits.
///
/// # Guarantees
/// - Nothing is recorded and the provider is not called.
/// - A secret is read only for a secret input parameter: from the reference that is given as its value, or else from the
///   one that is its default.
/// - The values that must not be recorded are those of secret parameters, and all that look secret by their names: in
///   arguments without a job, within JSON arguments, in a raw event and in the client context.
pub async fn prepare_run(secrets: &dyn SecretResolver, request: RunRequest) -> Result<PreparedRun, AppError> {
    let RunRequest { target, event, settings, wait_limit, provenance, references } = request;
    let Target { job, function, connection, secret_names } = target;
    let nothing = Settings::default();
    let overrides = job.as_ref().map_or(&nothing, |job| &job.overrides);
    let in_text = if job.is_some() { Level::Job } else { Level::Run };
    let effective = effective_settings(&settings, overrides, &connection, &function, in_text)?;
    let retries = RetryPolicy::new(effective.max_attempts.value)
        .map_err(|error| AppError::Setting(error.to_string()))?;
    let invocation_type = effective.invocation_type.value;
    let mut notes = match &effective.client_context.value {
        Some(context) => {
            let members = client_context_members(context)?;
            connection.platform.client_context_losses(&members, invocation_type)
        }
        None => Vec::new(),
    };
    let parameters = job.as_ref().map(|job| job.parameters.clone()).unwrap_or_default();
    let known = KnownSecrets::new(&parameters, &secret_names);
    let context = effective.client_context.value.as_deref().unwrap_or_default();
    let mut found = known.search(context);
    let (payload, arguments, scrubber, has_secrets) = match event {
        EventSource::Raw(text) => {
            found.extend(known.search(&text));
            let payload = Payload::from_json(text).map_err(AppError::Payload)?;
            (payload, Vec::new(), Scrubber::new(found.iter().map(String::as_str)), !found.is_empty())
        }
        EventSource::Arguments(arguments) => {
            let (declared, undeclared) = with_undeclared(job.as_ref(), &arguments, &known)?;
            if let Some(job) = job.as_ref().filter(|_| !undeclared.is_empty()) {
                notes.push(undeclared_note(job, &undeclared));
            }
            if references == References::Refuse {
                refuse_references(&declared, &arguments)?;
            }
            build_event(secrets, &declared, arguments, &known, found).await?
        }
    };
    let size = payload.len();
    if let Some(limit) = connection.platform.limits().payload(invocation_type)
        && size > limit
    {
        return Err(AppError::TooLarge { size, limit, invocation_type });
    }
    Ok(PreparedRun {
        job: job.map(|job| job.name),
        function,
        connection,
        parameters,
        effective,
        retries,
        wait_limit,
        payload,
        arguments,
        scrubber,
        has_secrets,
        provenance,
        notes,
    })
}

/// Checks that a client context is a JSON object. Returns the names of its members.
pub(crate) fn client_context_members(context: &str) -> Result<Vec<String>, AppError> {
    let context = RawJson::parse(context).map_err(AppError::ClientContext)?;
    if context.kind() != JsonKind::Object {
        return Err(AppError::ClientContextNotObject(context.kind()));
    }
    // Names that are not valid Unicode are left to the provider.
    Ok(context.to::<BTreeMap<String, RawJson>>().unwrap_or_default().into_keys().collect())
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

/// The parameters of a run: those of the job, and for a run without a job, or of one that is open, the arguments that
/// are not declared. Also returns the names of these.
fn with_undeclared(
    job: Option<&Job>,
    arguments: &Arguments,
    known: &KnownSecrets,
) -> Result<(ParameterList, Vec<ParamName>), AppError> {
    let declared = job.map(|job| job.parameters.clone()).unwrap_or_default();
    if job.is_some_and(|job| !job.open) {
        return Ok((declared, Vec::new()));
    }
    let undeclared: Vec<Parameter> = arguments
        .iter()
        .filter(|(name, _)| declared.get(name).is_none())
        .map(|(name, argument)| derive_parameter(name, argument, known))
        .collect();
    let names = undeclared.iter().map(|parameter| parameter.name.clone()).collect();
    if undeclared.is_empty() {
        return Ok((declared, names));
    }
    let all = Vec::from(declared).into_iter().chain(undeclared).collect();
    Ok((ParameterList::case_sensitive(all)?, names))
}

/// Derives a parameter from an argument that no job declares: text is a string (or the JSON object or array that it
/// contains), and JSON is JSON. What looks secret is secret.
fn derive_parameter(name: &ParamName, argument: &Argument, known: &KnownSecrets) -> Parameter {
    let data_type = match argument {
        Argument::Text(_) => DataType::String,
        Argument::Json(_) => DataType::Json,
    };
    let secret = known.contains(name.as_str()) || is_secret_argument(name.as_str(), argument.as_given());
    Parameter { secret, ..Parameter::new(name.clone(), data_type) }
}

fn undeclared_note(job: &Job, undeclared: &[ParamName]) -> String {
    let mut names: Vec<&str> = undeclared.iter().take(MOST_NAMED).map(ParamName::as_str).collect();
    if undeclared.len() > MOST_NAMED {
        names.push("…");
    }
    format!(
        "job {} does not declare {}; its imported parameter list takes them as given",
        job.name,
        names.join(", ")
    )
}

/// How many arguments the note about undeclared ones names.
const MOST_NAMED: usize = 10;

/// The parameters that are known to be secret.
struct KnownSecrets(HashSet<String>);

impl KnownSecrets {
    fn new(parameters: &ParameterList, others: &[ParamName]) -> Self {
        let own = parameters.iter().filter(|parameter| parameter.secret).map(|parameter| &parameter.name);
        Self(own.chain(others).map(ParamName::folded).collect())
    }

    fn contains(&self, name: &str) -> bool {
        !self.0.is_empty() && name.parse::<ParamName>().is_ok_and(|name| self.0.contains(&name.folded()))
    }

    /// The secrets in a JSON text, by their names.
    fn search(&self, json: &str) -> Vec<String> {
        secrets_in_json(json, |name| self.contains(name))
    }
}

/// Replaces references that are given for secret parameters by the secrets.
async fn resolve_references(
    secrets: &dyn SecretResolver,
    arguments: &mut Arguments,
    is_secret: impl Fn(&ParamName) -> bool,
) -> Result<(), AppError> {
    let reference = |argument: &Argument| match argument {
        Argument::Text(text) => text.parse::<SecretRef>().ok(),
        Argument::Json(_) => None,
    };
    let given = arguments.iter().filter(|(name, _)| is_secret(name));
    let given: Vec<(ParamName, SecretRef)> =
        given.filter_map(|(name, argument)| Some((name.clone(), reference(argument)?))).collect();
    for (name, reference) in given {
        let secret = secrets.resolve(&reference).await?;
        arguments.replace(&name, Argument::Text(secret.expose_secret().to_owned()));
    }
    Ok(())
}

/// Refuses an argument that would be resolved.
fn refuse_references(parameters: &ParameterList, arguments: &Arguments) -> Result<(), AppError> {
    let refused = arguments.iter().find(|(name, argument)| {
        parameters.get(name).is_some_and(|parameter| parameter.secret)
            && matches!(argument, Argument::Text(text) if text.parse::<SecretRef>().is_ok())
    });
    match refused {
        Some((name, _)) => Err(AppError::ReferenceRefused { name: name.clone() }),
        None => Ok(()),
    }
}

async fn build_event(
    secrets: &dyn SecretResolver,
    parameters: &ParameterList,
    mut arguments: Arguments,
    known: &KnownSecrets,
    mut found: Vec<String>,
) -> Result<(Payload, Vec<RecordedArgument>, Scrubber, bool), AppError> {
    let is_secret = |name: &ParamName| parameters.get(name).is_some_and(|parameter| parameter.secret);
    resolve_references(secrets, &mut arguments, is_secret).await?;
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
    let payload = build_payload(parameters, &arguments).map_err(AppError::Arguments)?;
    for (name, argument) in arguments.iter() {
        if is_secret(name) {
            found.push(argument.as_given().to_owned());
        } else {
            found.extend(known.search(argument.as_given()));
        }
    }
    let scrubber = Scrubber::new(found.iter().map(String::as_str));
    let record = |(name, argument)| RecordedArgument::new(name, argument, is_secret(name), &scrubber);
    let recorded = arguments.iter().map(record).collect();
    Ok((payload, recorded, scrubber, !found.is_empty()))
}
