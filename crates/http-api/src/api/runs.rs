//! Lists runs.

use super::{query::Query, reply::json};
use crate::{
    Caller, Problem, Server,
    openapi::{Endpoint, Operation, connection_name, job_name, states, text, time},
};
use axum::{extract::State, http::StatusCode, response::Response};
use lamplight_app::list_runs;
use lamplight_ports::RunFilter;
use lamplight_views::{DamagedView, RunSummaryView, RunsView};
use std::sync::Arc;

pub(super) fn endpoint() -> Endpoint {
    filtered(Operation::get("/api/v1/runs", "list_runs", "List runs, latest first"))
        .pages()
        .answer::<RunsView<'_>>(200, "A page of runs")
        .handled_by(list)
}

/// The conditions of a list of runs.
pub(super) fn filtered(operation: Operation) -> Operation {
    operation
        .query(
            "q",
            "Only runs whose key, job, function, connection or error has words that begin with these",
            text,
        )
        .query("job", "Only runs of this job", job_name)
        .query("function", "Only runs of this function", text)
        .query("connection", "Only runs on this connection", connection_name)
        .query("request_id", "Only runs with this request ID of the provider", text)
        .query("state", "Only runs in one of these states; repeated, or separated by commas", states)
        .query("since", "Only runs that started at this time or later", time)
        .query("until", "Only runs that started before this time", time)
}

/// Reads the conditions.
pub(super) fn filter(caller: &Caller, query: &mut Query) -> Result<RunFilter, Problem> {
    Ok(RunFilter {
        job: query.parse("job")?,
        function: query.parse("function")?,
        request_id: query.text("request_id")?,
        connection: query.parse("connection")?,
        parent: None,
        states: query.states("state")?,
        text: query.text("q")?,
        scope: caller.actor.scope.clone(),
        since: query.time("since")?,
        before: query.time("until")?,
    })
}

async fn list(
    State(server): State<Arc<Server>>,
    caller: Caller,
    mut query: Query,
) -> Result<Response, Problem> {
    let filter = filter(&caller, &mut query)?;
    let page = query.page()?;
    query.finish()?;
    let found = list_runs(&*server.ports.run.runs, &filter, &page).await?;
    let is_unlimited = caller.actor.scope.is_unlimited();
    let view = RunsView {
        runs: found.items.iter().map(RunSummaryView::from).collect(),
        next_marker: found.next_marker.as_deref(),
        // Of a damaged record nobody knows whether the caller may see it.
        damaged: found.damaged.iter().filter(|_| is_unlimited).map(DamagedView::from).collect(),
    };
    Ok(json(StatusCode::OK, &view))
}
