//! What every request passes before a handler sees it: allowed hosts, requests of other sites, who makes it, limits; and
//! what every answer carries.

mod caller;
mod host;
mod origin;
mod rate;

pub use caller::{Caller, ClientAddress, no_session_cookie, session_cookie, session_secret};
pub(crate) use caller::{record, sign_in_required};
pub(crate) use rate::RateLimit;

use crate::{Problem, Server, pages};
use axum::{
    Router,
    extract::{DefaultBodyLimit, MatchedPath, Request, State},
    http::{HeaderName, HeaderValue, Method, header, uri::PathAndQuery},
    middleware::{self, Next},
    response::{IntoResponse, Redirect, Response},
};
use lamplight_domain::{ErrorCode, Role, percent_encode};
use std::{fmt::Write, sync::Arc, time::Duration};

/// Guards all routes.
pub(crate) fn protect(router: Router, server: Arc<Server>) -> Router {
    router
        .layer(middleware::from_fn_with_state(server.clone(), check))
        .layer(DefaultBodyLimit::max(server.settings.largest_body))
        .layer(middleware::from_fn_with_state(server, finish))
}

/// The beginnings of the addresses that need no token and no session. Everything else does.
const OPEN: [&str; 5] = ["/healthz", "/readyz", "/login", "/assets/", "/errors/"];

/// The changes that do not need the role of a runner.
const FOR_EVERYBODY: [&str; 2] = ["/logout", "/theme"];

fn is_open(path: &str) -> bool {
    OPEN.iter().any(|open| match path.strip_prefix(open) {
        Some(rest) => rest.is_empty() || open.ends_with('/') || rest.starts_with('/'),
        None => false,
    })
}

/// Whether an address belongs to programs and not to browsers.
fn is_for_programs(path: &str) -> bool {
    path == "/metrics" || path.starts_with("/api/")
}

async fn check(State(server): State<Arc<Server>>, mut request: Request, next: Next) -> Response {
    match admit(&server, &mut request).await {
        Ok(()) => {
            let caller = request.extensions().get::<Caller>().cloned();
            let mut response = next.run(request).await;
            // The page of a problem shows who is signed in.
            if let Some(caller) = caller {
                response.extensions_mut().insert(caller);
            }
            response
        }
        Err(refusal) => refusal,
    }
}

async fn admit(server: &Server, request: &mut Request) -> Result<(), Response> {
    let host = host::check(&server.settings, request.headers(), request.uri());
    let host = host.map_err(IntoResponse::into_response)?.to_owned();
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    origin::check(&method, request.headers(), &host).map_err(IntoResponse::into_response)?;
    if content_length(request) > server.settings.largest_body {
        return Err(too_large(server).into_response());
    }
    let from = caller::address(server, request.extensions(), request.headers());
    request.extensions_mut().insert(ClientAddress(from));
    let now = server.ports.access.clock.now();
    let address = from.map_or_else(|| "unknown".to_owned(), |address| address.to_string());
    let signs_in = path.starts_with("/login") && (method == Method::POST || path.len() > "/login/".len());
    if signs_in {
        server.limits.logins.take(&address, now).map_err(IntoResponse::into_response)?;
    }
    match caller::find(server, request.headers()).await {
        Ok(Some(actor)) => {
            let caller = Caller { actor, from };
            let changes = !matches!(method, Method::GET | Method::HEAD | Method::OPTIONS);
            // Each handler requires its own role. This is for one that forgets it.
            if changes && !is_open(&path) && !FOR_EVERYBODY.contains(&path.as_str()) {
                caller.require(Role::Runner).map_err(IntoResponse::into_response)?;
            }
            request.extensions_mut().insert(caller);
            Ok(())
        }
        _ if is_open(&path) => Ok(()),
        Ok(None) if is_for_programs(&path) => Err(sign_in_required().into_response()),
        Ok(None) => Err(Redirect::to(&login_address(request)).into_response()),
        Err(problem) => {
            // Guessing tokens is limited as signing in is.
            if *problem.code() == ErrorCode::SignInRequired {
                server.limits.logins.take(&address, now).map_err(IntoResponse::into_response)?;
                let subject = path.chars().take(200).collect();
                record(server, "unknown", from, "token.refused", subject, Some(problem.to_string())).await;
            }
            Err(problem.into_response())
        }
    }
}

