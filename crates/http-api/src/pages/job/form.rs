//! The form that runs a job.

use super::{
    fields::{Control, Field, Filled, PREFIX, filled_with, id, value_of},
    head::{Head, find_job, latest_runs},
};
use crate::{
    Problem,
    pages::{
        filters,
        frame::{Frame, Place},
        parts::{Markup, ago, as_body, as_words, count, exact, pretty_json, state_badge},
        run::{arguments_of, find, in_words, own_settings},
        submit::{MAY_RUN, Wanted, submit, take_permit},
        visit::{Visit, lead_to, show, show_as},
    },
};
use askama::Template;
use axum::{
    extract::{Form, Path, Query},
    http::StatusCode,
    response::Response,
};
use lamplight_app::{AppError, EventSource, TargetName};
use lamplight_domain::{
    Argument, Arguments, ErrorClass, ErrorCode, InvocationType, Job, MASK, ParamName, RawJson, RunState,
    Settings, build_payload,
};
use lamplight_ports::{RunSummary, StoredJob};
use lamplight_views::size;
use serde::Deserialize;
use std::collections::BTreeMap;

/// The page.
#[derive(Template)]
#[template(path = "job/form.html")]
struct JobFormPage {
    frame: Frame,
    head: Head,
    tab: &'static str,
    once: String,
    fields: Vec<Field>,
    outputs: Vec<(String, &'static str)>,
    refusal: Option<Refusal>,
    origin: Option<Origin>,
    from: String,
    sources: Vec<(String, String)>,
    is_open: bool,
    more: String,
    payload: String,
    settings: SettingFields,
    event: Option<Event>,
    words: Vec<String>,
    body: String,
    runs: Vec<RecentRun>,
}

/// Why the form was refused.
struct Refusal {
    text: String,
    hint: String,
    /// The problems of fields.
    problems: Vec<FieldProblem>,
}

/// What is wrong with a field.
struct FieldProblem {
    /// The ID of the field.
    id: String,
    /// The name of the parameter.
    name: String,
    /// What is wrong.
    text: String,
}

/// Where the values in the form come from.
struct Origin {
    key: String,
    run: String,
    started: Markup,
    notes: Vec<String>,
}

/// The event as the form would send it.
struct Event {
    text: Markup,
    size: String,
}

struct RecentRun {
    key: String,
    state: Markup,
    started: Markup,
}

/// The settings of this run only, as they were filled in.
#[derive(Default)]
struct SettingFields {
    invocation_type: String,
    qualifier: String,
    attempts: String,
    client_context: String,
    set: u64,
    type_of_job: String,
    qualifier_of_job: String,
    attempts_of_job: String,
}

impl SettingFields {
    fn new(job: &Job, filled: &Filled) -> Self {
        let of = |name: &str| filled.get(name).cloned().unwrap_or_default();
        let overrides = &job.overrides;
        let words = |own: Option<String>| {
            own.map_or_else(|| "from the connection".to_owned(), |own| format!("{own}, from the job"))
        };
        let fields = Self {
            invocation_type: of("type"),
            qualifier: of("qualifier"),
            attempts: of("attempts"),
            client_context: of("context"),
            set: 0,
            type_of_job: words(overrides.invocation_type.map(|own| own.to_string())),
            qualifier_of_job: words(overrides.qualifier.as_ref().map(ToString::to_string)),
            attempts_of_job: words(overrides.max_attempts.map(|own| own.to_string())),
        };
        let given = [&fields.invocation_type, &fields.qualifier, &fields.attempts, &fields.client_context];
        let set = given.iter().filter(|value| !value.trim().is_empty()).count() as u64;
        Self { set, ..fields }
    }

    fn set_words(&self) -> String {
        if self.set == 0 {
            "nothing set for this run".to_owned()
        } else {
            format!("{} set for this run", count(self.set, "setting"))
        }
    }
}

/// What the form shows besides the job.
struct Content {
    filled: Filled,
    refusal: Option<Refusal>,
    origin: Option<Origin>,
    from: String,
    once: String,
}

impl JobFormPage {
    /// Whether the field with this ID is why the form was refused.
    fn is_refused(&self, id: &str) -> bool {
        self.refusal.iter().flat_map(|refusal| &refusal.problems).any(|problem| problem.id == id)
    }

