//! Changes as fragments of pages: the sections that a page has, written by the same templates.
//!
//! A page has one stream. What changes often is collected, so that a busy store costs a stream a few reads in a second.

use super::{
    jobs::{Attention, JobCells},
    parts::count,
    run::{in_words, verdict_event},
    visit::{Visit, part},
};
use crate::{
    Problem,
    api::{events::last_event, lookup},
    events::{Shown, Topic, stream},
};
use axum::{
    extract::Query,
    http::HeaderMap,
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures_util::{FutureExt, Stream, StreamExt, stream as streams};
use lamplight_domain::{JobName, RunKey};
use lamplight_ports::{ChangeNumber, JobOverview, PageRequest, RunFilter, RunSelector, RunSummary};
use serde::Deserialize;
use std::{
    collections::{BTreeSet, VecDeque},
    convert::Infallible,
    pin::Pin,
    time::Duration,
};

/// How often a comment is sent if nothing happens, so that proxies keep the stream open.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// How long a browser waits before it connects again.
const RETRY: Duration = Duration::from_secs(2);
/// How many rows of jobs are sent at once.
const MOST_JOBS: usize = 50;
/// How many new runs are counted.
const MOST_RUNS: usize = 999;

/// What a page shows.
enum View {
    Jobs,
    Runs,
    Run(RunKey),
}

impl View {
    fn parse(text: &str) -> Result<Self, Problem> {
        match text {
            "jobs" => Ok(Self::Jobs),
            _ => match Topic::parse(text)? {
                Topic::Runs => Ok(Self::Runs),
                Topic::Run(key) => Ok(Self::Run(key)),
                Topic::Job(_) => Err(Problem::invalid("no page shows the events of one job")),
            },
        }
    }

    /// How long changes are collected after some were sent.
    fn pause(&self) -> Duration {
        match self {
            Self::Jobs | Self::Runs => Duration::from_secs(1),
            Self::Run(_) => Duration::from_millis(200),
        }
    }
}

/// The query of a stream.
#[derive(Debug, Deserialize)]
pub struct EventsQuery {
    of: String,
}

/// Streams the fragments of a page.
pub async fn events(
    visit: Visit,
    headers: HeaderMap,
    Query(query): Query<EventsQuery>,
) -> Result<Response, Problem> {
    let view = View::parse(&query.of)?;
    let topic = match &view {
        View::Jobs | View::Runs => Topic::Runs,
        View::Run(key) => {
            lookup::run(&visit.server, &visit.caller, key.as_str()).await?;
            Topic::Run(key.clone())
        }
    };
    let scope = visit.actor().scope.clone();
    let shown = stream(visit.server.clone(), scope, topic, last_event(&headers)?).await?;
    let page = Page { visit, view, new: BTreeSet::new() };
    let live = Live { page, shown: Box::pin(shown), has_paused: true, ready: VecDeque::new() };
    let events = streams::unfold(live, |mut live| async move {
        live.next().await.map(|event| (Ok::<_, Infallible>(event), live))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)).into_response())
}

/// The stream of an open page.
struct Live {
    page: Page,
    shown: Pin<Box<dyn Stream<Item = Shown> + Send>>,
    has_paused: bool,
    ready: VecDeque<Event>,
}

/// An open page.
struct Page {
    visit: Visit,
    view: View,
    /// The runs that began or changed while the page was open.
    new: BTreeSet<RunKey>,
}

/// Changes that are sent together.
#[derive(Default)]
struct Batch {
    runs: Vec<RunSummary>,
    /// Whether there were more.
    is_cut: bool,
    at: ChangeNumber,
}

impl Batch {
    fn add(&mut self, shown: Shown) {
        match shown {
            Shown::At(at) => self.at = at,
            Shown::Run(at, run) => {
                self.at = at;
                self.runs.push(*run);
            }
            Shown::Reload(at) => {
                self.at = at;
                self.is_cut = true;
            }
        }
    }
}

