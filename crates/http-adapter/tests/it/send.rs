//! A request is sent at most once, and a failure says whether any byte of it may have been sent.

use crate::support::{EVENT, LONG, post};
use lamplight_http_adapter::{Answer, HttpClient, Request, SendFailure, SendFailureKind, Waits};
use lamplight_ports::Departure;
use lamplight_testkit::script::{End, Reaction, Received, Script, Server, answer, closed_url, framed};
use std::{error::Error, time::Duration};

/// Sends the request, and checks that the departure and the failure agree.
async fn send(request: Request) -> Result<Answer, SendFailure> {
    let departure = Departure::default();
    let sent = HttpClient::default().send(request, &departure).await;
    let left = sent.as_ref().map_or_else(|failure| failure.may_have_left, |_| true);
    assert_eq!(departure.may_have_left(), left, "{sent:?}");
    sent
}

async fn failure(request: Request) -> (SendFailureKind, bool, Option<u16>) {
    let failure = send(request).await.unwrap_err();
    (failure.kind, failure.may_have_left, failure.status)
}

#[tokio::test]
async fn bytes_are_sent_and_received_unchanged() {
    let server = Server::start(|request: &Received| {
        Reaction::Answer(answer(500, &[("X-Trace", "a b")], &request.body))
    })
    .await;
    let got = send(post(format!("{}/a?b=c%20d", server.url()))).await.unwrap();
    assert_eq!((got.status, got.header("x-trace"), &got.body[..]), (500, Some("a b"), EVENT));
    let requests = server.requests();
    let [sent] = requests.as_slice() else { panic!("{requests:?}") };
    assert_eq!((sent.method.as_str(), sent.target.as_str()), ("POST", "/a?b=c%20d"));
    assert_eq!((sent.body.as_slice(), sent.headers["x-secret"].as_str()), (EVENT, "hunter2"));
    assert_eq!(sent.headers["content-length"], EVENT.len().to_string());
}

#[tokio::test]
async fn a_redirect_is_an_answer() {
    let server =
        Server::start(|_: &Received| Reaction::Answer(answer(307, &[("location", "/second")], b""))).await;
    let got = send(post(server.url())).await.unwrap();
    assert_eq!((got.status, got.header("location"), server.requests().len()), (307, Some("/second"), 1));
}

#[tokio::test]
async fn what_was_refused_a_connection_was_not_sent() {
    assert_eq!(failure(post(closed_url().await)).await, (SendFailureKind::NoConnection, false, None));
    for wrong in ["ftp://127.0.0.1/", "http://", "127.0.0.1:80"] {
        assert_eq!(failure(post(wrong.to_owned())).await, (SendFailureKind::InvalidUrl, false, None));
    }
    let header = Request {
        headers: vec![("x-secret".to_owned(), "hunter2\n".into())],
        ..post("http://127.0.0.1:9".to_owned())
    };
    assert_eq!(failure(header).await, (SendFailureKind::InvalidRequest, false, None));
}

#[tokio::test]
async fn a_connection_that_ends_after_the_request_leaves_a_doubt_and_no_second_request() {
    for end in [End::Close, End::Reset] {
        let server = Server::start(move |_: &Received| Reaction::SendAndEnd(Vec::new(), end)).await;
        assert_eq!(failure(post(server.url())).await, (SendFailureKind::NoAnswer, true, None), "{end:?}");
        assert_eq!((server.requests().len(), server.connections()), (1, 1), "{end:?}");
    }
}

/// Closes the connection after the request headers have arrived.
struct Deaf;

impl Script for Deaf {
    fn on_head(&self, _: &Received) -> Option<End> {
        Some(End::Reset)
    }

    fn on_request(&self, _: &Received) -> Reaction {
        Reaction::Stall(Vec::new())
    }
}

#[tokio::test]
async fn an_unread_body_may_have_been_sent() {
    let server = Server::start(Deaf).await;
    let large = Request { body: Some(vec![0; 8 << 20].into()), ..post(server.url()) };
    assert_eq!(failure(large).await, (SendFailureKind::NoAnswer, true, None));
    assert_eq!((server.heads(""), server.requests().len()), (1, 0));
}

#[tokio::test]
async fn an_idle_connection_that_was_closed_unseen_is_not_tried_twice() {
    let server = Server::start(|_: &Received| Reaction::SendAndEnd(answer(200, &[], b"1"), End::Close)).await;
    let client = HttpClient::default();
    for _ in 0..20 {
        let departure = Departure::default();
        let sent = client.send(post(server.url()), &departure).await;
        assert!(sent.is_ok() || sent.is_err_and(|failure| failure.may_have_left));
    }
    assert!(server.requests().len() <= 20);
}

