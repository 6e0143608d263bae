//! Secret headers are read for each call, sent, and never shown.

use crate::support::{SECRET, all_texts, call, open};
use lamplight_domain::{AnswerOutcome, Delivery, ErrorCode, InvocationType::RequestResponse, MASK};
use lamplight_http_functions_adapter::{AnswerRules, HeaderValue, HttpFunction};
use lamplight_testkit::script::{End, Reaction, Received, Server, answer, closed_url};

fn function(url: String, reference: &str) -> HttpFunction {
    let value = HeaderValue::Secret { prefix: "", reference: reference.parse().unwrap() };
    let rules = AnswerRules { error_header: Some("x-failed".to_owned()), ..AnswerRules::default() };
    HttpFunction { headers: vec![("x-api-key".to_owned(), value)], rules, ..HttpFunction::new(url) }
}

#[tokio::test]
async fn a_secret_that_cannot_be_read_is_named_and_nothing_is_sent() {
    let server = Server::start(|_: &Received| Reaction::Answer(answer(204, &[], b""))).await;
    let connection = open(function(server.url(), "env:ABSENT"));
    let request = call(&connection, RequestResponse);
    let departure = request.departure.clone();
    let error = connection.invoker.invoke(request).await.unwrap_err();
    assert_eq!((error.delivery, error.code), (Delivery::NotSent, ErrorCode::SecretNotFound));
    assert!(error.message.contains("x-api-key") && error.message.contains("env:ABSENT"), "{}", error.message);
    assert!(!departure.may_have_left());
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn a_secret_that_an_answer_repeats_is_masked() {
    let server = Server::start(|request: &Received| {
        let key = &request.headers["x-api-key"];
        let body = format!("{{\"key\":\"{key}\"}}");
        Reaction::Answer(match request.target.as_str() {
            "/failing" => answer(500, &[("x-failed", key)], body.as_bytes()),
            _ => answer(200, &[("content-type", "application/json")], body.as_bytes()),
        })
    })
    .await;
    let masked = format!("{{\"key\":\"{MASK}\"}}");
    let connection = open(function(server.url(), "env:KEY"));
    let got = connection.invoker.invoke(call(&connection, RequestResponse)).await.unwrap();
    assert_eq!((got.outcome, got.response), (AnswerOutcome::Returned, masked.clone().into_bytes()));
    let connection = open(function(format!("{}/failing", server.url()), "env:KEY"));
    let got = connection.invoker.invoke(call(&connection, RequestResponse)).await.unwrap();
    let AnswerOutcome::FunctionError(error) = got.outcome else { panic!("{got:?}") };
    assert_eq!((error.kind.as_deref(), error.message), (Some(MASK), masked));
    assert!(server.requests().iter().all(|request| request.headers["x-api-key"] == SECRET));
}

#[tokio::test]
async fn no_failure_and_no_debug_shows_a_secret() {
    let dropping = Server::start(|_: &Received| Reaction::SendAndEnd(Vec::new(), End::Reset)).await;
    for url in [dropping.url(), closed_url().await] {
        let function = function(url, "env:KEY");
        let declared = format!("{function:?}");
        let connection = open(function);
        let error = connection.invoker.invoke(call(&connection, RequestResponse)).await.unwrap_err();
        let shown = format!("{declared} {} {connection:?}", all_texts(&error));
        assert!(!shown.contains(SECRET) && shown.contains("env:KEY"), "{shown}");
    }
    let plain = HeaderValue::Plain(SECRET.to_owned());
    assert!(!format!("{plain:?}").contains(SECRET));
}
