//! Queues a run of a job or of a function.

use super::{
    body::Body,
    lookup,
    query::Query,
    reply::{json, location},
};
use crate::{
    Caller, Problem, Server,
    openapi::{Endpoint, Operation, job_name, settings_document, view, wait},
    problem::word_hint,
};
use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode, Uri},
    response::{IntoResponse, Response},
};
use lamplight_app::{
    AppError, EventSource, References, RunRequest, Submitted, Target, TargetName, prepare_run, resolve_target,
};
use lamplight_domain::{
    Argument, Arguments, ConnectionName, ParamName, Provenance, RawJson, Role, Run, SecretHash, Settings,
};
use lamplight_ports::OnceKey;
use lamplight_views::{RunView, SubmittedRunView};
use schemars::JsonSchema;
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use std::{collections::BTreeMap, fmt, marker::PhantomData, sync::Arc, time::Duration};

/// The header with the key of a request.
const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// The most characters of a key.
const LONGEST_KEY: usize = 255;

/// What to run, and how. Either `job` or `function` is needed, unless the address names the job.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RunDocument {
    /// The job.
    job: Option<String>,
    /// The function, without a job.
    function: Option<String>,
    /// The connection; if left out, that of the job or the default one.
    connection: Option<String>,
    /// The values of parameters as JSON of their types. They are sent as they are written here.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, serde_json::Value>")]
    parameters: Values<RawJson>,
    /// The values of parameters as text, which is read according to their types, as in a form.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, String>")]
    texts: Values<String>,
    /// The whole event in place of parameters. It is sent as it is written here.
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "serde_json::Value")]
    payload: Option<RawJson>,
    /// Settings of this run only.
    #[serde(default)]
    #[schemars(schema_with = "settings_document")]
    settings: Settings,
    /// How long the run may take with all attempts and waits, in seconds.
    #[schemars(range(min = 1, max = 86400))]
    wait_limit_seconds: Option<u64>,
}

pub(super) fn endpoint() -> Endpoint {
    queued(Operation::post("/api/v1/runs", "create_run", "Run a job or a function"))
        .body("What to run", view::<RunDocument>)
        .handled_by(create_run)
}

pub(super) fn of_job() -> Endpoint {
    queued(Operation::post("/api/v1/jobs/{name}/runs", "run_job", "Run a job"))
        .in_path("name", "The name of the job", job_name)
        .body(
            "How to run it, without `job` and `function`; `{}` for a job without parameters",
            view::<RunDocument>,
        )
        .handled_by(run_job)
}

fn queued(operation: Operation) -> Operation {
    operation
        .about(
            "The run is recorded and queued. References to secrets are refused as values of secret parameters, and are \
             plain text elsewhere.",
        )
        .role(Role::Runner)
        .header("Idempotency-Key", "With the same key, the same request makes one run, however often it is sent", false)
        .query("wait", "Wait up to so many seconds for the end of the run", wait)
        .answer::<SubmittedRunView<'_>>(202, "The run is queued or under way; `Location` is its address")
        .answer::<RunView<'_>>(200, "The run has ended while the request waited")
        .fails(404, "The job, function or connection does not exist")
        .fails(413, "The event or the body is too large")
        .fails(422, "The key was used for another request")
}

async fn run_job(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Path(name): Path<String>,
    uri: Uri,
    headers: HeaderMap,
    query: Query,
    Body { value, bytes }: Body<RunDocument>,
) -> Result<Response, Problem> {
    if value.job.is_some() || value.function.is_some() {
        return Err(Problem::invalid("the address names the job already; leave job and function out"));
    }
    let document = RunDocument { job: Some(name), ..value };
    answer(&server, &caller, document, once(&caller, &headers, &uri, &bytes)?, query).await
}

async fn create_run(
    State(server): State<Arc<Server>>,
    caller: Caller,
    uri: Uri,
    headers: HeaderMap,
    query: Query,
    Body { value, bytes }: Body<RunDocument>,
) -> Result<Response, Problem> {
    answer(&server, &caller, value, once(&caller, &headers, &uri, &bytes)?, query).await
}

/// The key of the request, if it has one. The request is what is sent to the same address with the same body.
fn once(caller: &Caller, headers: &HeaderMap, uri: &Uri, body: &[u8]) -> Result<Option<OnceKey>, Problem> {
    let mut given = headers.get_all(IDEMPOTENCY_KEY).iter();
    let key = match (given.next(), given.next()) {
        (None, _) => return Ok(None),
        (Some(value), None) => value.to_str().ok().filter(|key| (1..=LONGEST_KEY).contains(&key.len())),
        (Some(_), Some(_)) => None,
    };
    let key = key.ok_or_else(|| {
        Problem::invalid(format!("Idempotency-Key must be given once, with 1-{LONGEST_KEY} ASCII characters"))
    })?;
    let request = [uri.path().as_bytes(), b"\n", body].concat();
    Ok(Some(OnceKey { owner: caller.actor.id(), key: key.to_owned(), digest: SecretHash::of(&request).0 }))
}

