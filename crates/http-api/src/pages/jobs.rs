//! The jobs, those that need attention first.

use super::{
    address,
    frame::{Frame, Place},
    parts::{Markup, ago, count, marks, number, state_badge, took_ms},
    visit::{Visit, part, show},
};
use crate::Problem;
use askama::Template;
use axum::{extract::Query, response::Response};
use lamplight_app::AppError;
use lamplight_domain::{Evidence, NameError, Parameter, Run, RunState, Timestamp};
use lamplight_ports::{
    BucketLength, ChartRequest, JobFilter, JobOverview, PageRequest, RunSelector, StateCount,
};
use serde::Deserialize;
use std::{str::FromStr, time::Duration};

/// How many jobs a page lists.
const PAGE: u32 = 25;
/// How many jobs are listed as those that need attention.
const ATTENTION: u32 = 5;
/// The states of a latest run that need attention.
const TROUBLE: [RunState; 3] = [RunState::FunctionFailed, RunState::Unknown, RunState::Rejected];
const DAY: Duration = Duration::from_hours(24);

/// The query of the page.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct JobsQuery {
    q: String,
    connection: String,
    latest: String,
    after: String,
}

/// The page.
#[derive(Template)]
#[template(path = "jobs.html")]
pub struct JobsPage {
    frame: Frame,
    query: JobsQuery,
    summary: String,
    attention: Markup,
    connections: Vec<String>,
    states: Vec<(&'static str, &'static str)>,
    rows: Vec<JobRow>,
    damaged: Vec<String>,
    shown: String,
    next: Option<String>,
    has_filter: bool,
}

/// A job in the list.
pub struct JobRow {
    name: String,
    description: String,
    connection: String,
    cells: Markup,
}

/// The cells of a row that change while the page is open. Sent as an event, they replace those on the page.
#[derive(Template)]
#[template(path = "job_cells.html")]
pub struct JobCells<'a> {
    name: &'a str,
    marks: Markup,
    state: Option<Markup>,
    started: Option<Markup>,
    took: String,
    next: (String, String),
    is_event: bool,
}

impl<'a> JobCells<'a> {
    /// The cells of a job; `is_event` if they are sent to a page that shows others.
    pub fn new(overview: &'a JobOverview, now: Timestamp, is_event: bool) -> Self {
        let states: Vec<RunState> = overview.runs.iter().map(|run| run.state).collect();
        let latest = overview.runs.first();
        let took = latest.and_then(|run| {
            let ended = run.ended_at.filter(|_| run.state != RunState::Unknown)?;
            Some(took_ms(run.started_at, ended))
        });
        Self {
            name: overview.stored.job.name.as_str(),
            marks: marks(&states),
            state: latest.map(|run| state_badge(run.state)),
            started: latest.map(|run| ago(run.started_at, now)),
            took: took.unwrap_or_else(|| if latest.is_some() { "–".to_owned() } else { String::new() }),
            next: next_step(overview),
            is_event,
        }
    }
}

/// What to do next with a job, and where.
fn next_step(overview: &JobOverview) -> (String, String) {
    let job = &overview.stored.job;
    let form = format!("/jobs/{}", job.name);
    let Some(latest) = overview.runs.first() else {
        let is_missing = |parameter: &&Parameter| {
            parameter.required && parameter.direction.is_input() && parameter.default.is_none()
        };
        let missing = job.parameters.iter().filter(is_missing).count() as u64;
        let text = match missing {
            0 => "Run".to_owned(),
            _ => format!("Set {}", count(missing, "required parameter")),
        };
        return (text, form);
    };
    let run = format!("/runs/{}", latest.key);
    match latest.state {
        RunState::FunctionFailed => ("Show the failure".to_owned(), run),
        RunState::Unknown => ("Check before you rerun".to_owned(), run),
        RunState::Rejected => ("Show the reason".to_owned(), run),
        RunState::Queued | RunState::Running => ("Watch".to_owned(), run),
        RunState::Succeeded | RunState::Accepted | RunState::Validated => ("Run".to_owned(), form),
    }
}