#[tokio::test]
async fn a_truncated_answer_is_reported_with_its_status() {
    for end in [End::Close, End::Reset] {
        let cut = framed(502, &[], b"half", 8);
        let server = Server::start(move |_: &Received| Reaction::SendAndEnd(cut.clone(), end)).await;
        let (kind, may_have_left, _) = failure(post(server.url())).await;
        // A reset may arrive before the response headers.
        let expected = [SendFailureKind::Incomplete, SendFailureKind::NoAnswer];
        assert!(may_have_left && expected.contains(&kind), "{end:?} {kind:?}");
        assert!(end == End::Reset || kind == SendFailureKind::Incomplete, "{kind:?}");
    }
    let server =
        Server::start(|_: &Received| Reaction::SendAndEnd(framed(502, &[], b"half", 8), End::Close)).await;
    assert_eq!(failure(post(server.url())).await.2, Some(502));
}

#[tokio::test]
async fn no_more_is_read_than_the_given_limit() {
    for (bytes, fits) in [(1000, true), (1001, false)] {
        let server =
            Server::start(move |_: &Received| Reaction::Answer(answer(200, &[], &vec![b'x'; bytes]))).await;
        let got = send(Request { largest_answer: 1000, ..post(server.url()) }).await;
        match got {
            Ok(got) => assert!(fits && got.body.len() == bytes),
            Err(failure) => {
                assert!(!fits);
                assert_eq!((failure.kind, failure.may_have_left), (SendFailureKind::TooLarge, true));
            }
        }
    }
    let endless = Server::start(|_: &Received| Reaction::Endless(b"HTTP/1.1 200 OK\r\n\r\n".to_vec())).await;
    let got = failure(Request { largest_answer: 1000, ..post(endless.url()) }).await;
    assert_eq!((got.0, got.1), (SendFailureKind::TooLarge, true));
    assert!(endless.endless_bytes() < 64 << 20);
}

#[tokio::test]
async fn the_timeouts_of_the_caller_apply() {
    let short = Duration::from_millis(300);
    let late = |time| move |_: &Received| Reaction::Late(time, answer(200, &[], b"1"));
    let server = Server::start(late(short * 2)).await;
    assert!(send(post(server.url())).await.is_ok(), "longer than others wait, and no longer than asked");
    for waits in [Waits { head: short, ..LONG }, Waits { whole: short, ..LONG }] {
        for beginning in [Vec::new(), framed(200, &[], b"half", 8)] {
            if waits.head == short && !beginning.is_empty() {
                continue;
            }
            let server = Server::start(move |_: &Received| Reaction::Stall(beginning.clone())).await;
            let got = failure(Request { waits, ..post(server.url()) }).await;
            assert_eq!((got.0, got.1), (SendFailureKind::Timeout, true), "{waits:?}");
        }
    }
}

#[tokio::test]
async fn a_caller_that_stops_waiting_knows_whether_the_request_left() {
    let server = Server::start(|_: &Received| Reaction::Stall(Vec::new())).await;
    let (client, departure) = (HttpClient::default(), Departure::default());
    {
        let mut waiting = std::pin::pin!(client.send(post(server.url()), &departure));
        while server.requests().is_empty() {
            tokio::select! {
                biased;
                answered = &mut waiting => panic!("{answered:?}"),
                () = tokio::task::yield_now() => {}
            }
        }
    }
    assert!(departure.may_have_left());

    let departure = Departure::default();
    drop(client.send(post(server.url()), &departure));
    assert!(departure.may_have_left(), "it was never asked to send: nobody has said otherwise");
}

#[tokio::test]
async fn no_failure_shows_query_header_or_body() {
    let secret = |url: &str| Request {
        body: Some(b"hunter2".as_slice().into()),
        ..post(format!("{url}/a?key=hunter2"))
    };
    let unsendable = Request {
        headers: vec![("x-secret".to_owned(), "hunter2\n".into())],
        ..post("http://127.0.0.1:9".to_owned())
    };
    for request in [secret(&closed_url().await), secret("ftp://example.com"), unsendable] {
        let told = format!("{request:?}");
        let failure = send(request).await.unwrap_err();
        let mut shown = format!("{told}{failure:?}");
        let mut cause: Option<&dyn Error> = Some(&failure);
        while let Some(error) = cause {
            shown.push_str(&error.to_string());
            cause = error.source();
        }
        assert!(!shown.contains("hunter2"), "{shown}");
    }
}
