//! Reads the error that a function reports in its response, in the formats of all Lambda runtimes.

use lamplight_domain::{RawJson, ReportedError};
use serde::Deserialize;
use serde_json::value::RawValue;

/// The members of an error response. Node.js writes `trace`, the other runtimes write `stackTrace`.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Response<'a> {
    #[serde(rename = "errorMessage", borrow)]
    message: Option<&'a RawValue>,
    #[serde(rename = "errorType", borrow)]
    error_type: Option<&'a RawValue>,
    #[serde(rename = "stackTrace", alias = "trace", borrow)]
    stack: Option<&'a RawValue>,
}

/// Reads an error response. If the response has another form, the whole text becomes the message.
///
/// ```
/// use lamplight_aws_model::reported_error;
///
/// let error = reported_error::read(br#"{"errorMessage": "no such colour", "errorType": "ValueError"}"#);
/// assert_eq!((error.message.as_str(), error.error_type.as_deref()), ("no such colour", Some("ValueError")));
/// ```
pub fn read(response: &[u8]) -> ReportedError {
    let text = String::from_utf8_lossy(response);
    let reported: Response<'_> = serde_json::from_str(&text).unwrap_or_default();
    let plain = |raw: &RawValue| {
        let raw = RawJson::from(raw);
        raw.as_plain_text().unwrap_or_else(|| raw.to_string())
    };
    let message = reported.message.map(plain).filter(|message| message != "null");
    let error_type = reported.error_type.map(plain).filter(|error_type| error_type != "null");
    let stack = reported.stack.map(frames).unwrap_or_default();
    ReportedError { kind: None, error_type, message: message.unwrap_or_else(|| text.into_owned()), stack }
}

/// Whether a response is a JSON object that names the type of an error, as all runtimes write it.
pub fn is_error_body(response: &[u8]) -> bool {
    let is_object = response.trim_ascii_start().starts_with(b"{");
    let reported = is_object.then(|| serde_json::from_slice::<Response<'_>>(response).ok()).flatten();
    reported.and_then(|reported| reported.error_type).is_some_and(|raw| raw.get().starts_with('"'))
}

/// Whether a response is the text that AWS's runtime interface emulator sends if a function ran longer than its timeout.
pub fn is_timeout_text(response: &[u8]) -> bool {
    response.starts_with(b"Task timed out after ")
}

/// The stack with one frame per line. Runtimes write a text, a list of texts (some end with a line break), or a list of
/// lists.
fn frames(raw: &RawValue) -> Vec<String> {
    let Ok(frames) = serde_json::from_str::<Vec<&RawValue>>(raw.get()) else {
        return RawJson::from(raw)
            .as_plain_text()
            .map(|text| text.lines().map(str::to_owned).collect())
            .unwrap_or_default();
    };
    frames
        .into_iter()
        .map(|frame| {
            let frame = RawJson::from(frame);
            frame.as_plain_text().unwrap_or_else(|| frame.to_string()).trim_end().to_owned()
        })
        .filter(|frame| !frame.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_runtime_has_its_form() {
        for (response, message, error_type, stack) in [
            // Python
            (
                r#"{"errorMessage": "no", "errorType": "E", "stackTrace": ["  File \"f\", line 1\n    a()\n", ""]}"#,
                "no",
                Some("E"),
                vec!["  File \"f\", line 1\n    a()"],
            ),
            // Node.js
            (
                r#"{"errorType": "E", "errorMessage": "no", "trace": ["E: no", "    at f"]}"#,
                "no",
                Some("E"),
                vec!["E: no", "    at f"],
            ),
            // Lists of lists, as old Python runtimes wrote them
            (
                r#"{"errorMessage": "no", "stackTrace": [["f.py", 1, "f", "a()"]]}"#,
                "no",
                None,
                vec![r#"["f.py", 1, "f", "a()"]"#],
            ),
            (r#"{"errorMessage": "no", "stackTrace": "one\ntwo"}"#, "no", None, vec!["one", "two"]),
            (
                r#"{"errorMessage": null, "errorType": null, "stackTrace": null}"#,
                r#"{"errorMessage": null, "errorType": null, "stackTrace": null}"#,
                None,
                vec![],
            ),
            (r#"{"errorMessage": {"a": 1}}"#, r#"{"a": 1}"#, None, vec![]),
            (r#"{"errorMessage": "cut"#, r#"{"errorMessage": "cut"#, None, vec![]),
            ("", "", None, vec![]),
        ] {
            let error = read(response.as_bytes());
            assert_eq!((error.message.as_str(), error.error_type.as_deref()), (message, error_type));
            assert_eq!((error.stack, error.kind), (stack.into_iter().map(str::to_owned).collect(), None));
        }
        assert_eq!(read(b"\xff").message, "\u{fffd}");
    }
}
