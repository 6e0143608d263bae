//! The functions of a connection, and their import as jobs.

use super::{
    address, filters,
    frame::{Frame, Place},
    jobs::connection_names,
    parts::{Markup, ago, badge, count, number},
    visit::{Visit, lead_to, show},
};
use crate::Problem;
use askama::Template;
use axum::{
    extract::{Form, Query},
    response::Response,
};
use lamplight_app::{
    AppError, AuthGate, DiscoverRequest, Discovery, Import, ImportRequest, ImportedFunction, NoProgress,
    discover, import_functions,
};
use lamplight_domain::{ConnectionName, Function, ImportAction, JobName, Readiness, Role, Timestamp};
use lamplight_ports::Connection;
use lamplight_views::size;
use serde::Deserialize;
use std::time::Duration;

/// How many functions a page lists.
const PAGE: u32 = 50;
/// How many functions are searched.
const MOST_SEARCHED: u32 = 1000;

/// The query of the page.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct FunctionsQuery {
    q: String,
    connection: String,
    shown: String,
    after: String,
}

/// The page.
#[derive(Template)]
#[template(path = "functions.html")]
struct FunctionsPage {
    frame: Frame,
    query: FunctionsQuery,
    connection: String,
    connections: Vec<String>,
    summary: String,
    rows: Vec<Row>,
    next: Option<String>,
    can_import: bool,
}

struct Row {
    name: String,
    link: String,
    description: String,
    runtime: String,
    memory: String,
    limit: String,
    package: String,
    state: Option<Markup>,
    changed: Option<Markup>,
    changed_text: String,
    job: JobLink,
}

/// The job of a function.
enum JobLink {
    /// There is none, and it can be imported.
    None,
    /// It is as the last import left it.
    Same(String),
    /// The function has changed since.
    Changed(String, String),
    /// It cannot be imported, for this reason.
    Impossible(String),
}

/// When a function was changed, if its provider's text is a time.
pub fn time_of(text: &str) -> Option<Timestamp> {
    // The offset of AWS has no colon.
    let colon = text.strip_suffix("+0000").map(|start| format!("{start}Z"));
    colon.as_deref().unwrap_or(text).parse().ok()
}

/// The state of a function.
pub fn function_state(function: &Function) -> Option<Markup> {
    let class = match function.readiness? {
        Readiness::Ready => "ok",
        Readiness::Pending => "run",
        Readiness::Asleep => "off",
        Readiness::Failed => "bad",
    };
    Some(badge(class, function.state.as_deref().unwrap_or("not known")))
}

/// The code of a function: its kind and size.
pub fn package(function: &Function) -> String {
    let kind = function.package_type.clone().unwrap_or_default();
    match function.code_size {
        Some(bytes) => format!("{kind} {}", size(bytes)).trim().to_owned(),
        None => kind,
    }
}

impl Row {
    fn new(connection: &Connection, function: &Function, import: &ImportedFunction, now: Timestamp) -> Self {
        let settings = &function.settings;
        let changed = function.last_modified.as_deref();
        let at = changed.and_then(time_of);
        let job = match &import.import {
            Import::Created(_) => JobLink::None,
            Import::Unchanged(name) => JobLink::Same(name.to_string()),
            Import::Refreshed(name) => {
                let many = import.changes.iter().filter(|change| change.action != ImportAction::Kept).count();
                JobLink::Changed(name.to_string(), count(many as u64, "change"))
            }
            Import::Skipped(reason) => JobLink::Impossible(reason.clone()),
        };
        Self {
            name: function.name.to_string(),
            link: address::of_function(connection.name.as_str(), function.name.as_str()),
            description: settings.description.clone().unwrap_or_default(),
            runtime: settings.runtime.clone().unwrap_or_else(|| "–".to_owned()),
            memory: settings.memory_mb.map_or_else(|| "–".to_owned(), |memory| number(u64::from(memory))),
            limit: settings.timeout_seconds.map_or_else(|| "–".to_owned(), |limit| format!("{limit} s")),
            package: package(function),
            state: function_state(function),
            changed: at.map(|at| ago(at, now)),
            changed_text: if at.is_none() { changed.unwrap_or("–").to_owned() } else { String::new() },
            job,
        }
    }
}

/// The connection that a query names, or else the default one.
pub async fn open(visit: &Visit, name: &str) -> Result<Connection, Problem> {
    let name = if name.is_empty() {
        let all = visit.server.ports.directory.list()?;
        let seen = |info: &&lamplight_ports::ConnectionInfo| visit.actor().scope.has_connection(&info.name);
        let chosen = all.iter().filter(seen).find(|info| info.is_default).or_else(|| all.iter().find(seen));
        chosen.map(|info| info.name.clone()).ok_or_else(Problem::not_found)?
    } else {
        name.parse::<ConnectionName>().map_err(|_| Problem::not_found())?
    };
    visit.require_connection(&name)?;
    Ok(visit.server.ports.connector.open(Some(&name)).await?)
}

