//! Shows, cancels and removes one run.

use super::{create_run::wait_for, lookup, query::Query, reply::json};
use crate::{
    Caller, Problem, Server,
    openapi::{Endpoint, Operation, some_text, wait},
    problem::word_hint,
};
use axum::{
    extract::{Path, State},
    http::{Method, StatusCode},
    response::Response,
};
use lamplight_app::{RunName, cancel_run, removable_run, remove_run, show_run};
use lamplight_domain::Role;
use lamplight_views::{CancelView, RunView, StatusView};
use std::sync::Arc;

/// An operation on one run.
pub(super) fn of_run(operation: Operation) -> Operation {
    operation
        .in_path(
            "name",
            "The key of the run, its beginning, its run ID (percent-encoded), or `latest`",
            some_text,
        )
        .fails(404, "The run does not exist")
}

pub(super) fn show() -> Endpoint {
    of_run(Operation::get(
        "/api/v1/runs/{name}",
        "show_run",
        "Show a run with everything that is known about it",
    ))
    .query("wait", "Wait up to so many seconds for its end", wait)
    .answer::<RunView<'_>>(200, "The run")
    .handled_by(show_one)
}

async fn show_one(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Path(name): Path<String>,
    mut query: Query,
) -> Result<Response, Problem> {
    let limit = query.wait()?;
    query.finish()?;
    let mut run = lookup::run(&server, &caller, &name).await?;
    if let Some(limit) = limit.filter(|_| run.outcome().is_none()) {
        run = wait_for(&server, run.key(), limit).await?.unwrap_or(run);
    }
    let response = server.ports.run.runs.response(run.key()).await?;
    Ok(json(StatusCode::OK, &RunView::new(&run, response.as_deref(), word_hint)))
}

pub(super) fn status() -> Endpoint {
    of_run(Operation::get("/api/v1/runs/{name}/status", "show_status", "Show the status of a run"))
        .about("Besides the run, it names other runs with the same request ID.")
        .answer::<StatusView<'_>>(200, "The status")
        .handled_by(show_status)
}

async fn show_status(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Path(name): Path<String>,
    query: Query,
) -> Result<Response, Problem> {
    query.finish()?;
    let run = lookup::run(&server, &caller, &name).await?;
    let mut found = show_run(&*server.ports.run.runs, &RunName::Key(run.key().to_string())).await?;
    if !caller.actor.scope.is_unlimited() {
        found.others.clear();
    }
    let response = found.response.as_deref();
    let view =
        StatusView::new(found.decoded.as_ref(), found.run.as_ref(), response, &found.others, word_hint);
    Ok(json(StatusCode::OK, &view))
}

pub(super) fn cancel() -> Endpoint {
    of_run(Operation::post("/api/v1/runs/{name}/cancel", "cancel_run", "Cancel a run"))
        .about(
            "A queued run is rejected. A run that has started is cancelled only if its provider can do that.",
        )
        .role(Role::Runner)
        .answer::<CancelView<'_>>(200, "Whether it was cancelled, and why not")
        .handled_by(cancel_one)
}

async fn cancel_one(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Path(name): Path<String>,
    query: Query,
) -> Result<Response, Problem> {
    query.finish()?;
    let run = lookup::run(&server, &caller, &name).await?;
    let ports = &server.ports;
    let key = RunName::Key(run.key().to_string());
    let outcome = cancel_run(&*ports.run.runs, &*ports.connector, &*ports.run.clock, &key).await?;
    caller.audit(&server, "run.cancelled", run.key().as_str(), None).await;
    let view = CancelView {
        run_id: outcome.run_id.as_ref().map(ToString::to_string),
        cancelled: outcome.cancelled,
        reason: &outcome.reason,
    };
    Ok(json(StatusCode::OK, &view))
}

pub(super) fn remove() -> Endpoint {
    of_run(Operation::new(Method::DELETE, "/api/v1/runs/{name}", "remove_run", "Remove the record of a run"))
        .role(Role::Admin)
        .empty_answer(204, "The run was removed")
        .fails(409, "The run has not ended")
        .handled_by(remove_one)
}

async fn remove_one(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Path(name): Path<String>,
    query: Query,
) -> Result<StatusCode, Problem> {
    query.finish()?;
    let runs = &*server.ports.run.runs;
    let name: RunName = if caller.actor.scope.is_unlimited() {
        // A damaged record can be removed, but not shown.
        name.parse()?
    } else {
        RunName::Key(lookup::run(&server, &caller, &name).await?.key().to_string())
    };
    let key = removable_run(runs, &name).await?;
    remove_run(runs, &key).await?;
    caller.audit(&server, "run.removed", key.as_str(), None).await;
    Ok(StatusCode::NO_CONTENT)
}