/// The jobs that need attention.
#[derive(Template)]
#[template(path = "attention.html")]
pub struct Attention {
    items: Vec<AttentionItem>,
}

struct AttentionItem {
    state: Markup,
    job: String,
    key: String,
    why: String,
    then: String,
    started: Markup,
}

impl Attention {
    /// Reads them.
    pub async fn read(visit: &Visit) -> Result<Self, Problem> {
        let filter =
            JobFilter { latest: TROUBLE.into(), scope: visit.actor().scope.clone(), ..JobFilter::default() };
        let ports = &visit.server.ports;
        let found =
            ports.history.jobs(&filter, &PageRequest::first(ATTENTION)).await.map_err(AppError::from)?;
        let mut items = Vec::new();
        for overview in &found.items {
            let Some(latest) = overview.runs.first() else { continue };
            let selector = RunSelector::Key(latest.key.clone());
            let run = ports.run.runs.find(&selector).await.map_err(AppError::from)?;
            items.push(AttentionItem::new(overview, run.as_ref(), visit.now()));
        }
        Ok(Self { items: items.into_iter().flatten().collect() })
    }
}

impl AttentionItem {
    fn new(overview: &JobOverview, run: Option<&Run>, now: Timestamp) -> Option<Self> {
        let latest = overview.runs.first()?;
        let in_a_row = overview.runs.iter().take_while(|run| run.state == latest.state).count();
        let then = match latest.state {
            RunState::Unknown => "Nothing was repeated: check before you rerun it.".to_owned(),
            RunState::Rejected => "The function did not start: it is safe to run it again.".to_owned(),
            _ if in_a_row == JobOverview::RUNS => format!("The last {in_a_row} runs failed."),
            _ if in_a_row > 1 => format!("{in_a_row} failed in a row."),
            _ => String::new(),
        };
        Some(Self {
            state: state_badge(latest.state),
            job: overview.stored.job.name.to_string(),
            key: latest.key.to_string(),
            why: run.and_then(reason).unwrap_or_default(),
            then,
            started: ago(latest.started_at, now),
        })
    }
}

/// Why a run is in its state: its error, or else its evidence.
fn reason(run: &Run) -> Option<String> {
    const LONGEST: usize = 200;
    let outcome = run.outcome()?;
    let text = match &outcome.error {
        Some(error) if outcome.state != RunState::Unknown => match &error.error_type {
            Some(error_type) => format!("{error_type}: {}", error.message),
            None => error.message.clone(),
        },
        _ => sentence(&outcome.evidence),
    };
    let mut short: String = text.chars().take(LONGEST).collect();
    if short.len() < text.len() {
        short.push_str(" …");
    }
    Some(short)
}

/// The evidence as a sentence.
pub fn sentence(evidence: &Evidence) -> String {
    let text = evidence.to_string();
    let mut chars = text.chars();
    let first = chars.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", chars.as_str())
}

impl JobsPage {
    /// The page with these jobs.
    fn new(
        visit: &Visit,
        query: JobsQuery,
        found: lamplight_ports::StoredPage<JobOverview>,
        summary: String,
        attention: Markup,
        connections: Vec<String>,
    ) -> Result<Self, Problem> {
        let now = visit.now();
        let next = found.next_marker.as_ref().map(|marker| {
            let pairs = [
                ("q", &query.q),
                ("connection", &query.connection),
                ("latest", &query.latest),
                ("after", marker),
            ];
            address::with_query("/jobs", pairs.map(|(name, value)| (name, value.as_str())))
        });
        let rows = found.items.iter().map(|overview| {
            let job = &overview.stored.job;
            Ok(JobRow {
                name: job.name.to_string(),
                description: job.description.clone().unwrap_or_default(),
                connection: job.connection.to_string(),
                cells: part(&JobCells::new(overview, now, false))?,
            })
        });
        Ok(Self {
            frame: visit.frame().of(Place::Jobs, "Jobs").live("jobs"),
            has_filter: [&query.q, &query.connection, &query.latest].iter().any(|value| !value.is_empty()),
            rows: rows.collect::<Result<_, Problem>>()?,
            damaged: found
                .damaged
                .into_iter()
                .map(|damaged| format!("{}: {}", damaged.name, damaged.reason))
                .collect(),
            shown: count(found.items.len() as u64, "job"),
            query,
            summary,
            attention,
            connections,
            states: state_choices(),
            next,
        })
    }