/// Lists functions.
async fn read(
    visit: &Visit,
    connection: &Connection,
    request: &DiscoverRequest,
) -> Result<Discovery, AppError> {
    let gate =
        AuthGate::new(&*visit.server.ports.run.sleeper, &NoProgress, &visit.server.stop, Duration::ZERO);
    discover(connection, request, &gate).await
}

/// What an import of these functions would do.
pub async fn preview(
    visit: &Visit,
    connection: &Connection,
    functions: &[Function],
) -> Result<Vec<ImportedFunction>, AppError> {
    let request = ImportRequest { dry_run: true, closed: false };
    import_functions(&*visit.server.ports.jobs, connection, functions, request).await
}

/// Whether the visitor may use the job of this name on a connection.
pub fn may_use(visit: &Visit, connection: &Connection, job: &JobName) -> bool {
    visit.actor().scope.includes(&connection.name, Some(job))
}

/// Shows the page.
pub async fn list(visit: Visit, Query(query): Query<FunctionsQuery>) -> Result<Response, Problem> {
    let connections = connection_names(&visit)?;
    let connection = open(&visit, &query.connection).await?;
    let words = query.q.trim().to_lowercase();
    let is_search = !words.is_empty() || !query.shown.is_empty();
    let request = DiscoverRequest {
        marker: Some(query.after.clone()).filter(|marker| !marker.is_empty()),
        page_size: None,
        max_items: Some(if is_search { MOST_SEARCHED } else { PAGE }),
    };
    let mut found = read(&visit, &connection, &request).await?;
    let read_count = found.functions.len();
    found.functions.retain(|function| words.is_empty() || matches(function, &words));
    let previews = preview(&visit, &connection, &found.functions).await?;
    let now = visit.now();
    let mut rows: Vec<Row> = found
        .functions
        .iter()
        .zip(&previews)
        .map(|(function, import)| Row::new(&connection, function, import, now))
        .collect();
    rows.retain(|row| match query.shown.as_str() {
        "new" => matches!(row.job, JobLink::None),
        "changed" => matches!(row.job, JobLink::Changed(..)),
        _ => true,
    });
    let shown = count(rows.len() as u64, "function");
    let summary = if is_search {
        format!("{shown} of {} on {} match.", number(read_count as u64), connection.name)
    } else {
        format!("{shown} of {} on this page, read now.", connection.name)
    };
    let next = found.next_marker.as_ref().map(|marker| {
        let pairs = [
            ("q", query.q.as_str()),
            ("connection", connection.name.as_str()),
            ("shown", &query.shown),
            ("after", marker),
        ];
        address::with_query("/functions", pairs)
    });
    show(&FunctionsPage {
        frame: visit.frame().of(Place::Functions, "Functions"),
        can_import: visit.actor().may(Role::Admin),
        connection: connection.name.to_string(),
        connections,
        summary,
        rows,
        next,
        query,
    })
}

/// Whether a function's name, runtime or description contains a text in lower case.
fn matches(function: &Function, words: &str) -> bool {
    let texts = [
        Some(function.name.as_str()),
        function.settings.runtime.as_deref(),
        function.settings.description.as_deref(),
    ];
    texts.into_iter().flatten().any(|text| text.to_lowercase().contains(words))
}

/// Imports the functions that a form names.
pub async fn import(visit: Visit, Form(pairs): Form<Vec<(String, String)>>) -> Result<Response, Problem> {
    visit.require(Role::Admin)?;
    let value = |wanted: &str| pairs.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
    let connection = open(&visit, value("connection").unwrap_or_default()).await?;
    let mut functions = Vec::new();
    for (_, name) in pairs.iter().filter(|(name, _)| name == "function").take(PAGE as usize) {
        let function = connection.platform.parse_function(name).map_err(AppError::from)?;
        // The list may leave out what the import needs, such as variables.
        let found = connection.catalogue.get(&function, None).await?;
        functions.extend(found);
    }
    let jobs = &*visit.server.ports.jobs;
    let previews = preview(&visit, &connection, &functions).await?;
    let is_allowed = |import: &ImportedFunction| match &import.import {
        Import::Created(name) | Import::Refreshed(name) | Import::Unchanged(name) => {
            may_use(&visit, &connection, name)
        }
        Import::Skipped(_) => false,
    };
    let allowed = functions.into_iter().zip(&previews).filter(|(_, import)| is_allowed(import));
    let allowed: Vec<Function> = allowed.map(|(function, _)| function).collect();
    let done = import_functions(jobs, &connection, &allowed, ImportRequest::default()).await?;
    for import in &done {
        if let Import::Created(name) | Import::Refreshed(name) = &import.import {
            visit.caller.audit(&visit.server, "job.imported", format!("job {name}"), None).await;
        }
    }
    match done.as_slice() {
        [ImportedFunction { import: Import::Created(name) | Import::Refreshed(name), .. }] => {
            Ok(lead_to(&format!("/jobs/{name}/parameters")))
        }
        _ => Ok(lead_to(&address::with_query("/functions", [("connection", connection.name.as_str())]))),
    }
}
