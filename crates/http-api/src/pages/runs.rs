//! Runs over time: filters, charts, and a page of the list.

use super::{
    address, filters,
    frame::{Frame, Place},
    jobs::{connection_names, named, states_named},
    parts::{DurationChart, Markup, OutcomeChart, Period, ago, exact_text, look, state_badge, took_ms},
    visit::{Visit, lead_to, show},
};
use crate::Problem;
use askama::Template;
use axum::{extract::Query, response::Response};
use lamplight_app::{RunName, list_runs};
use lamplight_domain::{ConnectionName, JobName, RunId, RunKey, RunState, Timestamp};
use lamplight_ports::{ChartBucket, ChartRequest, PageRequest, RunFilter, RunSummary, StoredPage};
use serde::Deserialize;
use std::time::Duration;

/// How many runs a page lists.
const PAGE: u32 = 25;

/// The query of the page.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct RunsQuery {
    q: String,
    job: String,
    state: String,
    connection: String,
    period: String,
    from: String,
    to: String,
    after: String,
}

impl RunsQuery {
    /// The pairs of the address without the place in the list.
    fn pairs(&self) -> [(&'static str, &str); 7] {
        [
            ("q", &self.q),
            ("job", &self.job),
            ("state", &self.state),
            ("connection", &self.connection),
            ("period", &self.period),
            ("from", &self.from),
            ("to", &self.to),
        ]
    }

    fn address(&self, changed: &[(&'static str, &str)]) -> String {
        let value = |(name, own): (&'static str, &str)| {
            let new = changed.iter().find(|(other, _)| *other == name);
            (name, new.map_or(own, |(_, value)| *value).to_owned())
        };
        let more = changed
            .iter()
            .filter(|(name, _)| *name == "after")
            .map(|(name, value)| (*name, (*value).to_owned()));
        let all: Vec<(&str, String)> = self.pairs().into_iter().map(value).chain(more).collect();
        address::with_query("/runs", all.iter().map(|(name, value)| (*name, value.as_str())))
    }

    /// How many filters are set.
    fn set(&self) -> u64 {
        self.pairs().iter().filter(|(_, value)| !value.is_empty()).count() as u64
    }

    /// From when and until when.
    fn span(&self, now: Timestamp) -> Result<(Option<Timestamp>, Option<Timestamp>), Problem> {
        let read = |text: &str| -> Result<Option<Timestamp>, Problem> {
            if text.is_empty() { Ok(None) } else { read_time(text).map(Some) }
        };
        let (from, to) = (read(&self.from)?, read(&self.to)?);
        let hours = match self.period.as_str() {
            "hour" => Some(1),
            "day" => Some(24),
            "week" => Some(24 * 7),
            "month" => Some(24 * 30),
            _ => None,
        };
        match hours {
            Some(hours) if from.is_none() && to.is_none() => {
                Ok((now.saturating_sub(Duration::from_hours(hours)).ok(), None))
            }
            _ => Ok((from, to)),
        }
    }
}

/// Reads a time in UTC: a date, or a date and a time.
fn read_time(text: &str) -> Result<Timestamp, Problem> {
    let text = text.trim().replace(' ', "T");
    let whole = [text.clone(), format!("{text}Z"), format!("{text}:00Z"), format!("{text}T00:00:00Z")];
    whole.iter().find_map(|text| text.parse().ok()).ok_or_else(|| {
        Problem::invalid("a time of the period is not valid")
            .with_hint("use a form such as 2026-01-14 or 2026-01-14 03:00")
    })
}

/// The periods that a filter can name.
const PERIODS: [(&str, &str); 5] =
    [("", "all"), ("hour", "last hour"), ("day", "last 24 h"), ("week", "last 7 d"), ("month", "last 30 d")];

/// The page.
#[derive(Template)]
#[template(path = "runs.html")]
struct RunsPage {
    frame: Frame,
    summary: String,
    query: RunsQuery,
    connections: Vec<String>,
    states: Vec<(&'static str, &'static str)>,
    filters_set: u64,
    chart: Option<OutcomeChart>,
    durations: Option<DurationChart>,
    no_chart: &'static str,
    rows: Vec<Row>,
    damaged: Vec<String>,
    next: Option<String>,
    export: String,
    period_words: String,
    is_first: bool,
}

struct Row {
    key: String,
    subject: String,
    function: String,
    connection: String,
    state: Markup,
    started: Markup,
    took: String,
}

impl Row {
    fn new(run: &RunSummary, now: Timestamp) -> Self {
        let took = match run.ended_at {
            Some(ended) => took_ms(run.started_at, ended),
            None if run.state == RunState::Running => took_ms(run.started_at, now),
            None => "–".to_owned(),
        };
        Self {
            key: run.key.to_string(),
            subject: run.job.as_ref().map_or_else(|| run.function.to_string(), ToString::to_string),
            function: match &run.job {
                Some(job) if job.as_str() != run.function.as_str() => run.function.to_string(),
                Some(_) => String::new(),
                None => "function".to_owned(),
            },
            connection: run.connection.as_ref().map_or_else(|| "not known".to_owned(), ToString::to_string),
            state: state_badge(run.state),
            started: ago(run.started_at, now),
            took,
        }
    }
}

/// Shows the page. A search for exactly one run leads to it.
pub async fn list(visit: Visit, Query(query): Query<RunsQuery>) -> Result<Response, Problem> {
    let now = visit.now();
    let ports = &visit.server.ports;
    if let Some(key) = named_run(&visit, query.q.trim()).await? {
        return Ok(lead_to(&format!("/runs/{key}")));
    }
    let (since, before) = query.span(now)?;
    let job: Option<JobName> = named(&query.job)?;
    let connection: Option<ConnectionName> = named(&query.connection)?;
    let filter = RunFilter {
        job: job.clone(),
        connection: connection.clone(),
        states: states_named(&query.state)?,
        text: Some(query.q.trim().to_owned()).filter(|text| !text.is_empty()),
        scope: visit.actor().scope.clone(),
        since,
        before,
        ..RunFilter::default()
    };
    let marker = Some(query.after.clone()).filter(|marker| !marker.is_empty());
    let found = list_runs(&*ports.run.runs, &filter, &PageRequest { marker, size: PAGE }).await?;
    let until = before.unwrap_or(now);
    let from = since.unwrap_or_else(|| until.saturating_sub(Duration::from_hours(24)).unwrap_or(until));
    let period = Period::new(from, until.max(from), now);
    let request = ChartRequest {
        job,
        connection,
        scope: visit.actor().scope.clone(),
        since: period.since,
        until: period.until,
        bucket: period.bucket,
    };
    // Charts are counts per job and connection: they do not know states and texts.
    let has_chart = filter.text.is_none();
    let buckets = if has_chart { ports.history.chart(&request).await? } else { Vec::new() };
    let buckets: Vec<ChartBucket> = buckets
        .into_iter()
        .filter(|bucket| filter.states.is_empty() || filter.states.contains(&bucket.state))
        .collect();
    let connections = connection_names(&visit)?;
    let export = export_address(&query, &filter);
    let chart = has_chart.then_some((&period, buckets.as_slice()));
    show(&RunsPage::new(&visit, query, found, chart, connections, export))
}

/// The run that a search names exactly: by a run ID or a run key.
async fn named_run(visit: &Visit, text: &str) -> Result<Option<RunKey>, Problem> {
    let runs = &visit.server.ports.run.runs;
    let run = if text.parse::<RunId>().is_ok() {
        let name: RunName = text.parse()?;
        lamplight_app::show_run(&**runs, &name).await?.run
    } else {
        // Keys are long; a shorter text is a word to look for.
        match text.parse::<RunKey>().ok().filter(|key| key.as_str().len() >= 20) {
            Some(key) => return Ok(super::run::find(visit, &key).await?.map(|run| run.intent.key)),
            None => return Ok(None),
        }
    };
    let may_see = |run: &lamplight_domain::Run| {
        visit.actor().scope.includes(&run.intent.connection, run.intent.job.as_ref())
    };
    Ok(run.filter(may_see).map(|run| run.intent.key))
}

impl RunsPage {
    fn new(
        visit: &Visit,
        query: RunsQuery,
        found: StoredPage<RunSummary>,
        chart: Option<(&Period, &[ChartBucket])>,
        connections: Vec<String>,
        export: String,
    ) -> Self {
        let now = visit.now();
        let outcomes = chart.map(|(period, buckets)| {
            OutcomeChart::new(period, buckets, |from, to| {
                query.address(&[("period", ""), ("from", &format!("{from:.0}")), ("to", &format!("{to:.0}"))])
            })
        });
        let period_words = chart
            .map(|(period, _)| format!("{} to {}", exact_text(period.since), exact_text(period.until)))
            .unwrap_or_default();
        let summary = outcomes.as_ref().map_or_else(String::new, OutcomeChart::sentence);
        let mut states = vec![("", "any"), ("trouble", "failed, rejected or unknown")];
        states.extend(RunState::ALL.map(|state| (state.as_str(), look(state).word)));
        let is_first = query.after.is_empty();
        let mut frame = visit.frame().of(Place::Runs, "Runs");
        if is_first {
            frame = frame.live("runs");
        }
        Self {
            frame,
            summary,
            filters_set: query.set(),
            connections,
            states,
            durations: chart.map(|(period, buckets)| DurationChart::new(period, buckets)),
            chart: outcomes,
            no_chart: "Charts count runs by job, connection, state and time; they cannot show a search for a text.",
            rows: found.items.iter().map(|run| Row::new(run, now)).collect(),
            damaged: found
                .damaged
                .into_iter()
                .map(|damaged| format!("{}: {}", damaged.name, damaged.reason))
                .collect(),
            next: found.next_marker.as_ref().map(|marker| query.address(&[("after", marker)])),
            export,
            period_words,
            is_first,
            query,
        }
    }

    fn here(&self) -> String {
        self.query.address(&[])
    }
}

/// The address of the same runs as lines of JSON.
fn export_address(query: &RunsQuery, filter: &RunFilter) -> String {
    let states = filter.states.iter().map(|state| state.as_str()).collect::<Vec<_>>().join(",");
    let time = |at: Option<Timestamp>| at.map(|at| at.to_string()).unwrap_or_default();
    let (since, until) = (time(filter.since), time(filter.before));
    let pairs = [
        ("q", query.q.trim()),
        ("job", &query.job),
        ("state", &states),
        ("connection", &query.connection),
        ("since", &since),
        ("until", &until),
    ];
    address::with_query("/api/v1/runs/export", pairs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_in_utc() {
        for (text, read) in [
            ("2026-01-14", "2026-01-14T00:00:00Z"),
            ("2026-01-14 03:07", "2026-01-14T03:07:00Z"),
            ("2026-01-14T03:07:12Z", "2026-01-14T03:07:12Z"),
            ("2026-01-14T03:07:12", "2026-01-14T03:07:12Z"),
        ] {
            assert_eq!(read_time(text).unwrap().to_string(), read, "{text}");
        }
        assert!(read_time("yesterday").is_err());
    }

    #[test]
    fn an_address_keeps_the_other_filters() {
        let query = RunsQuery {
            q: "a b".to_owned(),
            state: "unknown".to_owned(),
            period: "day".to_owned(),
            ..RunsQuery::default()
        };
        assert_eq!(query.address(&[("period", ""), ("from", "x")]), "/runs?q=a%20b&state=unknown&from=x");
        assert_eq!(query.address(&[("after", "1.k")]), "/runs?q=a%20b&state=unknown&period=day&after=1.k");
        assert_eq!(query.set(), 3);
    }
}
