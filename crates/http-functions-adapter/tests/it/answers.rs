//! Requests that are sent, and how responses are interpreted.

use crate::support::{SECRET, call, open};
use lamplight_domain::{
    AnswerOutcome, Delivery, ErrorCode,
    InvocationType::{DryRun, Event, RequestResponse},
    Start,
};
use lamplight_http_functions_adapter::{AnswerRules, HeaderValue, HttpFunction};
use lamplight_ports::{InvokeRequest, PortErrorKind};
use lamplight_testkit::script::{Reaction, Received, Server, answer};
use std::time::Duration;

const JSON: (&str, &str) = ("content-type", "application/json");
const PAGE: (&str, &str) = ("content-type", "text/html");

async fn answering(status: u16, header: (&'static str, &'static str), body: &'static str) -> Server {
    Server::start(move |_: &Received| Reaction::Answer(answer(status, &[header], body.as_bytes()))).await
}

#[tokio::test]
async fn a_call_is_one_post_of_the_event_with_the_declared_headers() {
    let server = answering(200, JSON, "{\"sum\":3}").await;
    let function = HttpFunction {
        headers: vec![
            ("x-team".to_owned(), HeaderValue::Plain("payments".to_owned())),
            (
                "authorization".to_owned(),
                HeaderValue::Secret { prefix: "Bearer ", reference: "env:KEY".parse().unwrap() },
            ),
        ],
        ..HttpFunction::new(format!("{}/a/b", server.url()))
    };
    let connection = open(function);
    let request = call(&connection, RequestResponse);
    let departure = request.departure.clone();
    let got = connection.invoker.invoke(request).await.unwrap();
    assert!(departure.may_have_left());
    assert_eq!((got.outcome, got.http_status), (AnswerOutcome::Returned, Some(200)));
    assert_eq!((got.response, got.request_id), (b"{\"sum\":3}".to_vec(), None));
    let [sent] = &server.requests()[..] else { panic!("{:?}", server.requests()) };
    assert_eq!((sent.method.as_str(), sent.target.as_str()), ("POST", "/a/b"));
    assert_eq!(sent.body, b"{\"a\":1}");
    for (name, value) in [
        ("content-type", "application/json"),
        ("x-team", "payments"),
        ("authorization", &format!("Bearer {SECRET}")),
    ] {
        assert_eq!(sent.headers[name], value);
    }
}

#[tokio::test]
async fn a_response_from_a_proxy_proves_nothing_and_is_not_shown() {
    for (status, header, body) in [
        (200, PAGE, "<html>sign in</html>"),
        (302, ("location", "/elsewhere"), ""),
        (307, ("location", "/elsewhere"), ""),
        (401, JSON, "{}"),
        (404, PAGE, "<html>"),
        (429, PAGE, ""),
        (500, PAGE, "<html>"),
        (502, PAGE, "<html>bad gateway</html>"),
        (503, JSON, "{\"error\":\"busy\"}"),
        (504, PAGE, ""),
    ] {
        let server = answering(status, header, body).await;
        let connection = open(HttpFunction::new(server.url()));
        let got = connection.invoker.invoke(call(&connection, RequestResponse)).await.unwrap();
        assert_eq!((got.outcome, got.http_status), (AnswerOutcome::Unidentified, Some(status)));
        assert_eq!((got.response, server.requests().len()), (Vec::new(), 1), "{status}: sent once");
    }
}

#[tokio::test]
async fn a_declared_status_is_the_functions_own_error() {
    let server = answering(500, PAGE, "Internal Server Error").await;
    let rules = AnswerRules { error_statuses: vec![500], ..AnswerRules::default() };
    let connection = open(HttpFunction { rules, ..HttpFunction::new(server.url()) });
    let got = connection.invoker.invoke(call(&connection, RequestResponse)).await.unwrap();
    let AnswerOutcome::FunctionError(error) = got.outcome else { panic!("{got:?}") };
    assert_eq!((error.message.as_str(), error.kind), ("Internal Server Error", None));
    assert_eq!(got.response, b"Internal Server Error");
}

#[tokio::test]
async fn a_declared_refusal_did_not_start_and_says_when_to_retry() {
    let rules = AnswerRules { refused_statuses: vec![429], ..AnswerRules::default() };
    let server = answering(429, ("retry-after", "7"), "").await;
    let connection = open(HttpFunction { rules, ..HttpFunction::new(server.url()) });
    let error = connection.invoker.invoke(call(&connection, RequestResponse)).await.unwrap_err();
    assert_eq!((error.delivery, error.start), (Delivery::Answered, Start::DidNotStart));
    assert_eq!((error.code, error.transient), (ErrorCode::Throttled, true));
    assert_eq!(error.retry_after, Some(Duration::from_secs(7)));
}

#[tokio::test]
async fn an_asynchronous_function_takes_events_and_nothing_else() {
    let server = answering(202, PAGE, "taken").await;
    let asynchronous = HttpFunction { is_async: true, ..HttpFunction::new(server.url()) };
    let (takes, waits) = (open(asynchronous), open(HttpFunction::new(server.url())));
    let got = takes.invoker.invoke(call(&takes, Event)).await.unwrap();
    assert_eq!((got.outcome, got.response), (AnswerOutcome::Accepted, Vec::new()));
    for (connection, invocation_type) in
        [(&takes, RequestResponse), (&waits, Event), (&takes, DryRun), (&waits, DryRun)]
    {
        let error = connection.invoker.invoke(call(connection, invocation_type)).await.unwrap_err();
        assert_eq!((error.delivery, error.kind), (Delivery::NotSent, PortErrorKind::Unsupported));
    }
    // Without a declaration, this 202 does not mean that an event was accepted.
    let got = waits.invoker.invoke(call(&waits, RequestResponse)).await.unwrap();
    assert_eq!(got.outcome, AnswerOutcome::Unidentified);
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn unsupported_calls_are_refused_before_anything_is_sent() {
    let server = answering(200, JSON, "{}").await;
    let connection = open(HttpFunction::new(server.url()));
    let request = || call(&connection, RequestResponse);
    let mut elsewhere = request();
    "http://127.0.0.1:9/".clone_into(&mut elsewhere.function.reference);
    let mut absent = request();
    absent.function.name = "absent".parse().unwrap();
    for (request, kind) in [
        (InvokeRequest { qualifier: Some("live".parse().unwrap()), ..request() }, PortErrorKind::Unsupported),
        (InvokeRequest { client_context: Some("{}".to_owned()), ..request() }, PortErrorKind::Unsupported),
        (elsewhere, PortErrorKind::Conflict),
        (absent, PortErrorKind::NotFound),
    ] {
        let departure = request.departure.clone();
        let error = connection.invoker.invoke(request).await.unwrap_err();
        assert_eq!((error.delivery, error.start), (Delivery::NotSent, Start::DidNotStart), "{error:?}");
        assert_eq!((error.kind, error.hint.is_some()), (kind, true), "{error:?}");
        assert!(!departure.may_have_left());
    }
    assert_eq!(server.connections(), 0);
    let mut by_name = request();
    "f".clone_into(&mut by_name.function.reference);
    assert!(connection.invoker.invoke(by_name).await.is_ok());
}
