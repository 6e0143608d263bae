//! Reads the error that a function reports in its response, in the formats of all Lambda runtimes.

use lamplight_domain::{RawJson, ReportedError};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::VecDeque;

/// The members of an error response. Node.js writes `trace`, the other runtimes write `stackTrace`. Java and .NET write
/// the error that caused this one as `cause`, and .NET those of an `AggregateException` as `causes`.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Response<'a> {
    #[serde(rename = "errorMessage", borrow)]
    message: Option<&'a RawValue>,
    #[serde(rename = "errorType", borrow)]
    error_type: Option<&'a RawValue>,
    #[serde(rename = "stackTrace", alias = "trace", borrow)]
    stack: Option<&'a RawValue>,
    #[serde(borrow)]
    cause: Option<&'a RawValue>,
    #[serde(borrow)]
    causes: Option<&'a RawValue>,
}

/// The most causes that are read: more would only repeat a loop of causes.
const MOST_CAUSES: usize = 20;

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
    let message = reported.message.and_then(plain);
    let error_type = reported.error_type.and_then(plain);
    let stack = reported.stack.map(frames).unwrap_or_default();
    let causes = causes(&reported);
    ReportedError {
        kind: None,
        error_type,
        message: message.unwrap_or_else(|| text.into_owned()),
        stack,
        causes,
    }
}

/// A value as text; `None` for null.
fn plain(raw: &RawValue) -> Option<String> {
    let raw = RawJson::from(raw);
    Some(raw.as_plain_text().unwrap_or_else(|| raw.to_string())).filter(|text| text != "null")
}

/// The nested causes, outermost first: `Type: message (first frame)`.
fn causes(error: &Response<'_>) -> Vec<String> {
    let mut told = Vec::new();
    let mut next = below(error);
    while let Some(cause) = next.pop_front().filter(|_| told.len() < MOST_CAUSES) {
        // Some runtimes write a cause as a text.
        let read = serde_json::from_str::<Response<'_>>(cause.get());
        let text = match &read {
            Ok(cause) => {
                let parts = [cause.error_type.and_then(plain), cause.message.and_then(plain)];
                let what = parts.into_iter().flatten().collect::<Vec<_>>().join(": ");
                let first = cause.stack.map(frames).unwrap_or_default().into_iter().next();
                let place = first.map(|frame| format!(" ({})", frame.trim())).unwrap_or_default();
                Some(what).filter(|what| !what.is_empty()).map(|what| what + &place)
            }
            Err(_) => plain(cause).filter(|_| cause.get().starts_with('"')),
        };
        if let Some(text) = text.filter(|text| !told.contains(text)) {
            told.push(text);
        }
        // The causes of a cause come before its neighbours.
        for cause in read.iter().flat_map(below).rev() {
            next.push_front(cause);
        }
    }
    told
}

/// The direct causes of an error.
fn below<'a>(error: &Response<'a>) -> VecDeque<&'a RawValue> {
    let many = error.causes.and_then(|causes| serde_json::from_str::<Vec<&RawValue>>(causes.get()).ok());
    error.cause.into_iter().chain(many.into_iter().flatten()).collect()
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

    #[test]
    fn nested_causes_are_read_in_the_form_of_each_runtime() {
        for (response, causes) in [
            // Java
            (
                r#"{"errorMessage":"outer","errorType":"java.lang.RuntimeException","stackTrace":["a.B.c(B.java:1)"],
                    "cause":{"errorMessage":"inner","errorType":"java.io.IOException","stackTrace":["d.E.f(E.java:2)"],
                    "cause":{"errorMessage":"root","errorType":"java.net.SocketException","stackTrace":[]}}}"#,
                vec!["java.io.IOException: inner (d.E.f(E.java:2))", "java.net.SocketException: root"],
            ),
            // .NET
            (
                r#"{"errorType":"AggregateException","errorMessage":"two","stackTrace":["at F()"],"causes":[
                    {"errorType":"ArgumentException","errorMessage":"a","stackTrace":["at G() in /src/a.cs:line 3"],
                     "cause":{"errorType":"FormatException","errorMessage":"b"}},
                    {"errorType":"TimeoutException","errorMessage":"c"}]}"#,
                vec![
                    "ArgumentException: a (at G() in /src/a.cs:line 3)",
                    "FormatException: b",
                    "TimeoutException: c",
                ],
            ),
            (r#"{"errorMessage":"x","cause":"no disk"}"#, vec!["no disk"]),
            (r#"{"errorMessage":"x","cause":{"errorType":"E"}}"#, vec!["E"]),
            (r#"{"errorMessage":"x","cause":{"errorType":"E"},"causes":[{"errorType":"E"}]}"#, vec!["E"]),
            (r#"{"errorMessage":"x","cause":null,"causes":null}"#, vec![]),
            (r#"{"errorMessage":"x","cause":7,"causes":{}}"#, vec![]),
        ] {
            assert_eq!(read(response.as_bytes()).causes, causes, "{response}");
        }
        let nested = (0..100).fold("null".to_owned(), |cause, n| {
            format!(r#"{{"errorType":"E{n}","errorMessage":"m","cause":{cause}}}"#)
        });
        assert_eq!(read(nested.as_bytes()).causes.len(), MOST_CAUSES);
    }
}
