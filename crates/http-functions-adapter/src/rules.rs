//! Interprets a response by the declared rules.

use lamplight_domain::{AnswerOutcome, ReportedError};
use lamplight_http_adapter::Answer;
use serde_json::value::RawValue;
use std::{borrow::Cow, collections::BTreeMap};

/// How to tell a function's responses from those of other servers, and success from failure. `judge` documents the
/// order in which the rules are applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerRules {
    /// The statuses that mean success. Default: 200 and 204.
    pub success_statuses: Vec<u16>,
    /// The statuses that mean that the function itself failed, whatever the body is. Default: none.
    pub error_statuses: Vec<u16>,
    /// The statuses that prove that the function did not start, such as 401 and 429 from a gateway in front of it.
    /// Default: none, because only whoever deploys the function can promise that.
    pub refused_statuses: Vec<u16>,
    /// A header that only failures of the function have, in lower case.
    pub error_header: Option<String>,
    /// A property of the JSON object that the function returns; a value in it means that the function failed. It is
    /// checked in responses with a success status, and provides the message of every failure.
    pub error_field: Option<String>,
    /// A header that every response of the function has, and no other response; in lower case.
    pub mark_header: Option<String>,
}

impl Default for AnswerRules {
    fn default() -> Self {
        Self {
            success_statuses: vec![200, 204],
            error_statuses: Vec::new(),
            refused_statuses: Vec::new(),
            error_header: None,
            error_field: None,
            mark_header: None,
        }
    }
}

/// How a call interprets a response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// The response is an outcome of the call.
    Outcome(AnswerOutcome),
    /// The response proves that the function did not start.
    Refused,
}

impl AnswerRules {
    /// Interprets a response. The first rule that applies decides:
    /// 1. If a mark is declared, a response without the mark and without the error header comes from another server.
    /// 2. The error header or an error status means that the function failed.
    /// 3. A refused status proves that the function did not start.
    /// 4. For an asynchronous function, 202 means that it accepted the event.
    /// 5. A success status with the mark is success. If no mark is declared, the response must look like a function's:
    ///    valid JSON with a JSON content type, or a 204, which has no body. If the error field has a value, the
    ///    function failed.
    /// 6. Any other response proves nothing: with the mark it comes from the function, otherwise from another server.
    pub(crate) fn judge(&self, answer: &Answer, is_async: bool) -> Meaning {
        let status = answer.status;
        let is_marked = self.mark_header.as_deref().map(|mark| answer.header(mark).is_some());
        let failure = self.error_header.as_deref().and_then(|name| answer.header(name));
        Meaning::Outcome(if is_marked == Some(false) && failure.is_none() {
            AnswerOutcome::Unidentified
        } else if failure.is_some() || self.error_statuses.contains(&status) {
            AnswerOutcome::FunctionError(self.reported_error(answer, failure))
        } else if self.refused_statuses.contains(&status) {
            return Meaning::Refused;
        } else if is_async && status == 202 {
            AnswerOutcome::Accepted
        } else if self.success_statuses.contains(&status)
            && (is_marked == Some(true) || status == 204 || is_json(answer))
            && let Ok(failure) = self.failure_value(&answer.body)
        {
            match failure {
                Some(_) => AnswerOutcome::FunctionError(self.reported_error(answer, None)),
                None => AnswerOutcome::Returned,
            }
        } else if is_marked == Some(true) {
            AnswerOutcome::Unproven
        } else {
            AnswerOutcome::Unidentified
        })
    }

    /// The error that the function reported. Its kind is the value of the error header.
    fn reported_error(&self, answer: &Answer, kind: Option<&str>) -> ReportedError {
        let message = match self.failure_value(&answer.body) {
            Ok(Some(failure)) => failure_message(failure),
            Ok(None) | Err(Unreadable) => String::from_utf8_lossy(&answer.body).trim().to_owned(),
        };
        ReportedError { kind: kind.map(str::to_owned), ..ReportedError::of_text(message) }
    }

