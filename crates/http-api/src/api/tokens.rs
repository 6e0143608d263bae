//! Lists, creates and revokes API tokens.

use super::{body::Body, query::Query, reply::json};
use crate::{
    Caller, Problem, Server,
    openapi::{Endpoint, Operation, token_id, view},
};
use axum::{
    extract::{Path, State},
    http::{Method, StatusCode},
    response::Response,
};
use lamplight_app::{AppError, NewToken, create_token, revoke_token};
use lamplight_domain::{ConnectionName, JobName, Role, Scope, Timestamp, TokenId};
use lamplight_ports::ExposeSecret;
use lamplight_views::{NewTokenView, TokenView, TokensView};
use schemars::JsonSchema;
use serde::Deserialize;
use std::{collections::BTreeSet, sync::Arc};

/// A token to create.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct TokenDocument {
    /// A name for people.
    #[schemars(length(min = 1, max = 64))]
    name: String,
    /// What it may do.
    role: RoleName,
    /// The only connections that it may see and use; no limit if left out.
    #[schemars(with = "Option<Vec<String>>")]
    connections: Option<BTreeSet<ConnectionName>>,
    /// The only jobs that it may see and use; no limit if left out.
    #[schemars(with = "Option<Vec<String>>")]
    jobs: Option<BTreeSet<JobName>>,
    /// When it expires; never if left out.
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    expires_at: Option<Timestamp>,
}

/// What a token may do.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum RoleName {
    Viewer,
    Runner,
    Admin,
}

impl From<RoleName> for Role {
    fn from(name: RoleName) -> Self {
        match name {
            RoleName::Viewer => Self::Viewer,
            RoleName::Runner => Self::Runner,
            RoleName::Admin => Self::Admin,
        }
    }
}

pub(super) fn list() -> Endpoint {
    Operation::get("/api/v1/tokens", "list_tokens", "List API tokens")
        .role(Role::Admin)
        .answer::<TokensView<'_>>(200, "The tokens, latest first")
        .handled_by(list_tokens)
}

async fn list_tokens(
    State(server): State<Arc<Server>>,
    caller: Caller,
    query: Query,
) -> Result<Response, Problem> {
    query.finish()?;
    caller.require_unlimited()?;
    let tokens = server.ports.access.access.tokens().await?;
    Ok(json(StatusCode::OK, &TokensView { tokens: tokens.iter().map(TokenView::from).collect() }))
}

pub(super) fn create() -> Endpoint {
    Operation::post("/api/v1/tokens", "create_token", "Create an API token")
        .role(Role::Admin)
        .body("The token", view::<TokenDocument>)
        .answer::<NewTokenView<'_>>(201, "The token. Its text is shown only here")
        .handled_by(create_one)
}

async fn create_one(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Body { value, .. }: Body<TokenDocument>,
) -> Result<Response, Problem> {
    caller.require_unlimited()?;
    let TokenDocument { name, role, connections, jobs, expires_at } = value;
    let new = NewToken { name, role: role.into(), scope: Scope { connections, jobs }, expires_at };
    let (token, text) = create_token(&server.ports.access, &caller.actor, new).await?;
    caller.audit(&server, "token.created", format!("{} ({})", token.id, token.name), None).await;
    let view = NewTokenView { token: text.expose_secret(), details: TokenView::from(&token) };
    Ok(json(StatusCode::CREATED, &view))
}

pub(super) fn revoke() -> Endpoint {
    Operation::new(Method::DELETE, "/api/v1/tokens/{id}", "revoke_token", "Revoke an API token")
        .about("It stays in the list. Sessions that were begun with it end.")
        .role(Role::Admin)
        .in_path("id", "The public part of the token", token_id)
        .empty_answer(204, "The token is revoked")
        .fails(404, "The token does not exist")
        .handled_by(revoke_one)
}

async fn revoke_one(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Path(id): Path<String>,
    query: Query,
) -> Result<StatusCode, Problem> {
    query.finish()?;
    caller.require_unlimited()?;
    let id: TokenId = id.parse().map_err(AppError::Name)?;
    revoke_token(&server.ports.access, &id).await?;
    caller.audit(&server, "token.revoked", id.as_str(), None).await;
    Ok(StatusCode::NO_CONTENT)
}
