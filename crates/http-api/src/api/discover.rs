//! Discovers the functions of a connection.

use super::{lookup, query::Query, reply::json};
use crate::{
    Caller, Problem, Server,
    openapi::{Endpoint, Operation, connection_name},
};
use axum::{extract::State, http::StatusCode, response::Response};
use lamplight_app::{
    AppError, AuthGate, DiscoverRequest, Discovery, Import, ImportedFunction, NoProgress, discover,
};
use lamplight_domain::JobName;
use lamplight_views::{DiscoveryView, FoundFunctionView, ImportChangeView, ImportView, ImportWord};
use std::{sync::Arc, time::Duration};

pub(super) fn endpoint() -> Endpoint {
    Operation::get("/api/v1/discover", "discover", "Discover the functions of a connection")
        .query("connection", "The connection; the default one if left out", connection_name)
        .pages()
        .answer::<DiscoveryView<'_>>(200, "A page of functions")
        .fails(404, "The connection does not exist")
        .handled_by(discover_functions)
}

async fn discover_functions(
    State(server): State<Arc<Server>>,
    caller: Caller,
    mut query: Query,
) -> Result<Response, Problem> {
    let name = query.parse("connection")?;
    let page = query.page()?;
    query.finish()?;
    let connection = lookup::connection(&server, &caller, name.as_ref()).await?;
    let request = DiscoverRequest { marker: page.marker, page_size: None, max_items: Some(page.size) };
    let found = gate_free(&server, async |gate| discover(&connection, &request, gate).await).await?;
    Ok(json(StatusCode::OK, &found_view(&found, None, false)))
}

/// Makes reads that do not wait for valid credentials: whoever has sent a request wants to know now.
pub(super) async fn gate_free<T>(
    server: &Server,
    read: impl AsyncFnOnce(&AuthGate<'_>) -> Result<T, AppError>,
) -> Result<T, Problem> {
    let gate = AuthGate::new(&*server.ports.run.sleeper, &NoProgress, &server.stop, Duration::ZERO);
    Ok(read(&gate).await?)
}

/// What was discovered, and imported if that was wanted.
pub(super) fn found_view<'a>(
    found: &'a Discovery,
    imported: Option<&'a [ImportedFunction]>,
    dry_run: bool,
) -> DiscoveryView<'a> {
    DiscoveryView {
        functions: found.functions.iter().map(FoundFunctionView::from).collect(),
        next_marker: found.next_marker.as_deref(),
        imported: imported.map(|all| all.iter().map(import_view).collect()),
        dry_run,
    }
}

fn import_view(imported: &ImportedFunction) -> ImportView<'_> {
    let ImportedFunction { function, import, changes, notes } = imported;
    let (outcome, job, reason) = match import {
        Import::Created(job) => (ImportWord::Created, Some(job), None),
        Import::Refreshed(job) => (ImportWord::Refreshed, Some(job), None),
        Import::Unchanged(job) => (ImportWord::Unchanged, Some(job), None),
        Import::Skipped(reason) => (ImportWord::Skipped, None, Some(reason.as_str())),
    };
    ImportView {
        function,
        outcome,
        job: job.map(JobName::as_str),
        reason,
        changes: changes.iter().map(ImportChangeView::from).collect(),
        notes,
    }
}
