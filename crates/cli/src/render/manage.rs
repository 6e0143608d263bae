//! Previews of requests.

use lamplight_ports::RequestPreview;

/// A request for people.
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
