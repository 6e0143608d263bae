//! A request for a page: who makes it, and how its answer is framed.

use super::frame::{Frame, Theme};
use crate::{Caller, Problem, Server};
use askama::Template;
use axum::{
    extract::{FromRef, FromRequestParts},
    http::{HeaderMap, StatusCode, header, request::Parts},
    response::{Html, IntoResponse, Redirect, Response},
};
use lamplight_domain::{Actor, ConnectionName, ErrorCode, Role, Timestamp};
use std::sync::Arc;

/// A request of somebody who is signed in.
pub struct Visit {
    /// The server.
    pub server: Arc<Server>,
    /// Who makes the request.
    pub caller: Caller,
    theme: Option<Theme>,
}

impl<S: Send + Sync> FromRequestParts<S> for Visit
where
    Arc<Server>: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, state).await?;
        Ok(Self { server: Arc::from_ref(state), caller, theme: theme_of(&parts.headers) })
    }
}

impl Visit {
    /// The frame of the page.
    pub fn frame(&self) -> Frame {
        Frame::new(Some(self.actor()), self.theme, self.now())
    }

    /// Who makes the request.
    pub fn actor(&self) -> &Actor {
        &self.caller.actor
    }

    /// The current time.
    pub fn now(&self) -> Timestamp {
        self.server.ports.run.clock.now()
    }

    /// Refuses a visitor without this role.
    pub fn require(&self, role: Role) -> Result<(), Problem> {
        self.caller.require(role)
    }

    /// Refuses a connection that the visitor may not see, as if it did not exist.
    pub fn require_connection(&self, connection: &ConnectionName) -> Result<(), Problem> {
        if self.actor().scope.has_connection(connection) { Ok(()) } else { Err(Problem::not_found()) }
    }

    /// A key that makes sure that a form which is sent twice makes one run.
    pub fn once_key(&self) -> String {
        self.server.ports.run.ids.run_key().to_string()
    }
}

/// The theme in the cookies of a request.
pub fn theme_of(headers: &HeaderMap) -> Option<Theme> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|list| list.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == "theme").and_then(|(_, value)| Theme::from_name(value))
}

/// The answer with a page.
pub fn show(page: &impl Template) -> Result<Response, Problem> {
    show_as(StatusCode::OK, page)
}

/// The answer with a page and another status.
pub fn show_as(status: StatusCode, page: &impl Template) -> Result<Response, Problem> {
    let text = page
        .render()
        .map_err(|error| Problem::new(ErrorCode::Io, format!("could not write the page: {error}")))?;
    Ok((status, Html(text)).into_response())
}

/// A part of a page as markup.
pub fn part(part: &impl Template) -> Result<super::parts::Markup, Problem> {
    let text = part
        .render()
        .map_err(|error| Problem::new(ErrorCode::Io, format!("could not write the page: {error}")))?;
    Ok(askama::filters::Safe(text))
}

/// The answer that leads on to another page after a form was taken.
pub fn lead_to(address: &str) -> Response {
    Redirect::to(address).into_response()
}