async fn answer(
    server: &Server,
    caller: &Caller,
    document: RunDocument,
    once: Option<OnceKey>,
    mut query: Query,
) -> Result<Response, Problem> {
    let limit = query.wait()?;
    query.finish()?;
    let Submitted { key, is_new } = submit(server, caller, document, once).await?;
    let url = format!("/api/v1/runs/{key}");
    if let Some(limit) = limit
        && let Some(run) = wait_for(server, &key, limit).await?
        && run.outcome().is_some()
    {
        let response = server.ports.run.runs.response(&key).await?;
        let view = RunView::new(&run, response.as_deref(), word_hint);
        return Ok(([location(&url)], json(StatusCode::OK, &view)).into_response());
    }
    let view = SubmittedRunView { key: key.as_str(), url: url.clone(), is_new };
    Ok(([location(&url)], json(StatusCode::ACCEPTED, &view)).into_response())
}

/// Waits for the end of a run, until the limit has passed or the server stops.
pub(super) async fn wait_for(
    server: &Server,
    key: &lamplight_domain::RunKey,
    limit: Duration,
) -> Result<Option<Run>, Problem> {
    tokio::select! {
        run = server.queue.wait_for(key, limit) => Ok(run?),
        () = server.stop.cancelled() => Ok(None),
    }
}

async fn submit(
    server: &Server,
    caller: &Caller,
    document: RunDocument,
    once: Option<OnceKey>,
) -> Result<Submitted, Problem> {
    let actor = &caller.actor;
    server.limits.runs.take(&actor.id(), server.ports.run.clock.now())?;
    let event = event(document.parameters, document.texts, document.payload)?;
    let connection = lookup::connection_name(document.connection.as_deref())?;
    let (job, function) = (document.job.as_deref(), document.function.as_deref());
    let target = find_target(server, caller, job, function, connection.as_ref()).await?;
    let request = RunRequest {
        settings: document.settings,
        wait_limit: document.wait_limit_seconds.map(Duration::from_secs),
        provenance: Provenance { started_by: Some(actor.who.clone()), ..Provenance::default() },
        references: References::Refuse,
        ..RunRequest::new(target, event)
    };
    let prepared = prepare_run(&*server.ports.secrets, request).await?;
    let submitted = server.queue.submit(prepared, once).await?;
    if submitted.is_new {
        caller.audit(server, "run.created", submitted.key.as_str(), None).await;
    }
    Ok(submitted)
}

async fn find_target(
    server: &Server,
    caller: &Caller,
    job: Option<&str>,
    function: Option<&str>,
    connection: Option<&ConnectionName>,
) -> Result<Target, Problem> {
    let (ports, scope) = (&server.ports, &caller.actor.scope);
    let name = match (job, function) {
        (Some(job), None) => {
            if !scope.is_unlimited() {
                let stored = lookup::job(server, caller, job).await?;
                if let Some(connection) = connection {
                    lookup::check_job(caller, connection, &stored.job.name)?;
                }
            }
            TargetName::Job(job)
        }
        (None, Some(function)) => {
            if !scope.is_unlimited() {
                lookup::connection(server, caller, connection).await?;
            }
            TargetName::Function(function)
        }
        _ => return Err(Problem::invalid("give either job or function")),
    };
    Ok(resolve_target(&*ports.connector, &*ports.jobs, name, connection).await?)
}

fn event(
    parameters: Values<RawJson>,
    texts: Values<String>,
    payload: Option<RawJson>,
) -> Result<EventSource, Problem> {
    let mut arguments = Arguments::default();
    let json = parameters.0.into_iter().map(|(name, value)| (name, Argument::Json(value)));
    let text = texts.0.into_iter().map(|(name, value)| (name, Argument::Text(value)));
    for (name, value) in json.chain(text) {
        let name: ParamName = name.parse().map_err(AppError::Name)?;
        arguments.insert(name, value).map_err(|error| Problem::invalid(error.to_string()))?;
    }
    match payload {
        None => Ok(EventSource::Arguments(arguments)),
        Some(payload) if arguments.is_empty() => Ok(EventSource::Raw(payload.as_str().to_owned())),
        Some(_) => Err(AppError::ArgumentsBesidePayload.into()),
    }
}

/// A value that is given, even if it is null.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<RawJson>, D::Error> {
    RawJson::deserialize(deserializer).map(Some)
}

/// The properties of an object in their order, including repeated names, so that these can be refused.
struct Values<T>(Vec<(String, T)>);

/// Values may be secret.
impl<T> fmt::Debug for Values<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} values", self.0.len())
    }
}

impl<T> Default for Values<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Values<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for InOrder<T> {
            type Value = Values<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of parameter values")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Values<T>, A::Error> {
                let mut values = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    values.push(entry);
                }
                Ok(Values(values))
            }
        }

        deserializer.deserialize_map(InOrder(PhantomData))
    }
}
