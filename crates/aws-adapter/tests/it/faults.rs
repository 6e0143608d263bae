//! One fault at a time on real sockets: a call that may have been sent is never reported as not sent, and is never sent
//! again.

use crate::{
    server::{End, MARK, Reaction, Received, Script, Server, closed_url, framed, success},
    support::{call, call_with, config, short_waits},
};
use lamplight_aws_adapter::{AwsConnectionConfig, AwsInvoker, open};
use lamplight_domain::{Delivery, ErrorCode, Start};
use lamplight_ports::{InvokeError, Invoker, PortErrorKind};
use std::{error::Error, sync::Arc};
use tokio::net::TcpListener;

fn invoker(url: &str) -> Arc<AwsInvoker> {
    open(AwsConnectionConfig { timeouts: short_waits(), ..config(url) }).unwrap().invoker
}

fn in_doubt(error: &InvokeError) {
    assert_eq!((error.delivery, error.start), (Delivery::MaybeSent, Start::MayHaveStarted), "{error:?}");
    assert_eq!(error.kind, PortErrorKind::Unavailable);
}

fn not_sent(error: &InvokeError) {
    assert_eq!((error.delivery, error.start), (Delivery::NotSent, Start::DidNotStart), "{error:?}");
    assert_eq!(
        (error.kind, error.code.clone()),
        (PortErrorKind::Unavailable, ErrorCode::ConnectionFailed),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_refused_connection_is_not_sent_and_says_why() {
    let error = invoker(&closed_url().await).invoke(call("f")).await.unwrap_err();
    not_sent(&error);
    assert!(error.transient);
    let mut causes = Vec::new();
    let mut cause = error.source();
    while let Some(error) = cause {
        causes.push(error.to_string());
        cause = error.source();
    }
    assert!(causes.iter().any(|cause| cause.contains("refused")), "{causes:?}");
}

#[tokio::test]
async fn a_host_that_does_not_exist_is_not_sent() {
    let error = invoker("http://no-such-host.invalid:9").invoke(call("f")).await.unwrap_err();
    not_sent(&error);
}

#[tokio::test]
async fn a_handshake_that_fails_is_not_sent() {
    let server = Server::start(|_: &Received| Reaction::Answer(success(b"1"))).await;
    let url = server.url().replace("http://", "https://");
    // The server interprets the handshake as the beginning of a request and waits for more, so the client times out.
    let error = invoker(&url).invoke(call("f")).await.unwrap_err();
    not_sent(&error);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    let refusing = async {
        let (stream, _) = listener.accept().await.unwrap();
        stream.set_zero_linger().unwrap();
    };
    let invoker = invoker(&url);
    let (outcome, ()) = tokio::join!(invoker.invoke(call("f")), refusing);
    not_sent(&outcome.unwrap_err());
}

/// Ends the connection when the head has come.
struct EndsAtTheHead(End);

impl Script for EndsAtTheHead {
    fn on_head(&self, _: &Received) -> Option<End> {
        Some(self.0)
    }

    fn on_request(&self, _: &Received) -> Reaction {
        Reaction::Answer(success(b"1"))
    }
}

#[tokio::test]
async fn a_connection_that_ends_before_the_body_was_read_leaves_doubt() {
    let large = format!("\"{}\"", "x".repeat(3 * 1024 * 1024));
    for end in [End::Close, End::Reset] {
        for event in ["{}", &large] {
            let server = Server::start(EndsAtTheHead(end)).await;
            let error = invoker(&server.url()).invoke(call_with("f", event)).await.unwrap_err();
            in_doubt(&error);
            assert_eq!((server.heads("f"), server.executions("f")), (1, 0), "{end:?}");
        }
    }
}

#[tokio::test]
async fn a_connection_that_ends_after_the_body_was_read_leaves_doubt() {
    for end in [End::Close, End::Reset] {
        let server = Server::start(move |_: &Received| Reaction::SendAndEnd(Vec::new(), end)).await;
        let error = invoker(&server.url()).invoke(call("f")).await.unwrap_err();
        in_doubt(&error);
        assert_eq!(error.code, ErrorCode::NoAnswer);
        assert_eq!((server.executions("f"), server.connections()), (1, 1), "{end:?}");
    }
}

#[tokio::test]
async fn an_answer_cut_at_every_tenth_byte_leaves_doubt() {
    let whole = success(b"{\"numbers\":[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20]}");
    for end in [End::Close, End::Reset] {
        for at in (0..whole.len()).step_by(10) {
            let bytes = whole[..at].to_vec();
            let server = Server::start(move |_: &Received| Reaction::SendAndEnd(bytes.clone(), end)).await;
            let error = invoker(&server.url()).invoke(call("f")).await.unwrap_err();
            in_doubt(&error);
            assert_eq!((server.executions("f"), server.connections()), (1, 1), "cut at {at}, {end:?}");
        }
    }
}

#[tokio::test]
async fn a_cut_refusal_is_no_refusal() {
    let whole = crate::server::refusal(429, "TooManyRequestsException", "Rate Exceeded.");
    for at in (0..whole.len()).step_by(10) {
        let bytes = whole[..at].to_vec();
        let server = Server::start(move |_: &Received| Reaction::SendAndEnd(bytes.clone(), End::Close)).await;
        in_doubt(&invoker(&server.url()).invoke(call("f")).await.unwrap_err());
    }
}

#[tokio::test]
async fn a_wrong_content_length_is_found_where_it_can_be() {
    let longer = framed(200, &[MARK], b"{\"a\":1}", 50);
    let server = Server::start(move |_: &Received| Reaction::SendAndEnd(longer.clone(), End::Close)).await;
    let error = invoker(&server.url()).invoke(call("f")).await.unwrap_err();
    in_doubt(&error);
    assert_eq!((error.code, error.http_status), (ErrorCode::IncompleteAnswer, Some(200)));

    // The answer ends as its header says; the extra bytes are not part of any answer and end the connection.
    let shorter = framed(200, &[MARK], b"{\"a\":1}", 3);
    let server = Server::start(move |_: &Received| Reaction::SendAndEnd(shorter.clone(), End::Close)).await;
    let invoker = invoker(&server.url());
    assert_eq!(invoker.invoke(call("f")).await.unwrap().response, b"{\"a");
    assert_eq!(server.executions("f"), 1);
}

#[tokio::test]
async fn garbage_is_handed_on_as_it_is() {
    let server = Server::start(|_: &Received| Reaction::Answer(success(b"\xff{\"gar"))).await;
    assert_eq!(invoker(&server.url()).invoke(call("f")).await.unwrap().response, b"\xff{\"gar");
    let server =
        Server::start(|_: &Received| Reaction::SendAndEnd(b"SSH-2.0-OpenSSH\r\n".to_vec(), End::Close)).await;
    in_doubt(&invoker(&server.url()).invoke(call("f")).await.unwrap_err());
}

#[tokio::test]
async fn a_connection_is_kept_and_one_that_died_idle_costs_no_second_start() {
    let server = Server::start(|_: &Received| Reaction::Answer(success(b"1"))).await;
    let ports = invoker(&server.url());
    for _ in 0..3 {
        ports.invoke(call("kept")).await.unwrap();
    }
    assert_eq!((server.executions("kept"), server.connections()), (3, 1));

    let server = Server::start(|_: &Received| Reaction::SendAndEnd(success(b"1"), End::Close)).await;
    let ports = invoker(&server.url());
    for number in 0..50 {
        let name = format!("f{number}");
        let outcome = ports.invoke(call(&name)).await;
        let executions = server.executions(&name);
        assert!(executions <= 1);
        match outcome {
            Ok(answer) => assert_eq!((answer.response, executions), (b"1".to_vec(), 1)),
            Err(error) => in_doubt(&error),
        }
    }
}
