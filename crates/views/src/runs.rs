//! Lists of runs, the status of one run, the answer to a cancellation, and where to watch a function.

use crate::{InvocationTypeWord, RunView, StateWord, StatusWord};
use lamplight_domain::{Hint, Run, RunId, RunKey, RunState, Status, Timestamp};
use lamplight_ports::{Damaged, RunSummary};
use schemars::JsonSchema;
use serde::Serialize;

/// The runs that match, latest first.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RunsView<'a> {
    /// The runs.
    pub runs: Vec<RunSummaryView<'a>>,
    /// The marker of the next page; null on the last page.
    pub next_marker: Option<&'a str>,
    /// The runs whose record cannot be read.
    pub damaged: Vec<DamagedView<'a>>,
}

/// A record that cannot be read.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DamagedView<'a> {
    /// The key of the run or the name of the job, as far as it can be read.
    pub name: &'a str,
    /// Why it cannot be read.
    pub reason: &'a str,
}

impl<'a> From<&'a Damaged> for DamagedView<'a> {
    fn from(damaged: &'a Damaged) -> Self {
        let Damaged { name, reason } = damaged;
        Self { name, reason }
    }
}

/// A run in a list.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RunSummaryView<'a> {
    /// The connection; null if the record does not say.
    pub connection: Option<&'a str>,
    /// When the outcome was known; null until the run has ended.
    pub ended_at: Option<Timestamp>,
    /// The bare name of the function called.
    pub function: &'a str,
    /// How the function was called; null if the record does not say.
    pub invocation_type: Option<InvocationTypeWord>,
    /// The job, if the run belongs to one.
    pub job: Option<&'a str>,
    /// The key of the run.
    pub key: &'a str,
    /// The provider's request ID.
    pub request_id: Option<&'a str>,
    /// The ID of the run for other systems: `function/request id#status`.
    pub run_id: String,
    /// When the run started.
    pub started_at: Timestamp,
    /// The state of the run.
    pub state: StateWord,
    /// The status that follows from the state.
    pub status: StatusWord,
}

impl<'a> From<&'a RunSummary> for RunSummaryView<'a> {
    fn from(run: &'a RunSummary) -> Self {
        // Destructured, so that a new field cannot be forgotten here.
        let RunSummary {
            key,
            job,
            connection,
            function,
            invocation_type,
            request_id,
            state,
            started_at,
            ended_at,
        } = run;
        Self {
            connection: connection.as_ref().map(lamplight_domain::ConnectionName::as_str),
            ended_at: *ended_at,
            function: function.as_str(),
            invocation_type: invocation_type.map(Into::into),
            job: job.as_ref().map(lamplight_domain::JobName::as_str),
            key: key.as_str(),
            request_id: request_id.as_deref(),
            run_id: run.id().to_string(),
            started_at: *started_at,
            state: (*state).into(),
            status: state.status().into(),
        }
    }
}

/// What is known about a run: what its ID says, and its record if there is one.
#[derive(Debug, Serialize, JsonSchema)]
pub struct StatusView<'a> {
    /// The ID of the run for other systems, if it is known.
    pub run_id: Option<String>,
    /// The bare name of the function called.
    pub function: &'a str,
    /// The provider's request ID, or `local-` and the run's key.
    pub request_id: Option<String>,
    /// The status: from the record if there is one, else from the ID.
    pub status: StatusWord,
    /// The state of the run; null without a record.
    pub state: Option<StateWord>,
    /// Whether this store has a record of the run.
    pub recorded: bool,
    /// The keys of other runs of the function with the same request ID, latest first: if there are any, the run ID is not
    /// unique, and the latest run is shown. At most five.
    pub others: Vec<&'a str>,
    /// The record.
    pub run: Option<RunView<'a>>,
}

impl<'a> StatusView<'a> {
    /// Combines a decoded run ID with the record and its response; where both know a value, the record's is used.
    /// `word` puts hints into the words of the front that shows the view.
    pub fn new(
        decoded: Option<&'a RunId>,
        run: Option<&'a Run>,
        response: Option<&'a [u8]>,
        others: &'a [RunKey],
        word: impl Fn(&Hint) -> String,
    ) -> Self {
        let run_id = run.map(Run::id).or_else(|| decoded.cloned());
        let function = run.map(Run::function_name).or_else(|| decoded.map(RunId::function));
        let status = run.map(Run::status).or_else(|| decoded.map(RunId::status));
        Self {
            request_id: run_id.as_ref().map(|id| id.request_id().to_owned()),
            run_id: run_id.map(|id| id.to_string()),
            function: function.map(lamplight_domain::FunctionName::as_str).unwrap_or_default(),
            status: status.unwrap_or(Status::Unknown).into(),
            state: run.map(Run::state).map(|state: RunState| state.into()),
            recorded: run.is_some(),
            others: others.iter().map(RunKey::as_str).collect(),
            run: run.map(|run| RunView::new(run, response, word)),
        }
    }
}

/// The answer to a cancellation.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CancelView<'a> {
    /// The ID of the run for other systems, if it is known.
    pub run_id: Option<String>,
    /// Whether the provider has stopped the run.
    pub cancelled: bool,
    /// Why it was not cancelled, or who cancelled it, as a sentence.
    pub reason: &'a str,
}

/// Where to watch a function.
#[derive(Debug, Serialize, JsonSchema)]
pub struct MonitorView<'a> {
    /// The URL of a page for people.
    pub monitor_url: &'a str,
}
