//! Answers that are lost, on real sockets: what may have been made is never said not to have been, and is asked for once.

use super::{CHANGES, call};
use crate::{
    answers::{a_page_is_no_proof, all_told},
    server::{End, Reaction, Received, Script, Server, answer, closed_url, framed, refusal},
    support::{SECRET_KEY, SESSION_TOKEN, config, ports, short_waits},
};
use lamplight_aws_adapter::{AwsConnectionConfig, Timeouts, open};
use lamplight_aws_model::Operation;
use lamplight_domain::ErrorCode;
use lamplight_ports::{Applied, ChangeError, Effect, FunctionManager, PortErrorKind};
use std::{sync::Arc, time::Duration};

fn functions(url: &str) -> Arc<dyn FunctionManager> {
    let waits = Duration::from_millis(700);
    let timeouts = Timeouts { change: waits, upload: waits, ..short_waits() };
    open(AwsConnectionConfig { timeouts, ..config(url) }).unwrap().management.functions
}

/// Ends the connection when the head has come.
struct EndsAtTheHead;

impl Script for EndsAtTheHead {
    fn on_head(&self, _: &Received) -> Option<End> {
        Some(End::Reset)
    }

    fn on_request(&self, _: &Received) -> Reaction {
        Reaction::Stall(Vec::new())
    }
}

/// Makes every change against a server that does this; gives the failures. Each must have sent one request.
async fn failures(script: impl Script + Clone) -> Vec<(Operation, ChangeError)> {
    let mut found = Vec::new();
    for operation in CHANGES {
        let server = Server::start(script.clone()).await;
        let error = call(functions(&server.url()).as_ref(), operation, Effect::Make).await.unwrap_err();
        assert!(server.requests().len() <= 1 && server.connections() == 1, "{operation}: {error:?}");
        found.push((operation, error));
    }
    found
}

impl Clone for EndsAtTheHead {
    fn clone(&self) -> Self {
        Self
    }
}

#[tokio::test]
async fn nothing_was_made_where_there_was_no_connection() {
    let url = closed_url().await;
    for operation in CHANGES {
        let error = call(functions(&url).as_ref(), operation, Effect::Make).await.unwrap_err();
        assert_eq!((error.applied, error.transient), (Applied::No, true), "{operation}: {error:?}");
        assert_eq!(error.error.code.clone(), ErrorCode::ConnectionFailed);
        assert!(error.error.message.contains(operation.name()), "{error}");
        assert!(error.error.message.ends_with("nothing was sent"), "{error}");
    }
}

#[tokio::test]
async fn a_lost_answer_leaves_doubt() {
    let whole = answer(200, &[("content-type", "application/json")], b"{\"FunctionName\":\"adder\"}");
    let half = whole[..whole.len() / 2].to_vec();
    let cut = framed(200, &[], b"{\"FunctionName\":", 500);
    let mut all = failures(EndsAtTheHead).await;
    all.extend(failures(|_: &Received| Reaction::SendAndEnd(Vec::new(), End::Close)).await);
    all.extend(failures(|_: &Received| Reaction::SendAndEnd(Vec::new(), End::Reset)).await);
    all.extend(failures(move |_: &Received| Reaction::SendAndEnd(half.clone(), End::Close)).await);
    all.extend(failures(move |_: &Received| Reaction::SendAndEnd(cut.clone(), End::Close)).await);
    all.extend(failures(|_: &Received| Reaction::SendAndEnd(b"no http\r\n\r\n".to_vec(), End::Close)).await);
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
        let error = call(functions(&server.url()).as_ref(), operation, Effect::Make).await.unwrap_err();
        assert_eq!((error.applied, error.transient), (Applied::Maybe, true), "{error:?}");
        assert_eq!(error.error.code.clone(), ErrorCode::Timeout);
    }
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn a_failing_service_leaves_doubt_with_or_without_a_code() {
    let mut all = failures(|_: &Received| Reaction::Answer(refusal(500, "ServiceException", "oh"))).await;
    all.extend(failures(|_: &Received| Reaction::Answer(answer(500, &[], b"<html>"))).await);
    all.extend(failures(|_: &Received| Reaction::Answer(answer(503, &[], b""))).await);
    // What a proxy makes of a refusal proves nothing.
    all.extend(
        failures(|_: &Received| Reaction::Answer(refusal(502, "ResourceConflictException", "oh"))).await,
    );
    for (operation, error) in &all {
        assert_eq!(error.applied, Applied::Maybe, "{operation}: {error:?}");
    }
    for (operation, error) in &all[..3 * CHANGES.len()] {
        assert!(error.transient, "{operation}: {error:?}");
        assert_eq!(error.error.code.clone(), ErrorCode::ServiceUnavailable, "{operation}: {error:?}");
    }
}

#[tokio::test]
async fn a_refusal_proves_that_nothing_was_made() {
    for (status, code) in [(400, "InvalidParameterValueException"), (404, "ResourceNotFoundException")] {
        for (operation, error) in
            failures(move |_: &Received| Reaction::Answer(refusal(status, code, "no"))).await
        {
            assert_eq!((error.applied, error.transient), (Applied::No, false), "{operation}: {error:?}");
        }
    }
    for (operation, error) in
        failures(|_: &Received| Reaction::Answer(refusal(429, "TooManyRequestsException", "slow"))).await
    {
        assert_eq!((error.applied, error.transient), (Applied::No, true), "{operation}: {error:?}");
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
        let answer = answer(200, &[("content-type", "application/json")], body.as_bytes());
        let server = Server::start(move |_: &Received| Reaction::Answer(answer.clone())).await;
        let error = call(functions(&server.url()).as_ref(), operation, Effect::Make).await.unwrap_err();
        assert_eq!((error.applied, error.transient), (Applied::Maybe, false), "{operation} {body}");
        assert_eq!(
            (error.error.kind, error.error.code.clone()),
            (PortErrorKind::Corrupt, ErrorCode::UnexpectedAnswer)
        );
        assert_eq!(server.requests().len(), 1);
    }
}

#[tokio::test]
async fn tags_are_in_doubt_once_the_first_half_was_made() {
    let script = |request: &Received| match request.method.as_str() {
        "POST" => Reaction::Answer(answer(204, &[], b"")),
        _ => Reaction::Answer(refusal(400, "InvalidParameterValueException", "no")),
    };
    let server = Server::start(script).await;
    let change = lamplight_ports::TagChange {
        set: super::tags(&[("team", "sums")]),
        remove: vec!["stage".to_owned()],
    };
    let error = functions(&server.url()).tag(&super::adder(), change, Effect::Make).await.unwrap_err();
    assert_eq!(error.applied, Applied::Maybe);
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn what_is_said_of_a_failure_holds_no_secret() {
    let server = Server::start(|_: &Received| Reaction::SendAndEnd(Vec::new(), End::Close)).await;
    for functions in [functions(&server.url()), ports(&closed_url().await).management.functions] {
        for operation in CHANGES {
            let error = call(functions.as_ref(), operation, Effect::Make).await.unwrap_err();
            let told = all_told(&error);
            for secret in ["hunter2", SECRET_KEY, SESSION_TOKEN, "PK-zip", "UEsteml"] {
                assert!(!told.contains(secret), "{secret} in {told}");
            }
        }
    }
}

/// A portal that lets nobody out before they have signed in.
#[tokio::test]
async fn a_page_is_no_proof_of_a_change() {
    for operation in CHANGES.into_iter().filter(|operation| operation.members().is_none()) {
        a_page_is_no_proof(operation, async |url: String| {
            call(functions(&url).as_ref(), operation, Effect::Make).await
        })
        .await;
    }
}
