//! Builds a request to show it, without sending it.

use super::upload::{Upload, with_commas};
use aws_credential_types::Credentials;
use aws_sdk_lambda::config::{Builder, Config};
use aws_smithy_runtime_api::client::{
    http::{HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector},
    orchestrator::HttpRequest,
    result::ConnectorError,
    runtime_components::RuntimeComponents,
};
use lamplight_domain::MASK;
use lamplight_ports::RequestPreview;
use serde_json::{Map, Value};
use std::{
    fmt::{self, Debug},
    sync::{Arc, OnceLock},
};

/// The JSON pointers to code in the bodies of requests.
const CODE: [&str; 2] = ["/ZipFile", "/Code/ZipFile"];
/// The JSON pointer to the environment variables.
const VARIABLES: &str = "/Environment/Variables";
/// The JSON pointer to the token that identifies a caller outside of AWS.
const TOKEN: &str = "/EventSourceToken";

/// An HTTP client that keeps the request and sends nothing.
#[derive(Clone, Default)]
pub(crate) struct Capture(Arc<OnceLock<HttpRequest>>);

impl Debug for Capture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Capture")
    }
}

/// The error that the SDK gets instead of an answer.
#[derive(Debug, thiserror::Error)]
#[error("the request is only shown, not sent")]
struct OnlyShown;

impl Capture {
    /// The configuration of the operation. The request is signed with a dummy key, because a preview needs no credentials and
    /// does not show the signature.
    pub(crate) fn config(&self) -> Builder {
        let nobody = Credentials::new("PREVIEW", "PREVIEW", None, None, "preview");
        Config::builder().http_client(self.clone()).credentials_provider(nobody)
    }

    /// The captured request, if there is one.
    pub(crate) fn preview(
        &self,
        operation: &'static str,
        upload: Option<&Upload<'_>>,
        secrets: bool,
    ) -> Option<RequestPreview> {
        let request = self.0.get()?;
        let body = request.body().bytes().filter(|body| !body.is_empty());
        Some(RequestPreview {
            operation,
            method: request.method().to_owned(),
            url: request.uri().to_owned(),
            body: body.map(|body| shown(body, upload, secrets)),
        })
    }
}

impl HttpClient for Capture {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Capture {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        // Only the first request is kept; another one would be the same.
        let _first = self.0.set(request);
        HttpConnectorFuture::ready(Err(ConnectorError::user(OnlyShown.into())))
    }
}

/// The body for users: the JSON, except for values that are too long or secret.
fn shown(body: &[u8], upload: Option<&Upload<'_>>, secrets: bool) -> String {
    let Ok(mut document) = serde_json::from_slice::<Value>(body) else {
        return format!("<{} bytes>", with_commas(body.len()));
    };
    for place in CODE {
        if let Some(code) = document.pointer_mut(place) {
            *code = Value::String(upload.map_or_else(|| "<code>".to_owned(), Upload::in_words));
        }
    }
    if !secrets {
        let variables = document.pointer_mut(VARIABLES).and_then(Value::as_object_mut);
        for value in variables.into_iter().flat_map(Map::values_mut) {
            *value = Value::String(MASK.to_owned());
        }
        if let Some(token) = document.pointer_mut(TOKEN) {
            *token = Value::String(MASK.to_owned());
        }
    }
    document.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use lamplight_domain::Package;

    #[test]
    fn previews_show_the_code_size_and_mask_values() {
        let package = Package::new(vec![0_u8; 4213], "47DEQpj8");
        let upload = Upload::new(&package, None);
        let body = br#"{"Code":{"ZipFile":"AAAA"},"Environment":{"Variables":{"KEY":"hunter2"}}}"#;
        assert_eq!(
            shown(body, Some(&upload), false),
            r#"{"Code":{"ZipFile":"<4,213 bytes, SHA-256 47DEQpj8>"},"Environment":{"Variables":{"KEY":"********"}}}"#
        );
        assert!(shown(body, Some(&upload), true).contains(r#"{"KEY":"hunter2"}"#));
        assert_eq!(
            shown(br#"{"EventSourceToken":"hunter2"}"#, None, false),
            r#"{"EventSourceToken":"********"}"#
        );
        assert_eq!(shown(br#"{"ZipFile":"AAAA"}"#, None, false), r#"{"ZipFile":"<code>"}"#);
        assert_eq!(shown(b"hunter2", None, true), "<7 bytes>");
    }
}