    fn new(visit: &Visit, stored: &StoredJob, latest: &[RunSummary], content: Content) -> Self {
        let (job, now) = (&stored.job, visit.now());
        let Content { filled, refusal, origin, from, once } = content;
        let problem_of = |id: &str| {
            let mut problems = refusal.iter().flat_map(|refusal| &refusal.problems);
            problems.find(|problem| problem.id == id).map(|problem| problem.text.clone())
        };
        let inputs =
            job.parameters.iter().enumerate().filter(|(_, parameter)| parameter.direction.is_input());
        let fields: Vec<Field> = inputs
            .map(|(place, parameter)| Field::new(place, parameter, &filled, problem_of(&id(place))))
            .collect();
        let arguments = shown_arguments(job, &filled);
        let runs = latest.iter().map(|run| RecentRun {
            key: run.key.to_string(),
            state: state_badge(run.state),
            started: ago(run.started_at, now),
        });
        let outputs = job.parameters.iter().filter(|parameter| parameter.direction.is_output());
        Self {
            frame: visit.frame().of(Place::Jobs, job.name.as_str()),
            head: Head::new(stored, latest),
            tab: "run",
            event: event(job, &arguments),
            words: as_words(&arguments),
            body: as_body(&arguments),
            outputs: outputs.map(|own| (own.name.to_string(), own.data_type.as_str())).collect(),
            is_open: job.open,
            more: filled.get("more").cloned().unwrap_or_default(),
            payload: filled.get("payload").cloned().unwrap_or_default(),
            settings: SettingFields::new(job, &filled),
            sources: sources(latest),
            runs: runs.collect(),
            once,
            fields,
            refusal,
            origin,
            from,
        }
    }
}

/// The runs whose inputs the form can be filled with.
fn sources(latest: &[RunSummary]) -> Vec<(String, String)> {
    let mut sources = vec![(String::new(), "defaults".to_owned())];
    sources.extend(latest.first().map(|run| (run.key.to_string(), "last run".to_owned())));
    let success = latest.iter().find(|run| run.state == RunState::Succeeded);
    let success = success.filter(|run| latest.first().is_some_and(|last| last.key != run.key));
    sources.extend(success.map(|run| (run.key.to_string(), "last success".to_owned())));
    sources
}

/// The arguments of the form, with secrets masked.
fn shown_arguments(job: &Job, filled: &Filled) -> Arguments {
    let mut arguments = Arguments::default();
    for parameter in job.parameters.iter().filter(|parameter| parameter.direction.is_input()) {
        // What is secret comes from its reference, or is typed into the form alone.
        if let Some(argument) = value_of(parameter, filled).filter(|_| !parameter.secret) {
            let _ = arguments.insert(parameter.name.clone(), argument);
        }
    }
    arguments
}

/// The event that the form would send, if its values fit; secrets are masked.
fn event(job: &Job, arguments: &Arguments) -> Option<Event> {
    let mut with_masks = arguments.clone();
    let secrets =
        job.parameters.iter().filter(|parameter| parameter.secret && parameter.direction.is_input());
    for parameter in secrets.filter(|parameter| parameter.default.is_some()) {
        let _ = with_masks.insert(parameter.name.clone(), Argument::Json(RawJson::string(MASK)));
    }
    let masked = job.parameters.iter().map(|parameter| {
        if parameter.secret {
            lamplight_domain::Parameter {
                data_type: lamplight_domain::DataType::Json,
                required: false,
                default: None,
                ..parameter.clone()
            }
        } else {
            parameter.clone()
        }
    });
    let list = lamplight_domain::ParameterList::try_from(masked.collect::<Vec<_>>()).ok()?;
    let payload = build_payload(&list, &with_masks).ok()?;
    let text = std::str::from_utf8(payload.as_bytes()).ok()?;
    Some(Event { text: pretty_json(text).shown, size: size(payload.len() as u64) })
}

/// The query of the page.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct FormQuery {
    from: String,
}