    /// The value of the error field, if the field exists and says that the function failed: null, false and an empty
    /// text mean that it did not.
    ///
    /// The other values are not parsed, so an unusual value beside the field does not hide the failure.
    fn failure_value<'a>(&self, body: &'a [u8]) -> Result<Option<&'a str>, Unreadable> {
        const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();
        let Some(field) = self.error_field.as_deref() else { return Ok(None) };
        let body = body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body).trim_ascii_start();
        if !body.starts_with(b"{") {
            return Ok(None);
        }
        let object: BTreeMap<Cow<'a, str>, &'a RawValue> =
            serde_json::from_slice(body).map_err(|_| Unreadable)?;
        let value = object.get(field).map(|value| value.get());
        Ok(value.filter(|value| !["null", "false", "\"\""].contains(value)))
    }
}

/// The body is an object that cannot be parsed, so the error field cannot be looked up.
struct Unreadable;

/// The message of a failure: the text itself, the `message` of an object, or the JSON as written.
fn failure_message(failure: &str) -> String {
    let text = |json: &str| serde_json::from_str::<String>(json).ok();
    let inner = || {
        let object: BTreeMap<Cow<'_, str>, &RawValue> = serde_json::from_str(failure).ok()?;
        text(object.get("message")?.get())
    };
    text(failure).or_else(inner).unwrap_or_else(|| failure.to_owned())
}