/// The page to sign in, which leads back to the page that was asked for.
fn login_address(request: &Request) -> String {
    match request.uri().path_and_query().map(PathAndQuery::as_str) {
        Some(wanted) if wanted != "/" && request.method() == Method::GET => {
            format!("/login?next={}", percent_encode(wanted))
        }
        _ => "/login".to_owned(),
    }
}

fn content_length(request: &Request) -> usize {
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    length.and_then(|length| length.parse().ok()).unwrap_or(0)
}

/// The answer to a body that is larger than the server accepts.
pub(crate) fn too_large(server: &Server) -> Problem {
    let most = server.settings.largest_body;
    Problem::new(ErrorCode::BodyTooLarge, format!("the body has more than {most} bytes"))
        .with_hint("store the data elsewhere and pass a reference to it")
}

const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                   form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Adds to an answer what every answer carries, and logs it.
async fn finish(State(server): State<Arc<Server>>, request: Request, next: Next) -> Response {
    let clock = &server.ports.run.clock;
    let (method, begun) = (request.method().clone(), clock.now());
    // The template of the address, which unlike the address itself names nothing.
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str).to_owned();
    let is_for_programs = is_for_programs(request.uri().path());
    let accepts_html = request
        .headers()
        .get(header::ACCEPT)
        .is_some_and(|value| value.to_str().is_ok_and(|value| value.contains("text/html")));
    let theme = pages::theme_of(request.headers());
    let mut response = next.run(request).await;
    let took = Duration::try_from(clock.now().duration_since(begun)).unwrap_or_default();
    server.metrics.count(&method, &route, response.status(), took);
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        let problem = problem.with_request_id(request_id(&server));
        log_problem(&problem, &method, &route);
        let caller = response.extensions().get::<Caller>();
        let page = if accepts_html && !is_for_programs {
            pages::problem(&server, &problem, caller.map(|caller| &caller.actor), theme)
        } else {
            None
        };
        response = match page {
            Some(mut page) => {
                *page.status_mut() = problem.status();
                problem.add_headers(page.headers_mut());
                page
            }
            None => problem.into_response(),
        };
    } else {
        tracing::debug!(target: "lamplight::request", %method, route, status = response.status().as_u16(), ms = took.as_millis(), "answered");
    }
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    set(header::CONTENT_SECURITY_POLICY, CSP);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::X_FRAME_OPTIONS, "DENY");
    set(header::REFERRER_POLICY, "same-origin");
    set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    set(header::CACHE_CONTROL, "no-store");
    response
}

fn log_problem(problem: &Problem, method: &Method, route: &str) {
    let (status, code) = (problem.status().as_u16(), problem.code());
    let request_id = problem.request_id().unwrap_or_default();
    if problem.status().is_server_error() {
        let causes = problem.causes().join(": ");
        tracing::error!(target: "lamplight::request", %method, route, status, %code, request_id, causes, "{problem}");
    } else {
        tracing::info!(target: "lamplight::request", %method, route, status, %code, request_id, "refused");
    }
}

/// A text that names a request in the log.
fn request_id(server: &Server) -> String {
    let random = server.ports.run.ids.secret();
    random.iter().take(8).fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The answer to an address that does not exist.
pub(crate) async fn no_such_address() -> Problem {
    Problem::not_found()
}

/// The answer to a method that an address does not support. The router adds the header `Allow`.
pub(crate) async fn no_such_method() -> Problem {
    Problem::new(ErrorCode::MethodNotAllowed, "the address does not support this method")
}
