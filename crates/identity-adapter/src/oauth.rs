//! Requests a token from a token endpoint (RFC 6749).

use crate::{form, refusal, token, transport};
use lamplight_domain::{ErrorCode, Scrubber};
use lamplight_ports::{
    ExposeSecret, HttpAnswer, HttpExchange, HttpMethod, HttpRequest, PortError, PortErrorKind, SecretString,
};
use serde_json::Value;
use std::{sync::Arc, time::Duration};

/// The timeout of a request to an issuer.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// A request to a token endpoint. It does not implement `Debug`, because its fields contain secrets.
pub(crate) struct Ask<'a> {
    pub(crate) url: &'a str,
    /// The endpoint and the client, for messages.
    pub(crate) origin: String,
    pub(crate) headers: Vec<(&'static str, SecretString)>,
    pub(crate) fields: Vec<(&'a str, &'a str)>,
    /// The secrets in the request, which error messages must not repeat.
    pub(crate) secrets: Vec<&'a str>,
    /// Whether to return the response's `id_token` instead of its `access_token`.
    pub(crate) id_token: bool,
}

/// Sends the form and returns the token of the response.
pub(crate) async fn ask(http: &Arc<dyn HttpExchange>, ask: Ask<'_>) -> Result<SecretString, PortError> {
    transport::check(ask.url, &ask.origin)?;
    let form = form::encode(ask.fields.iter().copied());
    let mut headers = ask.headers;
    headers.push(("content-type", "application/x-www-form-urlencoded".into()));
    headers.push(("accept", "application/json".into()));
    let request = HttpRequest {
        method: HttpMethod::Post,
        url: ask.url.to_owned(),
        headers,
        body: Some(form.into()),
        timeout: PATIENCE,
    };
    let answer = http.exchange(request).await.map_err(|error| unanswered(&ask.origin, error))?;
    read(&answer, &ask.origin, ask.id_token, &Scrubber::new(ask.secrets.iter().copied()))
}

/// The error if no readable response arrived.
pub(crate) fn unanswered(origin: &str, error: PortError) -> PortError {
    match error.kind {
        // The URL is not valid; the exchange's own error already says why.
        PortErrorKind::InvalidRequest => error,
        PortErrorKind::Corrupt | PortErrorKind::TooLarge => {
            let message = format!("the response from {origin} does not contain an identity token");
            PortError::new(PortErrorKind::Corrupt, ErrorCode::TokenInvalid, message)
                .with_hint("check that the URL is the token endpoint")
                .with_source(error)
        }
        _ => {
            let message = format!("could not request an identity token from {origin}");
            let hint = error.hint.clone().unwrap_or_else(|| "check the URL and the network".into());
            PortError::new(PortErrorKind::Unavailable, ErrorCode::TokenUnavailable, message)
                .with_hint(hint)
                .with_source(error)
        }
    }
}

/// The token in the response, or the error that it contains.
pub(crate) fn read(
    answer: &HttpAnswer,
    origin: &str,
    id_token: bool,
    scrubber: &Scrubber,
) -> Result<SecretString, PortError> {
    let body: Option<Value> = serde_json::from_str(answer.body.expose_secret()).ok();
    let body = body.filter(Value::is_object);
    if !(200..300).contains(&answer.status) {
        return Err(refusal::error(answer, body.as_ref(), origin, scrubber));
    }
    let corrupt = |what: &str, hint: &str| {
        let message = format!("the response from {origin} {what}");
        Err(PortError::new(PortErrorKind::Corrupt, ErrorCode::TokenInvalid, message).with_hint(hint))
    };
    // A response with a success status may contain a token anywhere, so no part of it is shown.
    let Some(body) = body else {
        return corrupt("is not JSON", "check that the URL is the token endpoint");
    };
    let name = if id_token { "id_token" } else { "access_token" };
    match body.get(name).and_then(Value::as_str) {
        Some(text) => token::token(text, origin),
        None if body.get("error").is_some() => Err(refusal::error(answer, Some(&body), origin, scrubber)),
        None if id_token => corrupt(
            "has no id_token",
            "add openid to scope, or remove use_id_token: many providers do not issue an id_token for this grant",
        ),
        None => corrupt("has no access_token", "check that the URL is the token endpoint"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lamplight_domain::MASK;

    #[test]
    fn a_secret_is_found_in_every_form_that_it_travels_in() {
        let found = Scrubber::new(["a b<c>&\"d'+"]);
        for text in [
            "a b<c>&\"d'+",
            "a%20b%3Cc%3E%26%22d%27%2B",
            "a+b%3Cc%3E%26%22d%27%2B",
            "a+b%3cc%3e%26%22d%27%2b",
            "a b&lt;c&gt;&amp;\"d'+",
            "a b&lt;c&gt;&amp;&quot;d'+",
            "a b&lt;c&gt;&amp;&quot;d&#39;+",
            "a b&lt;c&gt;&amp;&quot;d&#x27;+",
            "a b&lt;c&gt;&amp;&#34;d&#39;&#43;",
        ] {
            assert_eq!(found.scrub(text.to_owned()), MASK, "{text}");
        }
    }

    #[test]
    fn an_invalid_url_is_not_reported_as_a_network_error() {
        let fails = |kind| unanswered("the issuer", PortError::new(kind, ErrorCode::Io, "words"));
        for (told, kind, code) in [
            (PortErrorKind::InvalidRequest, PortErrorKind::InvalidRequest, ErrorCode::Io),
            (PortErrorKind::TooLarge, PortErrorKind::Corrupt, ErrorCode::TokenInvalid),
            (PortErrorKind::Corrupt, PortErrorKind::Corrupt, ErrorCode::TokenInvalid),
            (PortErrorKind::Unavailable, PortErrorKind::Unavailable, ErrorCode::TokenUnavailable),
        ] {
            let error = fails(told);
            assert_eq!((error.kind, error.code.clone()), (kind, code));
        }
    }
}
