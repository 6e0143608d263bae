//! Notes of people on runs.

use super::{body::Body, lookup, query::Query, reply::json, run::of_run};
use crate::{
    Caller, Problem, Server,
    openapi::{Endpoint, Operation, view},
};
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use lamplight_app::{RunName, note_run};
use lamplight_domain::Role;
use lamplight_views::{NoteView, NotesView};
use schemars::JsonSchema;
use serde::Deserialize;
use std::sync::Arc;

/// A note to keep.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct NoteDocument {
    /// The text.
    #[schemars(length(min = 1, max = 4000))]
    text: String,
}

pub(super) fn list() -> Endpoint {
    of_run(Operation::get("/api/v1/runs/{name}/notes", "list_notes", "List the notes on a run"))
        .answer::<NotesView<'_>>(200, "The notes, oldest first")
        .handled_by(list_notes)
}

async fn list_notes(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Path(name): Path<String>,
    query: Query,
) -> Result<Response, Problem> {
    query.finish()?;
    let run = lookup::run(&server, &caller, &name).await?;
    let notes = server.ports.history.notes(run.key()).await?;
    Ok(json(StatusCode::OK, &NotesView { notes: notes.iter().map(NoteView::from).collect() }))
}

pub(super) fn add() -> Endpoint {
    of_run(Operation::post("/api/v1/runs/{name}/notes", "add_note", "Keep a note on a run"))
        .about("A note changes no state.")
        .role(Role::Runner)
        .body("The note", view::<NoteDocument>)
        .answer::<NoteView<'_>>(201, "The note")
        .handled_by(add_note)
}

async fn add_note(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Path(name): Path<String>,
    Body { value: document, .. }: Body<NoteDocument>,
) -> Result<Response, Problem> {
    let run = lookup::run(&server, &caller, &name).await?;
    let (ports, name) = (&server.ports, RunName::Key(run.key().to_string()));
    let (runs, history, clock) = (&*ports.run.runs, &*ports.history, &*ports.run.clock);
    let (key, note) = note_run(runs, history, clock, &caller.actor, &name, &document.text).await?;
    caller.audit(&server, "run.noted", key.as_str(), None).await;
    Ok(json(StatusCode::CREATED, &NoteView::from(&note)))
}
