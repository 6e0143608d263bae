//! The server's router: the HTTP API under `/api/v1` and the web pages.
//!
//! A handler reads its request, calls a use case and shows the result as a view or a page. What every request must pass
//! (allowed hosts, who makes it, limits) is in `guard`, so that a new endpoint cannot forget it.
#![deny(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod api;
pub mod events;
mod guard;
mod metrics;
mod openapi;
mod pages;
mod problem;
mod server;

pub use api::document;
pub use guard::Caller;
pub use problem::{Problem, word_hint};
pub use server::{Ports, Server, Settings};

use axum::{
    Router,
    body::Body,
    response::{IntoResponse, Response},
};
use lamplight_domain::ErrorCode;
use std::{any::Any, sync::Arc, time::Duration};
use tower_http::{
    catch_panic::CatchPanicLayer, compression::CompressionLayer, map_request_body::MapRequestBodyLayer,
    timeout::RequestBodyDeadlineLayer,
};

/// How long a client may take to send a body, so that slow ones do not hold connections.
const BODY_PATIENCE: Duration = Duration::from_mins(1);

/// Everything that the server answers.
pub fn router(server: Arc<Server>) -> Router {
    let routes = api::router(&server)
        .merge(pages::router(server.clone()))
        .fallback(guard::no_such_address)
        .method_not_allowed_fallback(guard::no_such_method);
    guard::protect(routes.layer(CatchPanicLayer::custom(after_panic)), server)
        .layer((RequestBodyDeadlineLayer::new(BODY_PATIENCE), MapRequestBodyLayer::new(Body::new)))
        .layer(CompressionLayer::new())
}

/// The answer of a handler that has panicked, which is a mistake of the program: the connection and other requests go on.
#[expect(clippy::needless_pass_by_value, reason = "the layer hands it over")]
fn after_panic(panic: Box<dyn Any + Send>) -> Response {
    let reason = panic.downcast_ref::<String>().map(String::as_str);
    let reason = reason.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no reason given");
    tracing::error!(reason, "a handler has panicked");
    Problem::new(ErrorCode::InternalError, "the server has made a mistake").into_response()
}
