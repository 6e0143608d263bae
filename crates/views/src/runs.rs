//! Lists of runs, the status of one, the answer to a cancellation, and where a function can be watched.

use crate::{RunView, StateWord, StatusWord};
use lamplight_domain::{Hint, Run, RunId, RunState, Status, Timestamp};
use lamplight_ports::RunSummary;
use schemars::JsonSchema;
use serde::Serialize;

/// The runs that match, the latest first.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RunsView<'a> {
    /// The runs.
    pub runs: Vec<RunSummaryView<'a>>,
}

/// A run in a list.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RunSummaryView<'a> {
    /// When its outcome was known; null before it has ended.
    pub ended_at: Option<Timestamp>,
    /// The bare name of the function called.
    pub function: &'a str,
    /// The job, if the run belongs to one.
    pub job: Option<&'a str>,
    /// The run's own key.
    pub key: &'a str,
    /// The provider's request id.
    pub request_id: Option<&'a str>,
    /// When it began.
    pub started_at: Timestamp,
    /// Where it is in its life.
    pub state: StateWord,
    /// The status that follows from the state.
    pub status: StatusWord,
}

impl<'a> From<&'a RunSummary> for RunSummaryView<'a> {
    fn from(run: &'a RunSummary) -> Self {
        // Taken apart, so that what is added later cannot be forgotten here.
        let RunSummary { key, job, function, request_id, state, started_at, ended_at } = run;
        Self {
            ended_at: *ended_at,
            function: function.as_str(),
            job: job.as_ref().map(lamplight_domain::JobName::as_str),
            key: key.as_str(),
            request_id: request_id.as_deref(),
            started_at: *started_at,
            state: (*state).into(),
            status: state.status().into(),
        }
    }
}

/// What is known of a run: what its id says, and the record where there is one.
#[derive(Debug, Serialize, JsonSchema)]
pub struct StatusView<'a> {
    /// The run's identity for other systems, where it is known.
    pub run_id: Option<String>,
    /// The bare name of the function called.
    pub function: &'a str,
    /// The provider's request id, or `local-` and the run's own key.
    pub request_id: Option<String>,
    /// The status: the record's where there is one, else the id's.
    pub status: StatusWord,
    /// Where the run is in its life; null without a record.
    pub state: Option<StateWord>,
    /// Whether there is a record of it here.
    pub recorded: bool,
    /// The record.
    pub run: Option<RunView<'a>>,
}

impl<'a> StatusView<'a> {
    /// What an id that was asked for says, and the record with its response; the record knows more than the id. `word`
    /// says hints in the words of the front that shows it.
    pub fn new(
        decoded: Option<&'a RunId>,
        run: Option<&'a Run>,
        response: Option<&'a [u8]>,
        word: impl Fn(&Hint) -> String,
    ) -> Self {
        let run_id = run.and_then(|run| run.id().ok()).or_else(|| decoded.cloned());
        let function = run.map(Run::function_name).or_else(|| decoded.map(RunId::function));
        let status = run.map(Run::status).or_else(|| decoded.map(RunId::status));
        Self {
            request_id: run_id.as_ref().map(|id| id.request_id().to_owned()),
            run_id: run_id.map(|id| id.to_string()),
            function: function.map(lamplight_domain::FunctionName::as_str).unwrap_or_default(),
            status: status.unwrap_or(Status::Unknown).into(),
            state: run.map(Run::state).map(|state: RunState| state.into()),
            recorded: run.is_some(),
            run: run.map(|run| RunView::new(run, response, word)),
        }
    }
}

/// The answer to a cancellation.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CancelView<'a> {
    /// The run's identity for other systems, where it is known.
    pub run_id: Option<String>,
    /// Whether the provider has stopped the run.
    pub cancelled: bool,
    /// Why not, as a sentence; of a run that was cancelled, who did it.
    pub reason: &'a str,
}

/// Where a function can be watched.
#[derive(Debug, Serialize, JsonSchema)]
pub struct MonitorView<'a> {
    /// The address of a page for people.
    pub monitor_url: &'a str,
}
