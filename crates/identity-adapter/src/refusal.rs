//! Explains error responses of token endpoints: the kind of error, the issuer's message, and what to check.

use lamplight_domain::{ErrorCode, Scrubber};
use lamplight_ports::{ExposeSecret, HttpAnswer, PortError, PortErrorKind};
use serde_json::Value;

/// The maximum length of an issuer's message in an error, in characters.
const LONGEST_WORDS: usize = 300;
/// The maximum length, in characters, of a response that is not an OAuth error, such as a page of a proxy.
const LONGEST_PAGE: usize = 200;

/// The issuer's error response (RFC 6749, section 5.2); fields that it does not have are empty.
#[derive(Clone, Copy)]
struct Told<'a> {
    error: &'a str,
    description: &'a str,
}

/// The error for a response without a token; `body` is the response if it is a JSON object.
pub(crate) fn error(
    answer: &HttpAnswer,
    body: Option<&Value>,
    origin: &str,
    scrubber: &Scrubber,
) -> PortError {
    let status = answer.status;
    // The JSON is serialized again, so that a secret in it has the form that the scrubber looks for, whatever was escaped.
    let raw = body.map_or_else(|| answer.body.expose_secret().to_owned(), Value::to_string);
    let text = |name: &str| body.and_then(|body| body.get(name)).and_then(Value::as_str).unwrap_or_default();
    let told = Told { error: text("error"), description: text("error_description") };
    let passes = status == 429 || status >= 500;
    if body.is_none() && !raw.trim().is_empty() && !passes {
        let message = format!("the response from {origin} is not JSON (HTTP {status})");
        return PortError::new(PortErrorKind::Corrupt, ErrorCode::TokenInvalid, message)
            .with_hint("check that the URL is the token endpoint, and check the proxy settings")
            .with_source(words(&raw, LONGEST_PAGE, scrubber));
    }
    let said = match (told.error, told.description) {
        ("", "") if raw.trim().is_empty() => format!("HTTP {status}"),
        ("", "") => words(&raw, LONGEST_PAGE, scrubber),
        (error, "") => words(error, LONGEST_WORDS, scrubber),
        (error, description) => words(&format!("{error}: {description}"), LONGEST_WORDS, scrubber),
    };
    let (kind, code) = kind_and_code(told, status);
    PortError::new(kind, code, format!("{origin} did not issue an identity token (HTTP {status})"))
        .with_hint(hint(told, status))
        .with_source(said)
}

/// One line of at most `longest` characters. Secrets are masked first: a secret with several spaces would not be found
/// after spaces are folded.
fn words(text: &str, longest: usize, scrubber: &Scrubber) -> String {
    let clean = scrubber.scrub(text.to_owned()).replace(char::is_control, " ");
    clean.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(longest).collect()
}

fn kind_and_code(told: Told<'_>, status: u16) -> (PortErrorKind, ErrorCode) {
    let kind = match (told.error, status) {
        (_, 429) => return (PortErrorKind::Throttled, ErrorCode::TokenUnavailable),
        ("temporarily_unavailable" | "server_error", _) | (_, 500..) => {
            return (PortErrorKind::Unavailable, ErrorCode::TokenUnavailable);
        }
        ("invalid_scope" | "invalid_resource" | "invalid_target" | "unsupported_grant_type", _) => {
            PortErrorKind::InvalidRequest
        }
        // Entra also uses this code for clients that it does not accept; its own codes for these begin with 7.
        ("invalid_request", _) if !told.description.contains("AADSTS7") => PortErrorKind::InvalidRequest,
        ("access_denied", _) | ("", 403) => PortErrorKind::Denied,
        ("", 401) => PortErrorKind::Unauthenticated,
        ("", _) => PortErrorKind::InvalidRequest,
        _ => PortErrorKind::Unauthenticated,
    };
    (kind, ErrorCode::TokenRefused)
}

