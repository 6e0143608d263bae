//! Discovers functions and imports them as jobs.

use super::{
    body::Body,
    discover::{found_view, gate_free},
    lookup,
    reply::json,
};
use crate::{
    Caller, Problem, Server,
    openapi::{Endpoint, Operation, view},
};
use axum::{extract::State, http::StatusCode, response::Response};
use lamplight_app::{
    DiscoverRequest, Discovery, Import, ImportRequest, ImportedFunction, discover, import_functions,
    manage::{FunctionDetail, qualified_function, show_function},
};
use lamplight_domain::Role;
use lamplight_ports::Connection;
use lamplight_views::DiscoveryView;
use schemars::JsonSchema;
use serde::Deserialize;
use std::sync::Arc;

/// Which functions to import as jobs.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ImportDocument {
    /// The connection; the default one if left out.
    connection: Option<String>,
    /// The functions by name; if left out, all that discovery finds.
    #[schemars(length(max = 1000))]
    functions: Option<Vec<String>>,
    /// Whether the jobs refuse arguments that they do not declare.
    #[serde(default)]
    closed: bool,
    /// Whether to change nothing, and only to say what would change.
    #[serde(default)]
    dry_run: bool,
    /// Where to continue an earlier discovery.
    marker: Option<String>,
    /// The most functions to discover; all if left out.
    #[schemars(range(min = 1, max = 10000))]
    max_items: Option<u32>,
}

/// The most functions that one request names.
const MOST_NAMED: usize = 1000;

pub(super) fn endpoint() -> Endpoint {
    Operation::post("/api/v1/jobs/import", "import_jobs", "Import functions as jobs")
        .about("What was edited in a job stays. Values of environment variables that may be secret are not imported.")
        .role(Role::Admin)
        .body("Which functions", view::<ImportDocument>)
        .answer::<DiscoveryView<'_>>(200, "The functions, and what was done for each")
        .fails(404, "The connection or a function does not exist")
        .fails(409, "A job was changed at the same time")
        .handled_by(import_jobs)
}

async fn import_jobs(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Body { value: document, .. }: Body<ImportDocument>,
) -> Result<Response, Problem> {
    let name = lookup::connection_name(document.connection.as_deref())?;
    let connection = lookup::connection(&server, &caller, name.as_ref()).await?;
    let found = find(&server, &connection, &document).await?;
    let request = ImportRequest { closed: document.closed, dry_run: document.dry_run };
    let imported = import_functions(&*server.ports.jobs, &connection, &found.functions, request).await?;
    if !document.dry_run {
        audit(&server, &caller, &imported).await;
    }
    Ok(json(StatusCode::OK, &found_view(&found, Some(&imported), document.dry_run)))
}

async fn find(
    server: &Server,
    connection: &Connection,
    document: &ImportDocument,
) -> Result<Discovery, Problem> {
    let Some(names) = &document.functions else {
        let request = DiscoverRequest {
            marker: document.marker.clone(),
            page_size: None,
            max_items: document.max_items,
        };
        return gate_free(server, async |gate| discover(connection, &request, gate).await).await;
    };
    if names.len() > MOST_NAMED {
        return Err(Problem::invalid(format!("functions names more than {MOST_NAMED} functions")));
    }
    let mut functions = Vec::new();
    for name in names {
        let wanted = qualified_function(connection, name, None)?;
        functions.push(show_function(connection, &wanted, FunctionDetail::Settings).await?);
    }
    Ok(Discovery { functions, next_marker: None })
}

async fn audit(server: &Server, caller: &Caller, imported: &[ImportedFunction]) {
    for one in imported {
        match &one.import {
            Import::Created(job) => caller.audit(server, "job.imported", job.as_str(), None).await,
            Import::Refreshed(job) => caller.audit(server, "job.refreshed", job.as_str(), None).await,
            Import::Unchanged(_) | Import::Skipped(_) => {}
        }
    }
}
