//! One fault at a time on real sockets: a call that may have been sent is never reported as not sent, and is never sent
//! again.

use crate::{
    server::{End, MARK, Reaction, Received, Script, Server, closed_url, framed, success},
    support::{call, call_with, config, short_waits},
};
use lamplight_aws_adapter::{AwsConnectionConfig, AwsInvoker, open};
use lamplight_domain::{Delivery, ErrorCode, Start};
use lamplight_ports::{InvokeError, InvokeRequest, Invoker, PortErrorKind};
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

/// The head of an answer without its end.
fn head(status: u16, headers: &[(&str, &str)]) -> String {
    let lines =
        headers.iter().fold(String::new(), |lines, (name, value)| lines + name + ": " + value + "\r\n");
    format!("HTTP/1.1 {status} X\r\nx-amzn-requestid: 1\r\n{lines}")
}

/// The ends of a head for bodies that have a length, chunks, or neither.
const FRAMINGS: [&str; 3] =
    ["content-length: 500\r\n\r\n", "transfer-encoding: chunked\r\n\r\n40\r\n", "connection: close\r\n\r\n"];

const CUT_BODIES: [&str; 6] =
    ["", "{", "{\"Message\":\"x", "{\"Message\":\"x\"}", "<html>", "\u{feff}{\"a\""];

#[tokio::test]
async fn a_refusal_is_proven_by_the_head_alone() {
    let whole = crate::server::refusal(429, "TooManyRequestsException", "Rate Exceeded.");
    let length = whole.windows(4).position(|end| end == b"\r\n\r\n").unwrap() + 4;
    for at in (0..whole.len()).step_by(10).chain([length - 1, length]) {
        let bytes = whole[..at].to_vec();
        let server = Server::start(move |_: &Received| Reaction::SendAndEnd(bytes.clone(), End::Close)).await;
        let error = invoker(&server.url()).invoke(call("f")).await.unwrap_err();
        if at < length {
            in_doubt(&error);
        } else {
            assert_eq!((error.start, error.code.clone()), (Start::DidNotStart, ErrorCode::Throttled), "{at}");
        }
    }
    for (status, code, start) in [
        (404, "ResourceNotFoundException", Start::DidNotStart),
        (502, "EC2ThrottledException", Start::DidNotStart),
        (500, "ServiceException", Start::MayHaveStarted),
        (500, "TooManyRequestsException", Start::MayHaveStarted),
        (429, "SquidException", Start::MayHaveStarted),
    ] {
        for (framing, body) in FRAMINGS.iter().flat_map(|framing| CUT_BODIES.map(|body| (framing, body))) {
            let bytes =
                format!("{}{framing}{body}", head(status, &[("x-amzn-errortype", code)])).into_bytes();
            let server =
                Server::start(move |_: &Received| Reaction::SendAndEnd(bytes.clone(), End::Close)).await;
            let error = invoker(&server.url()).invoke(call("f")).await.unwrap_err();
            assert_eq!(error.start, start, "{status} {code} {framing} {body}: {error:?}");
            assert_eq!(error.request_id.as_deref(), Some("1"));
        }
    }
}

#[tokio::test]
async fn a_function_error_is_proven_by_the_head_alone() {
    for (framing, body) in FRAMINGS.iter().flat_map(|framing| CUT_BODIES.map(|body| (framing, body))) {
        let bytes =
            format!("{}{framing}{body}", head(200, &[("x-amz-function-error", "Unhandled")])).into_bytes();
        let server = Server::start(move |_: &Received| Reaction::SendAndEnd(bytes.clone(), End::Close)).await;
        let answer = invoker(&server.url()).invoke(call("f")).await.unwrap();
        assert!(answer.outcome.is_function_error(), "{framing} {body}: {answer:?}");
    }
}

#[tokio::test]
async fn a_function_error_in_another_encoding_is_one() {
    for status in [200, 429] {
        let head = format!(
            "HTTP/1.1 {status} X\r\nx-amzn-requestid: 1\r\nx-amzn-errortype: TooManyRequestsException\r\n\
             content-length: 2\r\nx-amz-function-error: "
        );
        let bytes = [head.as_bytes(), b"Unhandl\xe9d\r\n\r\n{}"].concat();
        let server = Server::start(move |_: &Received| Reaction::Answer(bytes.clone())).await;
        let answer = invoker(&server.url()).invoke(call("f")).await.unwrap();
        assert!(answer.outcome.is_function_error(), "{status}: {answer:?}");
    }
}

#[tokio::test]
async fn a_refusal_whose_body_never_comes_is_a_refusal() {
    let stalled = format!(
        "{}content-length: 500\r\n\r\n{{",
        head(429, &[("x-amzn-errortype", "TooManyRequestsException")])
    );
    let server = Server::start(move |_: &Received| Reaction::Stall(stalled.clone().into_bytes())).await;
    let error = invoker(&server.url()).invoke(call("f")).await.unwrap_err();
    assert_eq!((error.start, error.code), (Start::DidNotStart, ErrorCode::Throttled));
}

