//! Lost answers on real sockets: a change that may have been made is never reported as not made, and is sent only once.

use super::{CHANGES, READS, call};
use crate::{
    answers::{a_page_is_no_proof, all_told},
    functions::tags,
    server::{End, MARK, Reaction, Received, Script, Server, answer, closed_url, framed, refusal},
    support::{SECRET_KEY, SESSION_TOKEN, config, ports, short_waits},
};
use lamplight_aws_adapter::{AwsConnectionConfig, Timeouts, open};
use lamplight_aws_model::Operation;
use lamplight_domain::ErrorCode;
use lamplight_ports::{Applied, ChangeError, Effect, Management, PortErrorKind, TagChange};
use std::time::Duration;

fn management(url: &str) -> Management {
    let waits = Duration::from_millis(700);
    let timeouts = Timeouts { change: waits, upload: waits, ..short_waits() };
    open(AwsConnectionConfig { timeouts, ..config(url) }).unwrap().management
}

/// Ends the connection when the head has come.
#[derive(Clone)]
struct EndsAtTheHead;

impl Script for EndsAtTheHead {
    fn on_head(&self, _: &Received) -> Option<End> {
        Some(End::Reset)
    }

    fn on_request(&self, _: &Received) -> Reaction {
        Reaction::Stall(Vec::new())
    }
}

/// Makes every change on a server with this reaction and returns the failures. Each change must have been sent once.
async fn failures(script: impl Script + Clone) -> Vec<(Operation, ChangeError)> {
    let mut found = Vec::new();
    for operation in CHANGES {
        let server = Server::start(script.clone()).await;
        let error = call(&management(&server.url()), operation, Effect::Make).await.unwrap_err();
        assert!(server.requests().len() <= 1 && server.connections() == 1, "{operation}: {error:?}");
        found.push((operation, error));
    }
    found
}

#[tokio::test]
async fn without_a_connection_nothing_was_changed() {
    let url = closed_url().await;
    for operation in CHANGES {
        let error = call(&management(&url), operation, Effect::Make).await.unwrap_err();
        assert_eq!((error.applied, error.transient), (Applied::No, true), "{operation}: {error:?}");
        assert_eq!(error.error.code.clone(), ErrorCode::ConnectionFailed);
        assert!(error.error.message.contains(operation.name()), "{error}");
        assert!(error.error.message.ends_with("nothing was sent"), "{error}");
    }
}

#[tokio::test]
async fn a_lost_answer_leaves_doubt() {
    let whole = answer(200, &[("content-type", "application/json")], b"{\"Name\":\"live\"}");
    let ends: [(Vec<u8>, End); 5] = [
        (Vec::new(), End::Close),
        (Vec::new(), End::Reset),
        (whole[..whole.len() / 2].to_vec(), End::Close),
        (framed(200, &[], b"{\"Name\":", 500), End::Close),
        (b"no http\r\n\r\n".to_vec(), End::Close),
    ];
    let mut all = failures(EndsAtTheHead).await;
    for (bytes, end) in ends {
        all.extend(failures(move |_: &Received| Reaction::SendAndEnd(bytes.clone(), end)).await);
    }
    for (operation, error) in &all {
        assert_eq!((error.applied, error.transient), (Applied::Maybe, true), "{operation}: {error:?}");
        assert_eq!(error.error.kind, PortErrorKind::Unavailable, "{operation}: {error:?}");
        assert!(error.error.message.ends_with("the change may have been made"), "{error}");
    }
    assert_eq!(all.len(), 6 * CHANGES.len());
}

