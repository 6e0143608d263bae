//! Lists and shows functions, their versions and aliases.

use super::{discover::gate_free, lookup, query::Query, reply::json};
use crate::{
    Caller, Problem, Server,
    openapi::{Endpoint, Operation, connection_name, flag, some_text, text},
};
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use lamplight_app::manage::{
    FunctionDetail, FunctionFilter, PageLimits, list_aliases, list_functions, list_versions,
    qualified_function, show_function, unqualified_function,
};
use lamplight_ports::{Connection, PageRequest};
use lamplight_views::{AliasView, AliasesView, FunctionView, FunctionsView, VersionsView};
use std::{ops::ControlFlow, sync::Arc};

fn on_connection(operation: Operation) -> Operation {
    operation
        .query("connection", "The connection; the default one if left out", connection_name)
        .fails(404, "The connection or the function does not exist")
}

async fn open(server: &Server, caller: &Caller, query: &mut Query) -> Result<Connection, Problem> {
    let name = query.parse("connection")?;
    lookup::connection(server, caller, name.as_ref()).await
}

fn limits(page: PageRequest) -> PageLimits {
    PageLimits { marker: page.marker, page_size: None, max_items: Some(page.size) }
}

/// Collects the pages of a list.
fn collect<T>(all: &mut Vec<T>) -> impl FnMut(Vec<T>) -> ControlFlow<()> + Send
where
    T: Send,
{
    |page| {
        all.extend(page);
        ControlFlow::Continue(())
    }
}

pub(super) fn list() -> Endpoint {
    on_connection(Operation::get("/api/v1/functions", "list_functions", "List functions with their settings"))
        .query("all_versions", "Whether to list every published version as well", flag)
        .pages()
        .answer::<FunctionsView<'_>>(200, "A page of functions")
        .handled_by(list_all)
}

async fn list_all(
    State(server): State<Arc<Server>>,
    caller: Caller,
    mut query: Query,
) -> Result<Response, Problem> {
    let filter = FunctionFilter { all_versions: query.flag("all_versions")?, primary_region: None };
    let limits = limits(query.page()?);
    let connection = open(&server, &caller, &mut query).await?;
    query.finish()?;
    let mut functions = Vec::new();
    let listed = gate_free(&server, async |gate| {
        list_functions(&connection, &filter, &limits, gate, &mut collect(&mut functions)).await
    })
    .await?;
    let view = FunctionsView {
        functions: functions.iter().map(|function| FunctionView::new(function, false)).collect(),
        next_marker: listed.next_marker.as_deref(),
    };
    Ok(json(StatusCode::OK, &view))
}

pub(super) fn show() -> Endpoint {
    of_function(Operation::get(
        "/api/v1/functions/{name}",
        "show_function",
        "Show a function with its settings",
    ))
    .about("Values of environment variables are masked.")
    .query("qualifier", "A version or alias", text)
    .answer::<FunctionView<'_>>(200, "The function")
    .handled_by(show_one)
}

fn of_function(operation: Operation) -> Operation {
    on_connection(operation.in_path(
        "name",
        "The function, in a form that the connection's provider accepts",
        some_text,
    ))
}

async fn show_one(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Path(name): Path<String>,
    mut query: Query,
) -> Result<Response, Problem> {
    let qualifier = query.text("qualifier")?;
    let connection = open(&server, &caller, &mut query).await?;
    query.finish()?;
    let wanted = qualified_function(&connection, &name, qualifier.as_deref())?;
    let function = show_function(&connection, &wanted, FunctionDetail::Whole).await?;
    Ok(json(StatusCode::OK, &FunctionView::new(&function, false)))
}

pub(super) fn versions() -> Endpoint {
    of_function(Operation::get(
        "/api/v1/functions/{name}/versions",
        "list_versions",
        "List the versions of a function",
    ))
    .pages()
    .answer::<VersionsView<'_>>(200, "A page of versions, the unpublished one first")
    .handled_by(versions_of)
}

async fn versions_of(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Path(name): Path<String>,
    mut query: Query,
) -> Result<Response, Problem> {
    let limits = limits(query.page()?);
    let connection = open(&server, &caller, &mut query).await?;
    query.finish()?;
    let function = unqualified_function(&connection, &name)?;
    let mut versions = Vec::new();
    let listed = list_versions(&connection, &function, &limits, &mut collect(&mut versions)).await?;
    let view = VersionsView {
        versions: versions.iter().map(|version| FunctionView::new(version, false)).collect(),
        next_marker: listed.next_marker.as_deref(),
    };
    Ok(json(StatusCode::OK, &view))
}

pub(super) fn aliases() -> Endpoint {
    of_function(Operation::get(
        "/api/v1/functions/{name}/aliases",
        "list_aliases",
        "List the aliases of a function",
    ))
    .pages()
    .answer::<AliasesView<'_>>(200, "A page of aliases")
    .handled_by(aliases_of)
}

async fn aliases_of(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Path(name): Path<String>,
    mut query: Query,
) -> Result<Response, Problem> {
    let limits = limits(query.page()?);
    let connection = open(&server, &caller, &mut query).await?;
    query.finish()?;
    let function = unqualified_function(&connection, &name)?;
    let mut aliases = Vec::new();
    let listed = list_aliases(&connection, &function, None, &limits, &mut collect(&mut aliases)).await?;
    let view = AliasesView {
        aliases: aliases.iter().map(AliasView::from).collect(),
        next_marker: listed.next_marker.as_deref(),
    };
    Ok(json(StatusCode::OK, &view))
}