    fn is_first(&self) -> bool {
        self.query.after.is_empty()
    }
}

/// The choices of states, by their names in queries.
fn state_choices() -> Vec<(&'static str, &'static str)> {
    let mut choices = vec![("", "any outcome"), ("trouble", "failed, rejected or unknown")];
    choices.extend(RunState::ALL.map(|state| (state.as_str(), super::parts::look(state).word)));
    choices
}

/// The states that a query names: none for any, `trouble`, or the name of one.
pub fn states_named(name: &str) -> Result<Vec<RunState>, Problem> {
    match (name, RunState::ALL.into_iter().find(|state| state.as_str() == name)) {
        ("", _) => Ok(Vec::new()),
        ("trouble", _) => Ok(TROUBLE.into()),
        (_, Some(state)) => Ok(vec![state]),
        (_, None) => Err(Problem::invalid("the address names a state that runs do not have")),
    }
}

/// The name in a query; `None` if it is empty.
pub fn named<T: FromStr<Err = NameError>>(text: &str) -> Result<Option<T>, Problem> {
    let name = Some(text).filter(|text| !text.is_empty());
    Ok(name.map(str::parse).transpose().map_err(AppError::from)?)
}

/// Shows the page.
pub async fn list(visit: Visit, Query(query): Query<JobsQuery>) -> Result<Response, Problem> {
    let ports = &visit.server.ports;
    let filter = JobFilter {
        text: Some(query.q.trim().to_owned()).filter(|text| !text.is_empty()),
        connection: named(&query.connection)?,
        latest: states_named(&query.latest)?,
        scope: visit.actor().scope.clone(),
    };
    let marker = Some(query.after.clone()).filter(|marker| !marker.is_empty());
    let found = ports.history.jobs(&filter, &PageRequest { marker, size: PAGE }).await?;
    let attention = part(&Attention::read(&visit).await?)?;
    let summary = summarize(&visit).await?;
    show(&JobsPage::new(&visit, query, found, summary, attention, connection_names(&visit)?)?)
}

/// The names of the connections that the visitor sees.
pub fn connection_names(visit: &Visit) -> Result<Vec<String>, Problem> {
    let all = visit.server.ports.directory.list()?;
    let seen = all.into_iter().filter(|info| visit.actor().scope.has_connection(&info.name));
    Ok(seen.map(|info| info.name.to_string()).collect())
}

/// How the jobs are, in a sentence.
async fn summarize(visit: &Visit) -> Result<String, Problem> {
    let scope = &visit.actor().scope;
    let history = &visit.server.ports.history;
    let jobs = history.count_jobs(&JobFilter { scope: scope.clone(), ..JobFilter::default() }).await?;
    let of = |states: &[RunState]| -> u64 {
        let counted = jobs.iter().filter(|StateCount { state, .. }| states.contains(state));
        counted.map(|StateCount { count, .. }| count).sum()
    };
    let until = visit.now();
    let request = ChartRequest {
        job: None,
        connection: None,
        scope: scope.clone(),
        since: until.saturating_sub(DAY).unwrap_or(until),
        until,
        bucket: BucketLength::Hour,
    };
    let chart = history.chart(&request).await?;
    let succeeded: u64 = chart
        .iter()
        .filter(|bucket| bucket.state == RunState::Succeeded)
        .map(|bucket| bucket.durations.count())
        .sum();
    let needs = match of(&TROUBLE) {
        1 => "1 job needs attention".to_owned(),
        trouble => format!("{} jobs need attention", number(trouble)),
    };
    Ok(format!(
        "{needs}, {} under way. {} succeeded in the last 24 hours.",
        number(of(&[RunState::Queued, RunState::Running])),
        count(succeeded, "run")
    ))
}