#[tokio::test]
async fn an_answer_that_does_not_come_in_time_leaves_doubt() {
    let server = Server::start(|_: &Received| Reaction::Stall(Vec::new())).await;
    for operation in [Operation::CreateFunction, Operation::DeleteFunction] {
        let error = call(&management(&server.url()), operation, Effect::Make).await.unwrap_err();
        assert_eq!((error.applied, error.transient), (Applied::Maybe, true), "{error:?}");
        assert_eq!(error.error.code.clone(), ErrorCode::Timeout);
    }
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn a_failing_service_leaves_doubt_with_or_without_a_code() {
    for answer in
        [refusal(500, "ServiceException", "oh"), answer(500, &[MARK], b"<html>"), answer(503, &[MARK], b"")]
    {
        for (operation, error) in failures(move |_: &Received| Reaction::Answer(answer.clone())).await {
            assert_eq!((error.applied, error.transient), (Applied::Maybe, true), "{operation}: {error:?}");
            assert_eq!(error.error.code.clone(), ErrorCode::ServiceUnavailable, "{operation}: {error:?}");
        }
    }
    // Neither does an error from elsewhere, whatever its status.
    for status in [400, 403, 404, 409, 429, 500, 503] {
        let page = answer(status, &[], b"<html>");
        for (operation, error) in failures(move |_: &Received| Reaction::Answer(page.clone())).await {
            assert_eq!(error.applied, Applied::Maybe, "{operation}: {error:?}");
            assert_eq!(error.error.code.clone(), ErrorCode::UnidentifiedAnswer, "{operation}: {error:?}");
        }
    }
    // A refusal that a proxy has changed proves nothing.
    let made_of_a_refusal = |_: &Received| Reaction::Answer(refusal(502, "ResourceConflictException", "oh"));
    for (operation, error) in failures(made_of_a_refusal).await {
        assert_eq!(error.applied, Applied::Maybe, "{operation}: {error:?}");
    }
}

#[tokio::test]
async fn a_refusal_proves_that_nothing_was_made() {
    for (status, code, passes) in [
        (400, "InvalidParameterValueException", false),
        (404, "ResourceNotFoundException", false),
        (429, "TooManyRequestsException", true),
    ] {
        for (operation, error) in
            failures(move |_: &Received| Reaction::Answer(refusal(status, code, "no"))).await
        {
            assert_eq!((error.applied, error.transient), (Applied::No, passes), "{operation}: {error:?}");
        }
    }
}

#[tokio::test]
async fn an_answer_of_success_that_cannot_be_read_leaves_doubt() {
    let describing = CHANGES.iter().filter(|operation| operation.members().is_some());
    let cases = describing.flat_map(|operation| [(*operation, "{}"), (*operation, "")]);
    let pages = CHANGES
        .iter()
        .flat_map(|operation| ["{\"gar", "<html>please sign in</html>", "[]"].map(|body| (*operation, body)));
    for (operation, body) in cases.chain(pages) {
        let answer = answer(200, &[MARK, ("content-type", "application/json")], body.as_bytes());
        let server = Server::start(move |_: &Received| Reaction::Answer(answer.clone())).await;
        let error = call(&management(&server.url()), operation, Effect::Make).await.unwrap_err();
        assert_eq!((error.applied, error.transient), (Applied::Maybe, false), "{operation} {body}");
        assert_eq!(
            (error.error.kind, error.error.code.clone()),
            (PortErrorKind::Corrupt, ErrorCode::UnexpectedAnswer)
        );
        assert_eq!(server.requests().len(), 1);
    }
}

#[tokio::test]
async fn an_answer_that_cannot_be_parsed_is_not_a_service_failure() {
    for body in ["{\"gar", "<html>hunter2</html>", "[]", "{}", ""] {
        // An empty object says that nothing is reserved.
        let says_nothing = ["{}", ""].contains(&body);
        let reads = READS.into_iter();
        for operation in reads.filter(|read| !says_nothing || *read != Operation::GetFunctionConcurrency) {
            let answer = answer(200, &[MARK, ("content-type", "application/json")], body.as_bytes());
            let server = Server::start(move |_: &Received| Reaction::Answer(answer.clone())).await;
            let ChangeError { error, .. } =
                call(&management(&server.url()), operation, Effect::Make).await.unwrap_err();
            assert_eq!(
                (error.kind, error.code.clone()),
                (PortErrorKind::Corrupt, ErrorCode::UnexpectedAnswer)
            );
            assert!(error.message.starts_with(&format!("the answer to {operation} for ")), "{error}");
            assert!(error.hint.is_some());
            assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
            assert_eq!(server.requests().len(), 1);
        }
    }
}

#[tokio::test]
async fn tags_are_in_doubt_once_the_first_half_was_made() {
    let script = |request: &Received| match request.method.as_str() {
        "POST" => Reaction::Answer(answer(204, &[MARK], b"")),
        _ => Reaction::Answer(refusal(400, "InvalidParameterValueException", "no")),
    };
    let server = Server::start(script).await;
    let change = TagChange { set: tags(&[("team", "sums")]), remove: vec!["stage".to_owned()] };
    let functions = management(&server.url()).functions;
    let error = functions.tag(&super::adder(), change, Effect::Make).await.unwrap_err();
    assert_eq!(error.applied, Applied::Maybe);
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn failure_messages_contain_no_secret() {
    let server = Server::start(|_: &Received| Reaction::SendAndEnd(Vec::new(), End::Close)).await;
    for management in [management(&server.url()), ports(&closed_url().await).management] {
        for operation in CHANGES {
            let error = call(&management, operation, Effect::Make).await.unwrap_err();
            let told = all_told(&error);
            for secret in ["hunter2", SECRET_KEY, SESSION_TOKEN, "PK-zip", "UEsteml"] {
                assert!(!told.contains(secret), "{secret} in {told}");
            }
        }
    }
}

#[tokio::test]
async fn a_404_from_another_server_names_the_endpoint() {
    let elsewhere = answer(404, &[("content-type", "text/html")], b"<html>not here</html>");
    let server = Server::start(move |_: &Received| Reaction::Answer(elsewhere.clone())).await;
    for operation in READS {
        let error = call(&management(&server.url()), operation, Effect::Make).await.unwrap_err();
        assert_eq!(error.error.kind, PortErrorKind::Corrupt, "{operation}: {error:?}");
        assert!(error.error.message.contains("is not from Lambda: HTTP 404"), "{error}");
    }
}

/// Emulators use other statuses than Lambda; the request ID shows that the answer is not from a proxy.
#[tokio::test]
async fn an_empty_answer_with_a_request_id_is_proof_enough() {
    for operation in CHANGES.into_iter().filter(|operation| operation.members().is_none()) {
        let answer = answer(200, &[("x-amzn-requestid", "b74f0e81-39ad-4fc6-a4a7-0d4884e88681")], b"");
        let server = Server::start(move |_: &Received| Reaction::Answer(answer.clone())).await;
        let outcome = call(&management(&server.url()), operation, Effect::Make).await;
        assert!(outcome.is_ok(), "{operation}: {outcome:?}");
    }
}

/// Another program at the endpoint, with an answer as Lambda would give it.
#[tokio::test]
async fn an_answer_without_a_mark_proves_no_change() {
    for operation in CHANGES {
        let members = operation.members().unwrap_or_default();
        let members: Vec<String> = members.iter().map(|member| format!("\"{member}\":\"1\"")).collect();
        let body = format!("{{{}}}", members.join(","));
        let answer = answer(operation.statuses()[0], &[("server", "stub")], body.as_bytes());
        let server = Server::start(move |_: &Received| Reaction::Answer(answer.clone())).await;
        let error = call(&management(&server.url()), operation, Effect::Make).await.unwrap_err();
        assert_eq!((error.applied, error.transient), (Applied::Maybe, false), "{operation}: {error:?}");
        assert_eq!(error.error.code, ErrorCode::UnidentifiedAnswer, "{operation}");
        assert!(error.error.message.contains("server stub"), "{}", error.error.message);
        assert_eq!(server.requests().len(), 1);
    }
}

/// A captive portal.
#[tokio::test]
async fn an_html_page_does_not_prove_a_change() {
    for operation in CHANGES.into_iter().filter(|operation| operation.members().is_none()) {
        a_page_is_no_proof(operation, async |url: String| {
            call(&management(&url), operation, Effect::Make).await
        })
        .await;
    }
}
