//! Who makes a request: by API token or by session.

use crate::{Problem, Server};
use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{Extensions, HeaderMap, HeaderName, HeaderValue, header, request::Parts},
};
use lamplight_app::{authenticate, find_session};
use lamplight_domain::{Actor, ErrorCode, Role};
use lamplight_ports::{AuditEntry, ExposeSecret, SecretString};
use std::net::{IpAddr, SocketAddr};

/// Who makes a request, and from where. Handlers get it as an extractor; the guard has found it before.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Who.
    pub actor: Actor,
    /// The address, if it is known.
    pub from: Option<IpAddr>,
}

impl Caller {
    /// Refuses a caller without this role.
    pub fn require(&self, role: Role) -> Result<(), Problem> {
        if self.actor.may(role) {
            return Ok(());
        }
        let own = self.actor.role;
        let message = format!("this needs the role {role}, and {:?} has the role {own}", self.actor.name());
        Err(Problem::new(ErrorCode::RoleMissing, message))
    }

    /// Refuses a caller that may see only some connections or jobs, for what is about all of them.
    pub fn require_unlimited(&self) -> Result<(), Problem> {
        if self.actor.scope.is_unlimited() {
            return Ok(());
        }
        let message = format!(
            "this needs a token for all connections and jobs, and {:?} is limited",
            self.actor.name()
        );
        Err(Problem::new(ErrorCode::RoleMissing, message))
    }

    /// Adds what the caller did to the audit log, or why it was refused. What was done stays done if that fails.
    pub async fn audit(
        &self,
        server: &Server,
        action: &str,
        subject: impl Into<String>,
        refused: Option<&Problem>,
    ) {
        let refused = refused.map(ToString::to_string);
        record(server, self.actor.name(), self.from, action, subject.into(), refused).await;
    }
}

/// Adds an entry to the audit log.
pub(crate) async fn record(
    server: &Server,
    who: &str,
    from: Option<IpAddr>,
    action: &str,
    subject: String,
    refused: Option<String>,
) {
    let entry = AuditEntry {
        at: server.ports.access.clock.now(),
        who: who.to_owned(),
        action: action.to_owned(),
        subject,
        from: from.map(|address| address.to_string()),
        refused,
    };
    if let Err(error) = server.ports.access.access.record(&entry).await {
        tracing::error!(%error, action, "could not write to the audit log");
    }
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or_else(sign_in_required)
    }
}

/// The answer to a request without a valid token or session.
pub(crate) fn sign_in_required() -> Problem {
    Problem::new(ErrorCode::SignInRequired, "the request has no valid token or session")
        .with_hint("sign in, or send a token as `Authorization: Bearer …`")
        .with_header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"lamplight\""))
}

/// The address that a request comes from, as far as it is known.
#[derive(Debug, Clone, Copy)]
pub struct ClientAddress(pub Option<IpAddr>);

impl<S: Sync> FromRequestParts<S> for ClientAddress {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(parts.extensions.get::<Self>().copied().unwrap_or(Self(None)))
    }
}

/// The address of the peer, or the one that trusted proxies report: the last one in their list that is not a proxy.
pub(super) fn address(server: &Server, extensions: &Extensions, headers: &HeaderMap) -> Option<IpAddr> {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>()?.0.ip().to_canonical();
    let proxies = &server.settings.proxies;
    if !proxies.contains(&peer) {
        return Some(peer);
    }
    let lists = headers.get_all("x-forwarded-for").iter().filter_map(|list| list.to_str().ok());
    let hops: Vec<&str> = lists.flat_map(|list| list.split(',')).map(str::trim).collect();
    for hop in hops.into_iter().rev() {
        match hop.parse::<IpAddr>().map(|address| address.to_canonical()) {
            Ok(address) if proxies.contains(&address) => {}
            Ok(address) => return Some(address),
            // Nobody can say who wrote what stands before it.
            Err(_) => break,
        }
    }
    Some(peer)
}

/// Finds out who makes a request; `None` if it carries neither a token nor a session.
///
/// # Errors
/// It carries a token that is not valid. A session that is not valid counts as none, because browsers keep old cookies.
pub(super) async fn find(server: &Server, headers: &HeaderMap) -> Result<Option<Actor>, Problem> {
    let access = &server.ports.access;
    let mut given = headers.get_all(header::AUTHORIZATION).iter();
    match (given.next(), given.next()) {
        (Some(value), None) => {
            let token = value.to_str().ok().and_then(bearer).ok_or_else(sign_in_required)?;
            return authenticate(access, token).await?.map(Some).ok_or_else(sign_in_required);
        }
        (Some(_), Some(_)) => return Err(sign_in_required()),
        (None, _) => {}
    }
    match session_secret(server, headers) {
        Some(secret) => Ok(find_session(access, secret).await?),
        None => Ok(None),
    }
}

fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// The name of the cookie with the secret of a session. With the prefix, a browser takes it only over TLS and from this
/// host.
fn cookie_name(server: &Server) -> &'static str {
    if server.settings.secure_cookies { "__Host-lamplight-session" } else { "lamplight-session" }
}

/// The secret of the session in the cookies of a request.
pub fn session_secret<'a>(server: &Server, headers: &'a HeaderMap) -> Option<&'a str> {
    let name = cookie_name(server);
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|list| list.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(own, _)| *own == name).map(|(_, secret)| secret)
}

/// The header that gives a browser a session.
pub fn session_cookie(server: &Server, secret: &SecretString) -> (HeaderName, HeaderValue) {
    let value = HeaderValue::try_from(cookie(server, secret.expose_secret(), ""));
    let mut value = value.unwrap_or_else(|_| HeaderValue::from_static(""));
    value.set_sensitive(true);
    (header::SET_COOKIE, value)
}

/// The header that makes a browser forget its session.
pub fn no_session_cookie(server: &Server) -> (HeaderName, HeaderValue) {
    let value = HeaderValue::try_from(cookie(server, "", "; Max-Age=0"));
    (header::SET_COOKIE, value.unwrap_or_else(|_| HeaderValue::from_static("")))
}

fn cookie(server: &Server, secret: &str, more: &str) -> String {
    let secure = if server.settings.secure_cookies { "; Secure" } else { "" };
    format!("{}={secret}; Path=/; HttpOnly; SameSite=Lax{secure}{more}", cookie_name(server))
}