#[tokio::test]
async fn a_wrong_content_length_is_detected_if_possible() {
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
async fn a_response_that_is_not_json_is_returned_unchanged() {
    let server = Server::start(|_: &Received| Reaction::Answer(success(b"\xff{\"gar"))).await;
    assert_eq!(invoker(&server.url()).invoke(call("f")).await.unwrap().response, b"\xff{\"gar");
    let server =
        Server::start(|_: &Received| Reaction::SendAndEnd(b"SSH-2.0-OpenSSH\r\n".to_vec(), End::Close)).await;
    in_doubt(&invoker(&server.url()).invoke(call("f")).await.unwrap_err());
}

#[tokio::test]
async fn a_dead_idle_connection_does_not_cause_a_second_start() {
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

/// An answer without length and chunks, which ends with its connection.
fn undelimited(body: &[u8]) -> Vec<u8> {
    let head = "HTTP/1.1 200 OK\r\nx-amzn-requestid: 1\r\nconnection: close\r\n\r\n";
    [head.as_bytes(), body].concat()
}

#[tokio::test]
async fn an_answer_that_only_the_connection_ends_counts_only_if_it_is_one_json_value() {
    let whole = b"{\"numbers\":[1,2,3],\"text\":\"a\\\"b\"}";
    for at in 0..=whole.len() {
        let bytes = undelimited(&whole[..at]);
        let server = Server::start(move |_: &Received| Reaction::SendAndEnd(bytes.clone(), End::Close)).await;
        let outcome = invoker(&server.url()).invoke(call("f")).await;
        assert_eq!(server.executions("f"), 1);
        if at == whole.len() {
            assert_eq!(outcome.unwrap().response, whole);
            continue;
        }
        let error = outcome.unwrap_err();
        in_doubt(&error);
        assert_eq!((error.code, error.http_status), (ErrorCode::IncompleteAnswer, Some(200)), "cut at {at}");
        assert_eq!(error.request_id.as_deref(), Some("1"));
    }
    for (body, is_whole) in [
        ("12", false),
        ("true", true),
        ("\"a\"", true),
        ("{}\n", true),
        ("plain text", false),
        ("", false),
        ("\u{feff}{\"a\":1", false),
        ("{\"a\":1}\n{\"b\":", false),
        ("{\"a\":1}{\"b\":2", false),
        ("{\0\"\0a\0", false),
        ("{\"a\":NaN,\"b\"", false),
        ("<html><p>un", false),
        ("<html></html>", false),
    ] {
        let bytes = undelimited(body.as_bytes());
        let server = Server::start(move |_: &Received| Reaction::SendAndEnd(bytes.clone(), End::Close)).await;
        let outcome = invoker(&server.url()).invoke(call("f")).await;
        assert_eq!(outcome.is_ok(), is_whole, "{body}: {outcome:?}");
    }
    // An accepted event has no body, and a chunked one is delimited.
    let accepted = b"HTTP/1.1 202 Accepted\r\nx-amzn-requestid: 1\r\nconnection: close\r\n\r\n".to_vec();
    let chunked =
        b"HTTP/1.1 200 OK\r\nx-amzn-requestid: 1\r\ntransfer-encoding: chunked\r\n\r\n2\r\n12\r\n0\r\n\r\n"
            .to_vec();
    for bytes in [accepted, chunked] {
        let server = Server::start(move |_: &Received| Reaction::SendAndEnd(bytes.clone(), End::Close)).await;
        invoker(&server.url()).invoke(call("f")).await.unwrap();
    }
}

#[tokio::test]
async fn a_repeated_call_does_not_use_a_connection_that_may_have_been_closed() {
    let throttled = crate::server::refusal(429, "TooManyRequestsException", "Rate Exceeded.");
    let server = Server::start(move |_: &Received| Reaction::Answer(throttled.clone())).await;
    let invoker = invoker(&server.url());
    invoker.invoke(call("f")).await.unwrap_err();
    invoker.invoke(call("f")).await.unwrap_err();
    assert_eq!(server.connections(), 1, "kept");
    for connections in [2, 3] {
        invoker.invoke(InvokeRequest { fresh_connection: true, ..call("f") }).await.unwrap_err();
        assert_eq!(server.connections(), connections);
    }
}

#[test]
fn a_proxy_that_refuses_the_tunnel_is_named_and_nothing_is_sent() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let proxy = format!("http://127.0.0.1:{port}");
    let name = "faults::a_proxy_that_refuses_the_tunnel_is_named_and_nothing_is_sent";
    lamplight_testkit::in_child(name, &[("https_proxy", &proxy), ("no_proxy", "")], async {
        let port = crate::endless::port_of("https_proxy");
        let refusal = crate::server::answer(403, &[], b"blocked");
        let _proxy =
            Server::start_on(port, move |_: &Received| Reaction::SendAndEnd(refusal.clone(), End::Close))
                .await;
        let error = invoker("https://lambda.example.invalid").invoke(call("f")).await.unwrap_err();
        not_sent(&error);
        let told = format!(": proxy 127.0.0.1:{port} refused the tunnel (HTTP 403); nothing was sent");
        assert!(error.message.ends_with(&told) && !error.transient, "{}", error.message);
        assert!(error.hint.unwrap().to_string().contains("NO_PROXY"));
    });
}