impl Live {
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some(event);
            }
            if !std::mem::replace(&mut self.has_paused, true) {
                let sleeper = self.page.visit.server.ports.run.sleeper.clone();
                tokio::select! {
                    () = self.page.visit.server.stop.cancelled() => return None,
                    () = sleeper.sleep(self.page.view.pause()) => {}
                }
            }
            let mut batch = Batch::default();
            batch.add(self.shown.next().await?);
            while let Some(shown) = self.shown.next().now_or_never() {
                batch.add(shown?);
            }
            self.take(batch).await;
        }
    }

    /// Writes the fragments of a batch. A fragment that cannot be written is left out: the page can be loaded again.
    async fn take(&mut self, batch: Batch) {
        let id = batch.at.0.to_string();
        if batch.runs.is_empty() && !batch.is_cut {
            // Without data it sets the position, and nothing else happens.
            self.ready.push_back(Event::default().id(id).retry(RETRY));
            return;
        }
        self.has_paused = false;
        let fragments = self.page.fragments(&batch).await.unwrap_or_else(|problem| {
            tracing::warn!(%problem, "could not write an event of a page");
            Vec::new()
        });
        // An event without data has no effect in a browser but to set the position.
        self.ready.push_back(Event::default().id(id));
        let events = fragments
            .into_iter()
            .map(|(name, data)| Event::default().event(name).data(data.replace('\r', "")));
        self.ready.extend(events);
    }
}

impl Page {
    /// The fragments that a batch changes, by the names of their events.
    async fn fragments(&mut self, batch: &Batch) -> Result<Vec<(String, String)>, Problem> {
        match &self.view {
            View::Run(key) => self.run(key).await,
            View::Jobs => self.jobs(batch).await,
            View::Runs => Ok(self.runs(batch)),
        }
    }

    async fn run(&self, key: &RunKey) -> Result<Vec<(String, String)>, Problem> {
        let (verdict, end) = verdict_event(&self.visit, key).await?;
        let mut fragments = vec![("run.state".to_owned(), verdict.0)];
        fragments.extend(end.map(|end| ("say".to_owned(), super::parts::escaped(&end))));
        Ok(fragments)
    }

    async fn jobs(&self, batch: &Batch) -> Result<Vec<(String, String)>, Problem> {
        let names: BTreeSet<&JobName> = batch.runs.iter().filter_map(|run| run.job.as_ref()).collect();
        let mut fragments = Vec::new();
        for name in names.into_iter().take(MOST_JOBS) {
            if let Some(overview) = self.overview(name).await? {
                let cells = part(&JobCells::new(&overview, self.visit.now(), true))?;
                fragments.push((format!("job.{name}"), cells.0));
            }
        }
        let ended = batch.runs.iter().rfind(|run| run.state.is_final());
        if ended.is_some() || batch.is_cut {
            fragments.push(("attention".to_owned(), part(&Attention::read(&self.visit).await?)?.0));
        }
        if let Some(ended) = ended {
            let run = self.visit.server.ports.run.runs.find(&RunSelector::Key(ended.key.clone())).await?;
            fragments.extend(
                run.map(|run| ("say".to_owned(), super::parts::escaped(&format!("{}.", in_words(&run))))),
            );
        }
        Ok(fragments)
    }

    async fn overview(&self, name: &JobName) -> Result<Option<JobOverview>, Problem> {
        let ports = &self.visit.server.ports;
        let Some(stored) = ports.jobs.get(name).await? else { return Ok(None) };
        let scope = self.visit.actor().scope.clone();
        let filter = RunFilter { job: Some(name.clone()), scope, ..RunFilter::default() };
        let most = u32::try_from(JobOverview::RUNS).unwrap_or(u32::MAX);
        let runs = ports.run.runs.list(&filter, &PageRequest::first(most)).await?.items;
        Ok(Some(JobOverview { stored, runs }))
    }

    fn runs(&mut self, batch: &Batch) -> Vec<(String, String)> {
        self.new.extend(
            batch.runs.iter().map(|run| run.key.clone()).take(MOST_RUNS.saturating_sub(self.new.len())),
        );
        let text = if batch.is_cut || self.new.len() >= MOST_RUNS {
            "Many runs are new or have changed".to_owned()
        } else {
            format!("{} new or changed", count(self.new.len() as u64, "run"))
        };
        // An empty address is that of the page, with its filters.
        vec![("runs.new".to_owned(), format!("<a class=\"btn\" href=\"\">{text}: load them</a>"))]
    }
}
