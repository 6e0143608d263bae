//! Asking a token endpoint (RFC 6749), and what its answers mean.

use crate::{codes, form, token};
use lamplight_domain::Scrubber;
use lamplight_ports::{
    ExposeSecret, HttpAnswer, HttpExchange, HttpMethod, HttpRequest, PortError, PortErrorKind, SecretString,
};
use serde::Deserialize;
use std::{sync::Arc, time::Duration};

/// How long an issuer is given to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// How much of an issuer's words is shown.
const LONGEST_WORDS: usize = 300;

/// A request to a token endpoint.
#[derive(Debug)]
pub(crate) struct Ask<'a> {
    pub(crate) url: &'a str,
    /// Who asks, for messages: a client and where.
    pub(crate) origin: String,
    pub(crate) headers: Vec<(&'static str, SecretString)>,
    pub(crate) fields: Vec<(&'a str, &'a str)>,
    /// What was sent and must not come back in an error's words.
    pub(crate) secrets: Vec<&'a str>,
    /// Whether the answer's `id_token` is wanted.
    pub(crate) id_token: bool,
}

#[derive(Deserialize)]
struct Given {
    access_token: Option<String>,
    id_token: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Refused {
    error: String,
    error_description: String,
}

/// Sends the form and reads the token.
pub(crate) async fn ask(http: &Arc<dyn HttpExchange>, ask: Ask<'_>) -> Result<SecretString, PortError> {
    check_transport(ask.url, &ask.origin)?;
    let form = form::encode(ask.fields.iter().copied());
    let mut headers = ask.headers.clone();
    headers.push(("content-type", "application/x-www-form-urlencoded".into()));
    headers.push(("accept", "application/json".into()));
    let request = HttpRequest {
        method: HttpMethod::Post,
        url: ask.url.to_owned(),
        headers,
        body: Some(form.into()),
        timeout: PATIENCE,
    };
    let answer = http.exchange(request).await.map_err(|error| unavailable(&ask.origin, error))?;
    let scrubber = Scrubber::new(ask.secrets.iter().copied());
    read(&answer, &ask.origin, ask.id_token, &scrubber)
}

/// An issuer that could not be asked.
pub(crate) fn unavailable(origin: &str, error: PortError) -> PortError {
    let message = format!("{origin} could not be asked for an identity token");
    let hint = error.hint.clone().unwrap_or_else(|| "check its URL and the network".to_owned());
    PortError::new(PortErrorKind::Unavailable, codes::TOKEN_UNAVAILABLE, message)
        .with_hint(hint)
        .with_source(error)
}

/// The token in an answer, or what the answer says instead.
pub(crate) fn read(
    answer: &HttpAnswer,
    origin: &str,
    id_token: bool,
    scrubber: &Scrubber,
) -> Result<SecretString, PortError> {
    let body = answer.body.expose_secret();
    if answer.status == 200 {
        let given: Option<Given> = serde_json::from_str(body).ok();
        let text = given.and_then(|given| if id_token { given.id_token } else { given.access_token });
        let Some(text) = text else {
            let name = if id_token { "id_token" } else { "access_token" };
            let message = format!("{origin} answered without {name}");
            return Err(PortError::new(PortErrorKind::Corrupt, codes::TOKEN_INVALID, message)
                .with_hint("check that the URL is the token endpoint"));
        };
        return token::token(&text, origin);
    }
    Err(refused(answer, origin, scrubber))
}

fn refused(answer: &HttpAnswer, origin: &str, scrubber: &Scrubber) -> PortError {
    let status = answer.status;
    let told: Refused = serde_json::from_str(answer.body.expose_secret()).unwrap_or_default();
    let words = match (told.error.as_str(), told.error_description.as_str()) {
        ("", "") => format!("HTTP {status}"),
        (error, "") => error.to_owned(),
        (error, description) => format!("{error}: {description}"),
    };
    let words = scrubber.scrub(words.split_whitespace().collect::<Vec<_>>().join(" "));
    let words: String = words.chars().take(LONGEST_WORDS).collect();
    let (kind, code) = match (told.error.as_str(), status) {
        (_, 429) => (PortErrorKind::Throttled, codes::TOKEN_UNAVAILABLE),
        ("temporarily_unavailable" | "server_error", _) | (_, 500..) => {
            (PortErrorKind::Unavailable, codes::TOKEN_UNAVAILABLE)
        }
        _ => (PortErrorKind::Unauthenticated, codes::TOKEN_REFUSED),
    };
    PortError::new(kind, code, format!("{origin} gave no identity token (HTTP {status})"))
        .with_hint(hint(&told, status))
        .with_source(words)
}

/// What to check, by the codes of Entra (Microsoft identity platform, "Error codes") and of OAuth 2.0.
fn hint(told: &Refused, status: u16) -> &'static str {
    let has = |code: &str| told.error_description.contains(&format!("AADSTS{code}:"));
    if has("700016") {
        "check client_id: the tenant knows no such application"
    } else if has("7000215") || has("7000222") {
        "check the client's secret: it is wrong or has expired; the secret's value is needed and not its id"
    } else if has("70021") || has("700211") || has("700212") || has("700213") || has("700214") {
        "add a federated credential to the application whose issuer, subject and audience are those of the token file"
    } else if has("90002") {
        "check tenant_id: there is no such tenant at this authority host"
    } else if has("500011") || has("1002012") || has("70011") {
        "check scope: it is the ID URI of an application that the tenant knows, followed by /.default"
    } else {
        match (told.error.as_str(), status) {
            ("invalid_client", _) | (_, 401) => {
                "check client_id and its secret or key: the issuer does not accept the client"
            }
            ("invalid_grant" | "unauthorized_client", _) => {
                "the issuer does not let this client use this grant: check the client's settings there"
            }
            ("invalid_scope" | "invalid_resource" | "invalid_target", _) => {
                "check scope, audience or resource: the issuer does not know it"
            }
            (_, 404) => "check the URL: there is no token endpoint at it",
            (_, 429) => "wait a moment: the issuer is asked too often",
            (_, 500..) => "try again later: the issuer failed",
            _ => "check the request's settings: the issuer refuses it as it stands",
        }
    }
}

/// A secret does not travel in the open: plain HTTP is for this machine and its metadata service alone.
pub(crate) fn check_transport(url: &str, origin: &str) -> Result<(), PortError> {
    let Some(rest) = url.strip_prefix("http://") else { return Ok(()) };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = match authority.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    let is_near = match host.parse() {
        Ok(std::net::IpAddr::V4(address)) => address.is_loopback() || address.is_link_local(),
        Ok(std::net::IpAddr::V6(address)) => address.is_loopback() || address.is_unicast_link_local(),
        Err(_) => host.eq_ignore_ascii_case("localhost"),
    };
    if is_near {
        return Ok(());
    }
    let message = format!("{origin}: a secret is not sent over plain HTTP");
    Err(PortError::new(PortErrorKind::InvalidRequest, codes::TOKEN_REFUSED, message)
        .with_hint("use an https URL"))
}
