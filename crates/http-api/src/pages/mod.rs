//! The web pages: one file for each, with a typed page and its template. Handlers call use cases and ports, and render.
//!
//! Every page works without scripts. Scripts and events only add to what the page says; they are served by this program,
//! and no page loads anything from elsewhere.

mod address;
mod admin;
pub(crate) mod assets;
mod connections;
mod error;
mod events;
pub(crate) mod filters;
mod frame;
mod function;
mod functions;
mod job;
mod jobs;
mod login;
pub(crate) mod parts;
mod run;
mod runs;
#[cfg(test)]
mod samples;
mod submit;
mod visit;

pub(crate) use frame::{Frame, Place, Theme};
pub(crate) use visit::{Visit, show, theme_of};

use crate::{Problem, Server};
use axum::{
    Router,
    response::Response,
    routing::{get, post},
};
use lamplight_domain::Actor;
use std::sync::Arc;

/// The pages.
pub fn router(server: Arc<Server>) -> Router {
    Router::new()
        .route("/", get(jobs::list))
        .route("/jobs", get(jobs::list))
        .route("/new-job", get(job::show_new).post(job::create))
        .route("/jobs/{name}", get(job::show_form))
        .route("/jobs/{name}/runs", post(job::run))
        .route("/jobs/{name}/parameters", get(job::show_parameters).post(job::save_parameters))
        .route("/jobs/{name}/settings", get(job::show_settings).post(job::save_settings))
        .route("/jobs/{name}/remove", post(job::remove))
        .route("/runs", get(runs::list))
        .route("/runs/{key}", get(run::show_run_page))
        .route("/runs/{key}/cards", get(run::cards))
        .route("/runs/{key}/notes", post(run::note))
        .route("/runs/{key}/again", post(run::run_again))
        .route("/runs/{key}/{request}", get(run::show_run_by_id))
        .route("/functions", get(functions::list))
        .route("/functions/import", post(functions::import))
        .route("/functions/{connection}/{name}", get(function::show_page))
        .route("/connections", get(connections::list))
        .route("/connections/{name}", get(connections::show_one))
        .route("/connections/{name}/doctor", post(connections::check))
        .route("/admin/tokens", get(admin::tokens).post(admin::create))
        .route("/admin/tokens/{id}/revoke", post(admin::revoke))
        .route("/admin/audit", get(admin::audit))
        .route("/events", get(events::events))
        .route("/login", get(login::show_login).post(login::sign_in))
        .route("/login/{secret}", get(login::follow_link))
        .route("/logout", post(login::leave))
        .route("/theme", post(login::switch_theme))
        .route("/assets/{name}", get(assets::serve))
        .with_state(server)
}

/// The page for a problem; `None` if it is answered as to a program. Status and headers of the problem are set later.
pub fn problem(
    server: &Server,
    problem: &Problem,
    who: Option<&Actor>,
    theme: Option<Theme>,
) -> Option<Response> {
    error::page(problem, who, theme, server.ports.run.clock.now())
}