/// Shows the form, filled with the inputs of a run if the query names one.
pub async fn show_form(
    visit: Visit,
    Path(name): Path<String>,
    Query(query): Query<FormQuery>,
) -> Result<Response, Problem> {
    let stored = find_job(&visit, &name).await?;
    let latest = latest_runs(&visit, &stored.job.name).await?;
    let mut content = Content {
        filled: Filled::new(),
        refusal: None,
        origin: None,
        from: query.from.clone(),
        once: visit.once_key(),
    };
    if !query.from.is_empty() {
        let key = query.from.parse().map_err(|_| Problem::not_found())?;
        let run = find(&visit, &key).await?.ok_or_else(Problem::not_found)?;
        let mut inputs = arguments_of(&run, Some(&stored.job));
        let empty = inputs.arguments.iter().filter(|(_, argument)| argument.as_given().is_empty());
        let empty: Vec<String> =
            empty.map(|(name, _)| format!("{name} was an empty text; an empty field sends none.")).collect();
        inputs.notes.extend(empty);
        content.filled = filled_with(&inputs.arguments);
        fill_settings(&mut content.filled, &own_settings(&run.intent.effective));
        content.origin = Some(Origin {
            key: key.to_string(),
            run: in_words(&run),
            started: exact(run.intent.started_at, visit.now()),
            notes: inputs.notes,
        });
    }
    show(&JobFormPage::new(&visit, &stored, &latest, content))
}

