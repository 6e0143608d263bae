//! Signing in with a token or a link, and signing out.

use super::{
    filters,
    frame::{Frame, Place, Theme},
    visit::{lead_to, show, show_as, theme_of},
};
use crate::{
    Problem, Server,
    guard::{ClientAddress, no_session_cookie, record, session_cookie, session_secret},
};
use askama::Template;
use axum::{
    extract::{Form, Path, Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use lamplight_app::{SignedIn, sign_in_with_link, sign_in_with_token, sign_out};
use serde::Deserialize;
use std::sync::Arc;

/// The page to sign in.
#[derive(Template)]
#[template(path = "login.html")]
struct LoginPage {
    frame: Frame,
    next: String,
    refusal: Option<&'static str>,
}

/// Where to go after signing in.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct LoginQuery {
    next: String,
}

/// The form.
#[derive(Deserialize)]
pub struct LoginForm {
    token: String,
    #[serde(default)]
    next: String,
}

fn page(server: &Server, headers: &HeaderMap, next: &str, refusal: Option<&'static str>) -> LoginPage {
    let frame = Frame::new(None, theme_of(headers), server.ports.run.clock.now());
    LoginPage { frame: frame.of(Place::Nowhere, "Sign in"), next: own_address(next).to_owned(), refusal }
}

/// The address to go to, if it is one of this server; otherwise the start.
fn own_address(next: &str) -> &str {
    let is_own = next.starts_with('/')
        && !next.starts_with("//")
        && !next.contains(|c: char| c == '\\' || c.is_control() || c.is_whitespace());
    if is_own { next } else { "/" }
}

/// Shows the page.
pub async fn show_login(
    State(server): State<Arc<Server>>,
    headers: HeaderMap,
    Query(query): Query<LoginQuery>,
) -> Result<Response, Problem> {
    show(&page(&server, &headers, &query.next, None))
}

/// Signs in with an API token.
pub async fn sign_in(
    State(server): State<Arc<Server>>,
    from: ClientAddress,
    headers: HeaderMap,
    Form(form): Form<LoginForm>,
) -> Result<Response, Problem> {
    if let Some(signed_in) = sign_in_with_token(&server.ports.access, form.token.trim()).await? {
        return Ok(begin(&server, from, &signed_in, own_address(&form.next)).await);
    }
    let refused = Some("the token is not valid".to_owned());
    record(&server, "unknown", from.0, "login.failed", "with a token".to_owned(), refused).await;
    let refusal = "This token is unknown, expired or revoked.";
    show_as(StatusCode::UNAUTHORIZED, &page(&server, &headers, &form.next, Some(refusal)))
}

/// Signs in with a link, which works once.
pub async fn follow_link(
    State(server): State<Arc<Server>>,
    from: ClientAddress,
    headers: HeaderMap,
    Path(secret): Path<String>,
) -> Result<Response, Problem> {
    if let Some(signed_in) = sign_in_with_link(&server.ports.access, &secret).await? {
        return Ok(begin(&server, from, &signed_in, "/").await);
    }
    let refused = Some("the link is not valid".to_owned());
    record(&server, "unknown", from.0, "login.failed", "with a link".to_owned(), refused).await;
    let refusal =
        "This link has expired or was used before. Start the server again for another one, or use a token.";
    show_as(StatusCode::UNAUTHORIZED, &page(&server, &headers, "", Some(refusal)))
}

async fn begin(server: &Server, from: ClientAddress, signed_in: &SignedIn, next: &str) -> Response {
    let actor = &signed_in.session.actor;
    record(server, actor.name(), from.0, "login.done", "a session of a browser".to_owned(), None).await;
    let mut response = lead_to(next);
    let (name, value) = session_cookie(server, &signed_in.secret);
    response.headers_mut().append(name, value);
    response
}

/// Signs out.
pub async fn leave(State(server): State<Arc<Server>>, headers: HeaderMap) -> Result<Response, Problem> {
    if let Some(secret) = session_secret(&server, &headers) {
        sign_out(&server.ports.access, secret).await?;
    }
    let mut response = lead_to("/login");
    let (name, value) = no_session_cookie(&server);
    response.headers_mut().append(name, value);
    Ok(response)
}

/// The form that switches the theme.
#[derive(Debug, Deserialize)]
pub struct ThemeForm {
    theme: String,
}

/// Keeps a theme in a cookie, for browsers without scripts.
pub async fn switch_theme(headers: HeaderMap, Form(form): Form<ThemeForm>) -> Response {
    let Some(theme) = Theme::from_name(&form.theme) else { return StatusCode::BAD_REQUEST.into_response() };
    let cookie = format!("theme={}; Path=/; Max-Age=31536000; SameSite=Lax", theme.as_str());
    // Browsers say which page of this server the form was on.
    let page = headers.get(header::REFERER).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let page = page.split_once("://").and_then(|(_, rest)| rest.get(rest.find('/')?..)).unwrap_or_default();
    let mut response = lead_to(own_address(page));
    if let Ok(value) = cookie.try_into() {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_own_addresses_are_led_to() {
        for own in ["/", "/runs?state=unknown", "/jobs/a.b"] {
            assert_eq!(own_address(own), own);
        }
        for foreign in [
            "",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "runs",
            "/a\nb",
            "javascript:x",
            "/ /evil",
        ] {
            assert_eq!(own_address(foreign), "/", "{foreign:?}");
        }
    }
}
