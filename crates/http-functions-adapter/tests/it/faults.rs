//! One fault at a time on real sockets: a request that may have been sent is never reported as not sent, and is never
//! sent again.

use crate::support::{call, open, open_impatient};
use lamplight_domain::{Delivery, ErrorCode, InvocationType::RequestResponse, Start};
use lamplight_http_functions_adapter::{AnswerRules, HttpFunction};
use lamplight_ports::{Connection, Departure, InvokeError, PortErrorKind};
use lamplight_testkit::script::{End, Reaction, Received, Script, Server, answer, closed_url, framed};
use tokio::net::TcpListener;

/// Accepts every status as success, so that no fault is mistaken for a wrong response.
fn function(url: String) -> HttpFunction {
    let rules = AnswerRules { error_statuses: vec![500, 502], ..AnswerRules::default() };
    HttpFunction { rules, ..HttpFunction::new(url) }
}

async fn failure(connection: Connection) -> (InvokeError, Departure) {
    let request = call(&connection, RequestResponse);
    let departure = request.departure.clone();
    (connection.invoker.invoke(request).await.unwrap_err(), departure)
}

async fn not_sent(url: String) -> InvokeError {
    let (error, departure) = failure(open(function(url))).await;
    assert_eq!((error.delivery, error.start), (Delivery::NotSent, Start::DidNotStart), "{error:?}");
    assert_eq!((error.kind, &error.code), (PortErrorKind::Unavailable, &ErrorCode::ConnectionFailed));
    assert!(!departure.may_have_left());
    error
}

async fn in_doubt(url: String) -> InvokeError {
    left_in_doubt(open(function(url))).await
}

async fn left_in_doubt(connection: Connection) -> InvokeError {
    let (error, departure) = failure(connection).await;
    assert_eq!((error.delivery, error.start), (Delivery::MaybeSent, Start::MayHaveStarted), "{error:?}");
    assert!(departure.may_have_left() && error.message.ends_with("may have run"), "{error:?}");
    error
}

#[tokio::test]
async fn a_request_without_a_connection_was_not_sent() {
    assert!(not_sent(closed_url().await).await.transient);
    assert!(not_sent("http://no-such-host.invalid:9/".to_owned()).await.transient);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    let refusing = async {
        let (stream, _) = listener.accept().await.unwrap();
        stream.set_zero_linger().unwrap();
    };
    tokio::join!(not_sent(url), refusing);
}

#[tokio::test]
async fn a_server_without_tls_receives_nothing() {
    let server = Server::start(|_: &Received| Reaction::SendAndEnd(b"no".to_vec(), End::Close)).await;
    not_sent(server.url().replace("http://", "https://")).await;
    assert_eq!(server.requests().len(), 0);
}

#[tokio::test]
async fn a_connection_that_ends_after_the_request_leaves_doubt() {
    for end in [End::Close, End::Reset] {
        let server = Server::start(move |_: &Received| Reaction::SendAndEnd(Vec::new(), end)).await;
        assert_eq!(in_doubt(server.url()).await.code, ErrorCode::NoAnswer);
        assert_eq!((server.requests().len(), server.connections()), (1, 1), "{end:?}");
    }
}

/// Closes the connection after the head of the request.
struct EndsAtTheHead;

impl Script for EndsAtTheHead {
    fn on_head(&self, _: &Received) -> Option<End> {
        Some(End::Reset)
    }

    fn on_request(&self, _: &Received) -> Reaction {
        Reaction::Stall(Vec::new())
    }
}

#[tokio::test]
async fn a_connection_that_ends_within_the_request_leaves_doubt() {
    let server = Server::start(EndsAtTheHead).await;
    in_doubt(server.url()).await;
    assert_eq!((server.requests().len(), server.connections()), (0, 1));
}

#[tokio::test]
async fn an_answer_cut_at_any_byte_leaves_doubt() {
    let whole = answer(500, &[("content-type", "application/json")], b"{\"error\":\"it broke\"}");
    for at in (0..whole.len()).step_by(7) {
        let bytes = whole[..at].to_vec();
        let server = Server::start(move |_: &Received| Reaction::SendAndEnd(bytes.clone(), End::Close)).await;
        in_doubt(server.url()).await;
        assert_eq!((server.requests().len(), server.connections()), (1, 1), "cut at {at}");
    }
}

#[tokio::test]
async fn an_answer_that_comes_too_late_or_never_ends_leaves_doubt() {
    for beginning in [Vec::new(), framed(200, &[], b"half", 8)] {
        let server = Server::start(move |_: &Received| Reaction::Stall(beginning.clone())).await;
        let error = left_in_doubt(open_impatient(function(server.url()))).await;
        assert_eq!(error.code, ErrorCode::Timeout);
        assert_eq!(server.requests().len(), 1);
    }
}

#[tokio::test]
async fn an_answer_that_is_too_large_leaves_doubt() {
    let head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n".to_vec();
    let server = Server::start(move |_: &Received| Reaction::Endless(head.clone())).await;
    let error = in_doubt(server.url()).await;
    assert_eq!(error.code, ErrorCode::IncompleteAnswer);
    assert!(error.message.contains("65536 bytes"), "{error:?}");
}

#[tokio::test]
async fn garbage_is_not_an_answer() {
    let server =
        Server::start(|_: &Received| Reaction::SendAndEnd(b"SSH-2.0-OpenSSH\r\n".to_vec(), End::Close)).await;
    in_doubt(server.url()).await;
}

#[tokio::test]
async fn a_stale_idle_connection_does_not_cause_a_second_request() {
    let whole = answer(204, &[], b"");
    let server = Server::start(move |_: &Received| Reaction::SendAndEnd(whole.clone(), End::Close)).await;
    let connection = open(function(server.url()));
    for number in 1..=30 {
        let outcome = connection.invoker.invoke(call(&connection, RequestResponse)).await;
        assert!(server.requests().len() <= number);
        if let Err(error) = outcome {
            assert_eq!(error.start, Start::MayHaveStarted, "{error:?}");
        }
    }
}

#[tokio::test]
async fn a_caller_that_stops_waiting_knows_whether_the_request_may_have_left() {
    let server = Server::start(|_: &Received| Reaction::Stall(Vec::new())).await;
    let connection = open(function(server.url()));
    let request = call(&connection, RequestResponse);
    let departure = request.departure.clone();
    {
        let mut waiting = std::pin::pin!(connection.invoker.invoke(request));
        while server.requests().is_empty() {
            tokio::select! {
                biased;
                answered = &mut waiting => panic!("{answered:?}"),
                () = tokio::task::yield_now() => {}
            }
        }
    }
    assert!(departure.may_have_left());
    assert_eq!(server.requests().len(), 1);
}
