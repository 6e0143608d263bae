//! Lists, shows, creates, changes and removes jobs.

use super::{
    body::Body,
    lookup,
    query::Query,
    reply::{etag, json, location},
};
use crate::{
    Caller, Problem, Server,
    openapi::{Endpoint, Operation, connection_name, job_document, job_name, states, text},
};
use axum::{
    extract::{Path, State},
    http::{HeaderMap, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use lamplight_app::{JobDocument, remove_job, save_job};
use lamplight_domain::{ErrorCode, Revision, Role};
use lamplight_ports::{JobFilter, StoredJob};
use lamplight_views::{DamagedView, JobOverviewView, JobPageView, JobView};
use std::sync::Arc;

const IF_MATCH: &str = "The `ETag` of the job that the change was made for";

pub(super) fn list() -> Endpoint {
    Operation::get("/api/v1/jobs", "list_jobs", "List jobs with their latest runs")
        .about("First come the jobs whose latest run failed, is unknown or was rejected.")
        .query("q", "Only jobs whose name, function or description has words that begin with these", text)
        .query("connection", "Only jobs of this connection", connection_name)
        .query("latest", "Only jobs whose latest run is in one of these states", states)
        .pages()
        .answer::<JobPageView<'_>>(200, "A page of jobs")
        .handled_by(list_jobs)
}

async fn list_jobs(
    State(server): State<Arc<Server>>,
    caller: Caller,
    mut query: Query,
) -> Result<Response, Problem> {
    let filter = JobFilter {
        text: query.text("q")?,
        connection: query.parse("connection")?,
        latest: query.states("latest")?,
        scope: caller.actor.scope.clone(),
    };
    let page = query.page()?;
    query.finish()?;
    let found = server.ports.history.jobs(&filter, &page).await?;
    let is_unlimited = caller.actor.scope.is_unlimited();
    let view = JobPageView {
        jobs: found.items.iter().map(JobOverviewView::from).collect(),
        next_marker: found.next_marker.as_deref(),
        // Of a damaged record nobody knows whether the caller may see it.
        damaged: found.damaged.iter().filter(|_| is_unlimited).map(DamagedView::from).collect(),
    };
    Ok(json(StatusCode::OK, &view))
}

pub(super) fn create() -> Endpoint {
    Operation::post("/api/v1/jobs", "create_job", "Create a job")
        .role(Role::Admin)
        .body(
            "The job. Defaults of secret parameters cannot be given: they come from the command line",
            job_document,
        )
        .answer::<JobView<'_>>(201, "The job")
        .fails(404, "The connection does not exist")
        .fails(409, "A job has this name")
        .handled_by(create_job)
}

async fn create_job(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Body { value: document, .. }: Body<JobDocument>,
) -> Result<Response, Problem> {
    lookup::check_job(&caller, &document.connection, &document.name)?;
    let stored = save_job(&*server.ports.connector, &*server.ports.jobs, document, None).await?;
    caller.audit(&server, "job.created", stored.job.name.as_str(), None).await;
    let address = format!("/api/v1/jobs/{}", stored.job.name);
    Ok(([location(&address)], reply(StatusCode::CREATED, &stored)).into_response())
}

fn reply(status: StatusCode, stored: &StoredJob) -> Response {
    ([etag(stored.revision)], json(status, &JobView::from(&stored.job))).into_response()
}

pub(super) fn show() -> Endpoint {
    one(Operation::get("/api/v1/jobs/{name}", "show_job", "Show a job"))
        .header("If-None-Match", "Answer 304 if the job still has this `ETag`", false)
        .answer::<JobView<'_>>(200, "The job; `ETag` is its revision")
        .empty_answer(304, "The job has not changed")
        .handled_by(show_job)
}

fn one(operation: Operation) -> Operation {
    operation.in_path("name", "The name of the job", job_name).fails(404, "The job does not exist")
}

async fn show_job(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Path(name): Path<String>,
    headers: HeaderMap,
    query: Query,
) -> Result<Response, Problem> {
    query.finish()?;
    let stored = lookup::job(&server, &caller, &name).await?;
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    if known.is_some_and(|known| matches(known, stored.revision)) {
        return Ok((StatusCode::NOT_MODIFIED, [etag(stored.revision)]).into_response());
    }
    Ok(reply(StatusCode::OK, &stored))
}

/// Whether a list of entity tags has that of a revision.
fn matches(list: &str, revision: Revision) -> bool {
    let own = format!("\"{}\"", revision.0);
    list.split(',').map(str::trim).any(|tag| tag == "*" || tag.trim_start_matches("W/") == own)
}

pub(super) fn replace() -> Endpoint {
    changed(one(Operation::new(Method::PUT, "/api/v1/jobs/{name}", "replace_job", "Change a job")))
        .body("The whole job; its name cannot change", job_document)
        .answer::<JobView<'_>>(200, "The job as it is now")
        .handled_by(replace_job)
}

/// An operation that changes a job which somebody has read before.
fn changed(operation: Operation) -> Operation {
    operation
        .role(Role::Admin)
        .header("If-Match", IF_MATCH, false)
        .fails(412, "The job has changed")
        .fails(428, "`If-Match` is missing")
}

async fn replace_job(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Path(name): Path<String>,
    headers: HeaderMap,
    Body { value: document, .. }: Body<JobDocument>,
) -> Result<Response, Problem> {
    let stored = lookup::job(&server, &caller, &name).await?;
    check_match(&headers, &stored)?;
    if document.name != stored.job.name {
        return Err(Problem::invalid(format!("the name of job {} cannot change", stored.job.name)));
    }
    lookup::check_job(&caller, &document.connection, &document.name)?;
    let (connector, jobs) = (&*server.ports.connector, &*server.ports.jobs);
    let saved = save_job(connector, jobs, document, Some(stored.revision)).await.map_err(|error| {
        if error.code() == ErrorCode::StoreConflict { changed_meanwhile() } else { error.into() }
    })?;
    if saved.revision != stored.revision {
        caller.audit(&server, "job.changed", saved.job.name.as_str(), None).await;
    }
    Ok(reply(StatusCode::OK, &saved))
}

/// Refuses a change that was not made for the stored revision.
fn check_match(headers: &HeaderMap, stored: &StoredJob) -> Result<(), Problem> {
    match headers.get(header::IF_MATCH).map(|value| value.to_str().unwrap_or_default()) {
        None => Err(Problem::new(
            ErrorCode::PreconditionRequired,
            "the request does not say which revision it is for",
        )
        .with_hint("read the job, and send its `ETag` as `If-Match`")),
        Some(list) if matches(list, stored.revision) => Ok(()),
        Some(_) => Err(changed_meanwhile()),
    }
}

fn changed_meanwhile() -> Problem {
    Problem::new(ErrorCode::RevisionChanged, "the job has changed since it was read")
        .with_hint("read it again, and decide")
}

pub(super) fn remove() -> Endpoint {
    changed(one(Operation::new(
        Method::DELETE,
        "/api/v1/jobs/{name}",
        "remove_job",
        "Remove a job; its runs are kept",
    )))
    .empty_answer(204, "The job was removed")
    .handled_by(delete_job)
}

async fn delete_job(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Path(name): Path<String>,
    headers: HeaderMap,
    query: Query,
) -> Result<StatusCode, Problem> {
    query.finish()?;
    let stored = lookup::job(&server, &caller, &name).await?;
    check_match(&headers, &stored)?;
    remove_job(&*server.ports.jobs, &stored.job.name).await?;
    caller.audit(&server, "job.removed", stored.job.name.as_str(), None).await;
    Ok(StatusCode::NO_CONTENT)
}
