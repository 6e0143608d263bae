//! Exports runs as lines of JSON, page by page, so that any number of them needs little memory.

use super::{
    query::Query,
    runs::{filter, filtered},
};
use crate::{
    Caller, Problem, Server,
    openapi::{Endpoint, Operation, view},
};
use axum::{
    body::{Body, Bytes},
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use futures_util::stream;
use lamplight_app::{AppError, list_runs};
use lamplight_ports::{PageRequest, RunFilter, RunSummary, StoredPage};
use lamplight_views::{DamagedView, RunSummaryView};
use std::sync::Arc;

const NDJSON: &str = "application/x-ndjson";

pub(super) fn endpoint() -> Endpoint {
    filtered(Operation::get("/api/v1/runs/export", "export_runs", "Export runs as lines of JSON, latest first"))
        .about(
            "Each line is a run as in the list. A record that cannot be read is a line with `name` and `reason`. If the \
             export fails, the answer ends without its final chunk.",
        )
        .answer_as(200, "One JSON object per line", NDJSON, view::<RunSummaryView<'_>>)
        .handled_by(export)
}

/// What is still to be exported.
struct Export {
    server: Arc<Server>,
    filter: RunFilter,
    page: StoredPage<RunSummary>,
    is_first: bool,
}

async fn export(
    State(server): State<Arc<Server>>,
    caller: Caller,
    mut query: Query,
) -> Result<Response, Problem> {
    let filter = filter(&caller, &mut query)?;
    query.finish()?;
    // The first page is read before the answer begins, so that a wrong filter is an error and not an empty export.
    let page = list_runs(&*server.ports.run.runs, &filter, &PageRequest::default()).await?;
    let export = Export { server, filter, page, is_first: true };
    let lines = stream::try_unfold(export, |mut export| async move {
        Ok::<_, AppError>(export.next().await?.map(|lines| (lines, export)))
    });
    let body = Body::from_stream(futures_util::TryStreamExt::map_err(lines, |error| {
        tracing::error!(%error, "an export has ended early");
        std::io::Error::other(error.to_string())
    }));
    let name = "attachment; filename=\"runs.ndjson\"";
    Ok(([(header::CONTENT_TYPE, NDJSON), (header::CONTENT_DISPOSITION, name)], body).into_response())
}

impl Export {
    /// The lines of the next page; `None` at the end.
    async fn next(&mut self) -> Result<Option<Bytes>, AppError> {
        if !std::mem::take(&mut self.is_first) {
            let Some(marker) = self.page.next_marker.take() else { return Ok(None) };
            let next = PageRequest { marker: Some(marker), ..PageRequest::default() };
            self.page = list_runs(&*self.server.ports.run.runs, &self.filter, &next).await?;
        }
        let mut lines = Vec::new();
        for run in &self.page.items {
            write_line(&mut lines, &RunSummaryView::from(run));
        }
        for damaged in self.page.damaged.iter().filter(|_| self.filter.scope.is_unlimited()) {
            write_line(&mut lines, &DamagedView::from(damaged));
        }
        Ok(Some(lines.into()))
    }
}

fn write_line(lines: &mut Vec<u8>, view: &impl serde::Serialize) {
    // Texts and times always form JSON, and JSON has no line break in it.
    lines.extend(serde_json::to_vec(view).unwrap_or_default());
    lines.push(b'\n');
}
