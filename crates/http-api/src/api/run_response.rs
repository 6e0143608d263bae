//! The response of a run, byte for byte.

use super::{lookup, query::Query, run::of_run};
use crate::{
    Caller, Problem, Server,
    openapi::{Endpoint, JSON, Operation, bytes, text},
};
use axum::{
    extract::{Path, State},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use lamplight_domain::{ErrorCode, RawJson};
use schemars::{Schema, SchemaGenerator};
use std::sync::Arc;

const TEXT: &str = "text/plain; charset=utf-8";
const BYTES: &str = "application/octet-stream";

pub(super) fn endpoint() -> Endpoint {
    of_run(Operation::get(
        "/api/v1/runs/{name}/response",
        "show_response",
        "Get the response of a run as it was received",
    ))
    .answer_as(200, "The response", JSON, any)
    .answer_as(200, "The response", TEXT, text)
    .answer_as(200, "The response", BYTES, bytes)
    .handled_by(response)
}

fn any(_: &mut SchemaGenerator) -> Schema {
    Schema::default()
}

async fn response(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Path(name): Path<String>,
    query: Query,
) -> Result<Response, Problem> {
    query.finish()?;
    let run = lookup::run(&server, &caller, &name).await?;
    let Some(bytes) = server.ports.run.runs.response(run.key()).await? else {
        let message = format!("run {} has no recorded response", run.key());
        return Err(Problem::new(ErrorCode::NotFound, message));
    };
    let (content_type, ending) = match std::str::from_utf8(&bytes) {
        Ok(text) if RawJson::parse(text).is_ok() => (JSON, "json"),
        Ok(_) => (TEXT, "txt"),
        Err(_) => (BYTES, "bin"),
    };
    // A browser saves it: it is a function's, and must not be a page of this server.
    let name = format!("attachment; filename=\"{}.{ending}\"", run.key());
    let name = HeaderValue::try_from(name).unwrap_or(HeaderValue::from_static("attachment"));
    let headers =
        [(header::CONTENT_TYPE, HeaderValue::from_static(content_type)), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, bytes).into_response())
}