/// Whether a response has a JSON content type and is valid JSON.
fn is_json(answer: &Answer) -> bool {
    let media_type =
        answer.header("content-type").and_then(|value| value.split(';').next()).unwrap_or_default();
    let media_type = media_type.trim().to_ascii_lowercase();
    (media_type == "application/json" || media_type.ends_with("+json"))
        && std::str::from_utf8(&answer.body).is_ok_and(|text| serde_json::from_str::<&RawValue>(text).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use AnswerOutcome::{Accepted, Returned, Unidentified, Unproven};

    const JSON: &str = "application/json; charset=utf-8";
    const PAGE: &str = "text/html";

    fn answer(status: u16, content_type: &str, body: &str) -> Answer {
        let headers = vec![("content-type".to_owned(), content_type.to_owned())];
        Answer { status, headers, body: lamplight_ports::Bytes::copy_from_slice(body.as_bytes()) }
    }

    fn outcome(rules: &AnswerRules, answer: &Answer) -> AnswerOutcome {
        match rules.judge(answer, false) {
            Meaning::Outcome(outcome) => outcome,
            Meaning::Refused => unreachable!("{answer:?} refuses"),
        }
    }

    #[test]
    fn without_declarations_only_successful_json_is_a_response() {
        let rules = AnswerRules::default();
        assert_eq!(outcome(&rules, &answer(200, JSON, "{\"sum\":3}")), Returned);
        assert_eq!(outcome(&rules, &answer(200, "application/problem+json", "[1]")), Returned);
        assert_eq!(outcome(&rules, &answer(204, "", "")), Returned);
        for (status, content_type, body) in [
            (200, PAGE, "{}"),
            (200, JSON, "<html>"),
            (200, JSON, ""),
            (200, "", ""),
            (201, JSON, "{}"),
            (202, JSON, "{}"),
            (302, JSON, "{}"),
            (400, JSON, "{}"),
            (401, JSON, "{}"),
            (404, JSON, "{}"),
            (429, JSON, "{}"),
            (500, JSON, "{}"),
            (502, PAGE, "<html>bad gateway</html>"),
        ] {
            assert_eq!(outcome(&rules, &answer(status, content_type, body)), Unidentified, "{status} {body}");
        }
    }

    #[test]
    fn a_202_acknowledges_an_event_if_the_function_is_asynchronous() {
        let rules = AnswerRules::default();
        assert_eq!(rules.judge(&answer(202, PAGE, ""), true), Meaning::Outcome(Accepted));
        assert_eq!(rules.judge(&answer(200, JSON, "{}"), true), Meaning::Outcome(Returned));
    }

    #[test]
    fn with_a_mark_only_marked_answers_are_the_functions() {
        let rules = AnswerRules { mark_header: Some("x-mark".to_owned()), ..AnswerRules::default() };
        let marked = |mut answer: Answer| {
            answer.headers.push(("x-mark".to_owned(), String::new()));
            answer
        };
        for unmarked in [answer(200, JSON, "{}"), answer(204, "", "")] {
            assert_eq!(outcome(&rules, &unmarked), Unidentified, "{unmarked:?}");
        }
        assert_eq!(outcome(&rules, &marked(answer(200, PAGE, "hello"))), Returned);
        for status in [302, 404, 500, 503] {
            assert_eq!(outcome(&rules, &marked(answer(status, JSON, "{}"))), Unproven, "{status}");
        }
    }

    #[test]
    fn a_status_a_header_or_a_property_marks_a_failure() {
        let rules = AnswerRules {
            error_statuses: vec![500],
            error_header: Some("x-google-status".to_owned()),
            error_field: Some("error".to_owned()),
            mark_header: Some("x-mark".to_owned()),
            ..AnswerRules::default()
        };
        let plain = AnswerRules { mark_header: None, ..rules.clone() };
        let error = |rules: &AnswerRules, answer: &Answer| match outcome(rules, answer) {
            AnswerOutcome::FunctionError(error) => (error.kind, error.message),
            other => unreachable!("{other:?}"),
        };
        assert_eq!(error(&plain, &answer(500, PAGE, " it broke\n")), (None, "it broke".to_owned()));
        let mut crashed = answer(503, PAGE, "it broke");
        crashed.headers.push(("x-google-status".to_owned(), "crash".to_owned()));
        assert_eq!(error(&rules, &crashed), (Some("crash".to_owned()), "it broke".to_owned()));
        for (body, message) in [
            (r#"{"error":"no stock","x":1}"#, "no stock"),
            (r#"{"error":{"message":"no stock","code":7}}"#, "no stock"),
            (r#"{"error":{"code":7}}"#, r#"{"code":7}"#),
            (r#"{"error":7}"#, "7"),
        ] {
            assert_eq!(error(&plain, &answer(200, JSON, body)), (None, message.to_owned()));
        }
        let nested = format!(r#"{{"error":"no stock","x":{}{}}}"#, "[".repeat(200), "]".repeat(200));
        for body in [
            nested.as_str(),
            r#"{"error":"no stock","x":"\ud800"}"#,
            r#"{"error":"no stock","x":1e999999}"#,
            r#" {"error":"no stock"}"#,
        ] {
            assert_eq!(error(&plain, &answer(200, JSON, body)), (None, "no stock".to_owned()), "{body}");
        }
        let unreadable = r#"{"error":"no stock","\ud800":1}"#;
        assert_eq!(outcome(&plain, &answer(200, JSON, unreadable)), Unidentified);
        for body in [r#"{"error":null}"#, r#"{"error":false}"#, r#"{"error":""}"#, r#"["error"]"#] {
            assert_eq!(outcome(&plain, &answer(200, JSON, body)), Returned, "{body}");
        }
        // The errors of a gateway have such a property too.
        assert_eq!(outcome(&plain, &answer(403, JSON, r#"{"error":"no"}"#)), Unidentified);
        assert_eq!(outcome(&rules, &answer(500, PAGE, "it broke")), Unidentified, "the mark is missing");
    }

    #[test]
    fn a_declared_refusal_proves_that_nothing_started() {
        let rules = AnswerRules { refused_statuses: vec![401, 429], ..AnswerRules::default() };
        assert_eq!(rules.judge(&answer(401, PAGE, ""), false), Meaning::Refused);
        assert_eq!(rules.judge(&answer(403, PAGE, ""), false), Meaning::Outcome(Unidentified));
    }
}