/// What to check, by the codes of Entra (Microsoft identity platform, "Error codes") and of OAuth 2.0.
fn hint(told: Told<'_>, status: u16) -> &'static str {
    let has = |code: &str| told.description.contains(&format!("AADSTS{code}:"));
    if has("700016") {
        "check client_id: the application does not exist in the tenant"
    } else if has("7000215") || has("7000222") {
        "check the client secret: it is wrong or has expired; use the secret's value, not its ID"
    } else if has("70021") || has("700211") || has("700212") || has("700213") || has("700214") {
        "add a federated credential to the application with the issuer, subject and audience of the token file"
    } else if has("90002") {
        "check tenant_id: the tenant does not exist at this authority host"
    } else if has("500011") || has("1002012") || has("70011") {
        "check scope: it must be the ID URI of an application in the tenant, followed by /.default"
    } else {
        match (told.error, status) {
            ("invalid_client", _) | (_, 401) => {
                "check client_id and its secret or key: the issuer rejected the client"
            }
            ("invalid_grant" | "unauthorized_client", _) => {
                "check the client's settings at the issuer: the client is not allowed to use this grant"
            }
            ("invalid_scope" | "invalid_resource" | "invalid_target", _) => {
                "check scope, audience and resource: the issuer does not know one of them"
            }
            (_, 404) => "check the URL: it is not a token endpoint",
            (_, 429) => "wait a moment and retry: the issuer limits the request rate",
            (_, 500..) => "retry later: the issuer failed",
            _ => "check the settings of the request: the issuer rejected it",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(status: u16, body: &str, scrubber: &Scrubber) -> PortError {
        let answer = HttpAnswer { status, headers: Vec::new(), body: body.into() };
        let parsed: Option<Value> = serde_json::from_str(body).ok();
        error(&answer, parsed.as_ref(), "the issuer", scrubber)
    }

    #[test]
    fn each_refusal_has_its_kind() {
        use PortErrorKind::{Corrupt, Denied, InvalidRequest, Throttled, Unauthenticated, Unavailable};
        let told = |error: &str, description: &str| {
            format!("{{\"error\":\"{error}\",\"error_description\":\"{description}\"}}")
        };
        for (status, body, kind, code) in [
            (401, told("invalid_client", ""), Unauthenticated, ErrorCode::TokenRefused),
            (400, told("invalid_grant", ""), Unauthenticated, ErrorCode::TokenRefused),
            (400, told("unauthorized_client", ""), Unauthenticated, ErrorCode::TokenRefused),
            (400, told("invalid_request", "AADSTS70021: no"), Unauthenticated, ErrorCode::TokenRefused),
            (400, told("invalid_request", "AADSTS90002: no"), InvalidRequest, ErrorCode::TokenRefused),
            (400, told("invalid_scope", "AADSTS70011: no"), InvalidRequest, ErrorCode::TokenRefused),
            (400, told("invalid_resource", ""), InvalidRequest, ErrorCode::TokenRefused),
            (400, told("access_denied", ""), Denied, ErrorCode::TokenRefused),
            (403, String::new(), Denied, ErrorCode::TokenRefused),
            (401, "{\"message\":\"who?\"}".to_owned(), Unauthenticated, ErrorCode::TokenRefused),
            (404, "{\"error\":{\"code\":404}}".to_owned(), InvalidRequest, ErrorCode::TokenRefused),
            (302, String::new(), InvalidRequest, ErrorCode::TokenRefused),
            (403, "<html>".to_owned(), Corrupt, ErrorCode::TokenInvalid),
            (400, told("temporarily_unavailable", ""), Unavailable, ErrorCode::TokenUnavailable),
            (502, "<html>".to_owned(), Unavailable, ErrorCode::TokenUnavailable),
            (429, "slow down".to_owned(), Throttled, ErrorCode::TokenUnavailable),
        ] {
            let error = of(status, &body, &Scrubber::default());
            assert_eq!((error.kind, error.code.clone()), (kind, code), "{status} {body}");
            assert!(error.hint.is_some() && error.message.contains("the issuer"), "{error:?}");
        }
    }

    #[test]
    fn refusals_are_one_short_line_without_secrets() {
        let scrubber = Scrubber::new(["hunter2  two"]);
        let error = of(403, &format!("<b>\u{1b}[2J hunter2  two</b>\n{}", "x".repeat(900)), &scrubber);
        let shown = error.source.unwrap().to_string();
        assert_eq!(shown.chars().count(), LONGEST_PAGE);
        assert!(shown.starts_with("<b> [2J ********</b> xxx") && !shown.contains("hunter2"), "{shown}");
    }

    #[test]
    fn a_secret_is_found_however_the_answer_escapes_it() {
        let scrubber = Scrubber::new(["hun/ter&2"]);
        for status in [400, 503] {
            for body in [r#"{"message":"no hun\/ter&2"}"#, r#"{"message":"no hun/ter\u00262"}"#] {
                let shown = of(status, body, &scrubber).source.unwrap().to_string();
                assert_eq!(shown, r#"{"message":"no ********"}"#, "{status}");
            }
        }
    }
}