fn fill_settings(filled: &mut Filled, own: &Settings) {
    let pairs = [
        ("type", own.invocation_type.map(|own| own.to_string())),
        ("qualifier", own.qualifier.as_ref().map(ToString::to_string)),
        ("attempts", own.max_attempts.map(|own| own.to_string())),
        ("context", own.client_context.clone()),
    ];
    filled.extend(pairs.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
}

/// Takes the form: queues the run and leads to its page, or shows the form again with what is wrong.
pub async fn run(
    visit: Visit,
    Path(name): Path<String>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    visit.require(MAY_RUN)?;
    take_permit(&visit)?;
    let stored = find_job(&visit, &name).await?;
    let filled: Filled = pairs.into_iter().collect();
    let once = filled.get("key").filter(|key| !key.is_empty()).cloned().unwrap_or_else(|| visit.once_key());
    let sent = match (event_of(&stored.job, &filled), settings_of(&filled)) {
        (Ok(event), Ok(settings)) => {
            let body = body_of(&filled);
            let wanted = Wanted {
                target: TargetName::Job(stored.job.name.as_str()),
                connection: None,
                event,
                settings,
                once: &once,
                body: &body,
            };
            submit(&visit, wanted).await
        }
        (Err(error), _) | (_, Err(error)) => Err(error),
    };
    let error = match sent {
        Ok(submitted) => return Ok(lead_to(&format!("/runs/{}", submitted.key))),
        Err(error) => error,
    };
    let is_other = error.code() == ErrorCode::RequestDiffers;
    let refusal = refuse(&stored.job, &filled, error)?;
    let latest = latest_runs(&visit, &stored.job.name).await?;
    // The key of a form that has made a run belongs to that run. Another form needs another key.
    let once = if is_other { visit.once_key() } else { once };
    let content = Content {
        filled: without_secrets(&stored.job, filled),
        refusal: Some(refusal),
        origin: None,
        from: String::new(),
        once,
    };
    show_as(StatusCode::UNPROCESSABLE_ENTITY, &JobFormPage::new(&visit, &stored, &latest, content))
}

/// A typed secret is not written into a page.
fn without_secrets(job: &Job, mut filled: Filled) -> Filled {
    for parameter in job.parameters.iter().filter(|parameter| parameter.secret) {
        filled.remove(&format!("{PREFIX}{}", parameter.name));
    }
    filled
}

/// The refusal that a person can correct in the form; other errors are errors of the page.
fn refuse(job: &Job, filled: &Filled, error: AppError) -> Result<Refusal, Problem> {
    let of_field = |name: &ParamName, text: String| {
        let place = job.parameters.iter().position(|parameter| parameter.name == *name);
        let id = place.map_or_else(|| "more".to_owned(), id);
        FieldProblem { id, name: name.to_string(), text }
    };
    if let AppError::Arguments(error) = &error {
        let problems: Vec<_> =
            error.problems.iter().map(|problem| of_field(problem.name(), problem.to_string())).collect();
        let text = format!(
            "{} not valid; nothing was sent.",
            match problems.len() {
                1 => "1 parameter is".to_owned(),
                many => format!("{many} parameters are"),
            }
        );
        return Ok(Refusal { text, hint: String::new(), problems });
    }
    if let AppError::ReferenceRefused { name } = &error {
        let problem = of_field(name, error.to_string());
        let text = "1 parameter is not valid; nothing was sent.".to_owned();
        return Ok(Refusal { text, hint: String::new(), problems: vec![problem] });
    }
    let has_payload = filled.get("payload").is_some_and(|payload| !payload.trim().is_empty());
    let other_field = match &error {
        AppError::Payload(_) if !has_payload => Some(("more", "Other parameters")),
        AppError::Payload(_) | AppError::ArgumentsBesidePayload => Some(("s-payload", "Whole event")),
        AppError::ClientContext(_) | AppError::ClientContextNotObject(_) => {
            Some(("s-context", "Client context"))
        }
        _ => None,
    };
    if let Some((id, name)) = other_field {
        let problem = FieldProblem { id: id.to_owned(), name: name.to_owned(), text: error.to_string() };
        let text = "1 field is not valid; nothing was sent.".to_owned();
        return Ok(Refusal { text, hint: String::new(), problems: vec![problem] });
    }
    if error.code() == ErrorCode::RequestDiffers {
        let text = "This form has already started a run with other inputs; nothing was sent now.".to_owned();
        let hint = "To start another run with these inputs, send the form again.".to_owned();
        return Ok(Refusal { text, hint, problems: Vec::new() });
    }
    // The job was found, so what is missing is its connection or a secret.
    let can_be_corrected = match error.class() {
        ErrorClass::Usage
        | ErrorClass::Limit
        | ErrorClass::NotFound
        | ErrorClass::Access
        | ErrorClass::Conflict => true,
        ErrorClass::Function | ErrorClass::Unknown | ErrorClass::Interrupted | ErrorClass::Unexpected => {
            false
        }
    };
    if can_be_corrected {
        let problem = Problem::from(error);
        let text = format!("{}; nothing was sent.", problem.detail());
        let hint = problem.hint().unwrap_or_default().to_owned();
        return Ok(Refusal { text, hint, problems: Vec::new() });
    }
    Err(error.into())
}

/// The event of a form.
fn event_of(job: &Job, filled: &Filled) -> Result<EventSource, AppError> {
    let of = |name: &str| filled.get(name).map(|value| value.trim()).filter(|value| !value.is_empty());
    if let Some(payload) = of("payload") {
        let has_values = job.parameters.iter().any(|parameter| value_of(parameter, filled).is_some());
        if has_values || of("more").is_some() {
            return Err(AppError::ArgumentsBesidePayload);
        }
        return Ok(EventSource::Raw(payload.to_owned()));
    }
    let mut arguments = Arguments::default();
    for parameter in job.parameters.iter().filter(|parameter| parameter.direction.is_input()) {
        if let Some(argument) = value_of(parameter, filled) {
            // The names of a list are unique.
            let _ = arguments.insert(parameter.name.clone(), argument);
        }
    }
    if let Some(more) = of("more").filter(|_| job.open) {
        let members = RawJson::parse(more).map_err(AppError::Payload)?;
        let members: BTreeMap<String, RawJson> = members
            .to()
            .map_err(|_| AppError::Setting("other parameters must be one JSON object".to_owned()))?;
        for (name, value) in members {
            let name: ParamName = name.parse()?;
            let twice =
                |duplicate: lamplight_domain::DuplicateArgument| AppError::Setting(duplicate.to_string());
            arguments.insert(name, Argument::Json(value)).map_err(twice)?;
        }
    }
    Ok(EventSource::Arguments(arguments))
}

/// The settings of a form.
fn settings_of(filled: &Filled) -> Result<Settings, AppError> {
    let of = |name: &str| filled.get(name).map(|value| value.trim()).filter(|value| !value.is_empty());
    let wrong = |error: &dyn std::fmt::Display| AppError::Setting(error.to_string());
    // The button that only validates sends its own value.
    let invocation_type = of("validate").or_else(|| of("type"));
    Ok(Settings {
        invocation_type: invocation_type
            .map(str::parse::<InvocationType>)
            .transpose()
            .map_err(|error| wrong(&error))?,
        qualifier: of("qualifier").map(str::parse).transpose()?,
        max_attempts: of("attempts")
            .map(|text| {
                text.parse().map_err(|_| AppError::Setting(format!("{text:?} is not a number of attempts")))
            })
            .transpose()?,
        log_tail: None,
        client_context: of("context").map(str::to_owned),
    })
}

/// What tells one form from another that was sent with the same key. It is hashed, so it may contain secrets.
fn body_of(filled: &Filled) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in filled.iter().filter(|(name, _)| *name != "key") {
        for text in [name, value] {
            body.extend_from_slice(&(text.len() as u64).to_be_bytes());
            body.extend_from_slice(text.as_bytes());
        }
    }
    body
}
