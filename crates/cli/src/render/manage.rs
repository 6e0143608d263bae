//! Requests that were only shown.

use lamplight_ports::RequestPreview;
use serde::Serialize;
use serde_json::value::RawValue;

/// A request as programs read it.
#[derive(Debug, Serialize)]
pub struct PreviewJson<'a> {
    operation: &'a str,
    method: &'a str,
    url: &'a str,
    body: Option<&'a RawValue>,
}

impl<'a> PreviewJson<'a> {
    /// One request.
    pub fn new(preview: &'a RequestPreview) -> Self {
        Self {
            operation: preview.operation,
            method: &preview.method,
            url: &preview.url,
            // A body that is no JSON does not occur: the SDK wrote it.
            body: preview.body.as_deref().and_then(|body| serde_json::from_str(body).ok()),
        }
    }
}

/// A request as people read it.
pub fn preview_text(preview: &RequestPreview) -> String {
    let body = preview.body.as_deref().map(|body| {
        let value: Result<serde_json::Value, _> = serde_json::from_str(body);
        value
            .ok()
            .and_then(|value| serde_json::to_string_pretty(&value).ok())
            .unwrap_or_else(|| body.to_owned())
    });
    let head = format!("{} {}", preview.method, preview.url);
    match body {
        Some(body) => format!("{head}\n{body}"),
        None => head,
    }
}
