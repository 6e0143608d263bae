//! The endpoints of the API, one file for each subject; each declares its operation beside its handler.

mod audit;
mod browse;
mod charts;
mod connections;
mod create_run;
mod discover;
pub(crate) mod events;
mod export_runs;
mod functions;
mod health;
mod import_jobs;
mod jobs;
mod notes;
mod run;
mod run_response;
mod runs;
mod tokens;

mod body;
pub(crate) mod lookup;
mod query;
mod reply;

use crate::{
    Caller, Problem, Server,
    guard::sign_in_required,
    openapi::{self, Endpoint, Operation},
};
use axum::{
    Extension, Router,
    extract::{Request, State},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use browse::Document;
use lamplight_domain::Role;
use serde_json::Value;
use std::sync::{Arc, LazyLock};

/// The OpenAPI document.
pub fn document() -> Value {
    openapi::document(&endpoints())
}

/// Made when it is first asked for.
static DOCUMENT: LazyLock<Document> = LazyLock::new(|| Document::new(&document()));

/// All endpoints.
fn endpoints() -> Vec<Endpoint> {
    vec![
        jobs::list(),
        jobs::create(),
        jobs::show(),
        jobs::replace(),
        jobs::remove(),
        import_jobs::endpoint(),
        create_run::of_job(),
        create_run::endpoint(),
        runs::endpoint(),
        export_runs::endpoint(),
        run::show(),
        run::status(),
        run::cancel(),
        run::remove(),
        run_response::endpoint(),
        notes::list(),
        notes::add(),
        charts::endpoint(),
        events::endpoint(),
        connections::list(),
        connections::show(),
        connections::test(),
        functions::list(),
        functions::show(),
        functions::versions(),
        functions::aliases(),
        discover::endpoint(),
        tokens::list(),
        tokens::create(),
        tokens::revoke(),
        audit::endpoint(),
        health::alive(),
        health::ready(),
        health::metrics(),
        browse::document(),
    ]
}

/// The routes of all endpoints, and the pages about the API.
pub(crate) fn router(server: &Arc<Server>) -> Router {
    let mut router = Router::new();
    for Endpoint { operation, route } in endpoints() {
        let Operation { id, role, path, .. } = operation;
        let gate = Gate { server: server.clone(), id, role };
        router = router.route(path, route.route_layer(middleware::from_fn_with_state(gate, pass)));
    }
    router.merge(browse::pages()).layer(Extension(&DOCUMENT)).with_state(server.clone())
}

/// What a caller must pass before an endpoint.
#[derive(Clone)]
struct Gate {
    server: Arc<Server>,
    id: &'static str,
    role: Option<Role>,
}

async fn pass(State(gate): State<Gate>, request: Request, next: Next) -> Response {
    let Some(role) = gate.role else { return next.run(request).await };
    let Some(caller) = request.extensions().get::<Caller>() else {
        return sign_in_required().into_response();
    };
    match caller.require(role) {
        Ok(()) => next.run(request).await,
        Err(problem) => refuse(&gate, caller, problem).await.into_response(),
    }
}

async fn refuse(gate: &Gate, caller: &Caller, problem: Problem) -> Problem {
    caller.audit(&gate.server, "request.refused", gate.id, Some(&problem)).await;
    problem
}
