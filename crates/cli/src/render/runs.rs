//! Lists of runs, the status of one, and the answer to a cancellation.

use crate::render::{
    RunJson,
    run_text::run_details,
    table::{details, or_dash, table},
};
use lamplight_app::{CancelOutcome, FoundRun};
use lamplight_domain::{RunState, Status, Timestamp};
use lamplight_ports::RunSummary;
use serde::Serialize;

/// A run in a list.
#[derive(Debug, Serialize)]
pub struct SummaryJson<'a> {
    key: &'a str,
    job: Option<&'a str>,
    function: &'a str,
    request_id: Option<&'a str>,
    state: RunState,
    status: Status,
    started_at: Timestamp,
    ended_at: Option<Timestamp>,
}

impl<'a> SummaryJson<'a> {
    /// One row.
    pub fn new(run: &'a RunSummary) -> Self {
        Self {
            key: run.key.as_str(),
            job: run.job.as_ref().map(lamplight_domain::JobName::as_str),
            function: run.function.as_str(),
            request_id: run.request_id.as_deref(),
            state: run.state,
            status: run.state.status(),
            started_at: run.started_at,
            ended_at: run.ended_at,
        }
    }
}

/// Runs as a table.
pub fn runs_table(runs: &[RunSummary]) -> String {
    let rows = runs.iter().map(|run| {
        let took =
            run.ended_at.map(|ended| format!("{} ms", ended.duration_since(run.started_at).as_millis()));
        [
            run.key.to_string(),
            run.function.to_string(),
            or_dash(run.job.as_ref()),
            run.state.to_string(),
            run.state.status().to_string(),
            format!("{:.0}", run.started_at),
            or_dash(took),
        ]
    });
    table(["KEY", "FUNCTION", "JOB", "STATE", "STATUS", "STARTED", "TOOK"], rows)
}

/// What is known of a run: what its id says, and the record where there is one.
#[derive(Debug, Serialize)]
pub struct StatusJson<'a> {
    run_id: Option<String>,
    function: &'a str,
    request_id: Option<String>,
    status: Status,
    state: Option<RunState>,
    recorded: bool,
    run: Option<RunJson<'a>>,
}

impl<'a> StatusJson<'a> {
    /// A status; the record, where there is one, knows more than the id.
    pub fn new(found: &'a FoundRun) -> Self {
        let run = found.run.as_ref();
        let decoded = found.decoded.as_ref();
        let run_id = run.and_then(|run| run.id().ok()).or_else(|| decoded.cloned());
        let function = match (run, decoded) {
            (Some(run), _) => run.function_name().as_str(),
            (None, Some(id)) => id.function().as_str(),
            (None, None) => "",
        };
        let status =
            run.map(lamplight_domain::Run::status).or_else(|| decoded.map(lamplight_domain::RunId::status));
        Self {
            request_id: run_id.as_ref().map(|id| id.request_id().to_owned()),
            run_id: run_id.map(|id| id.to_string()),
            function,
            status: status.unwrap_or(Status::Unknown),
            state: run.map(lamplight_domain::Run::state),
            recorded: run.is_some(),
            run: run.map(|run| RunJson::new(run, found.response.as_deref())),
        }
    }
}

/// A status for people.
pub fn status_text(found: &FoundRun) -> String {
    match (&found.run, &found.decoded) {
        (Some(run), _) => format!("{}\n{}", run.status(), run_details(run, found.response.as_deref())),
        (None, Some(id)) => format!(
            "{}\n{}",
            id.status(),
            details(&[
                ("function", id.function().to_string()),
                ("request id", id.request_id().to_owned()),
                ("record", "none here; the status is the one in the run id".to_owned()),
            ])
        ),
        (None, None) => String::new(),
    }
}

/// The answer to a cancellation.
#[derive(Debug, Serialize)]
pub struct CancelJson {
    run_id: Option<String>,
    cancelled: bool,
    reason: String,
}

impl CancelJson {
    /// An answer.
    pub fn new(outcome: &CancelOutcome) -> Self {
        Self {
            run_id: outcome.run_id.as_ref().map(ToString::to_string),
            cancelled: outcome.cancelled,
            reason: outcome.reason.clone(),
        }
    }
}
