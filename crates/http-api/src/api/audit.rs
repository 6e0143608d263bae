//! The audit log.

use super::{query::Query, reply::json};
use crate::{
    Caller, Problem, Server,
    openapi::{Endpoint, Operation, flag, text, time},
};
use axum::{extract::State, http::StatusCode, response::Response};
use lamplight_domain::Role;
use lamplight_ports::AuditFilter;
use lamplight_views::{AuditEntryView, AuditView, DamagedView};
use std::sync::Arc;

pub(super) fn endpoint() -> Endpoint {
    Operation::get("/api/v1/audit", "list_audit", "List who did what, latest first")
        .role(Role::Admin)
        .query("q", "Only entries whose actor, action or subject contains this text", text)
        .query("refused", "Whether to list only what was refused", flag)
        .query("since", "Only entries from this time on", time)
        .pages()
        .answer::<AuditView<'_>>(200, "A page of the audit log")
        .handled_by(audit)
}

async fn audit(
    State(server): State<Arc<Server>>,
    caller: Caller,
    mut query: Query,
) -> Result<Response, Problem> {
    caller.require_unlimited()?;
    let filter = AuditFilter {
        text: query.text("q")?,
        refused_only: query.flag("refused")?,
        since: query.time("since")?,
    };
    let page = query.page()?;
    query.finish()?;
    let found = server.ports.access.access.audit(&filter, &page).await?;
    let view = AuditView {
        entries: found.items.iter().map(AuditEntryView::from).collect(),
        next_marker: found.next_marker.as_deref(),
        damaged: found.damaged.iter().map(DamagedView::from).collect(),
    };
    Ok(json(StatusCode::OK, &view))
}
