//! One HTTP exchange: what is sent, what is read, and what is never shown.

use lamplight_domain::ErrorCode;
use lamplight_http_adapter::HttpClient;
use lamplight_ports::{
    ExposeSecret, HttpExchange, HttpMethod, HttpRequest, LARGEST_HTTP_BODY, PortError, PortErrorKind,
};
use lamplight_testkit::script::{End, Reaction, Received, Server, answer, closed_url, framed};
use std::time::Duration;

fn get(url: String) -> HttpRequest {
    HttpRequest { method: HttpMethod::Get, url, headers: vec![], body: None, timeout: Duration::from_secs(5) }
}

async fn failure(request: HttpRequest) -> PortError {
    HttpClient::default().exchange(request).await.unwrap_err()
}

#[tokio::test]
async fn a_request_goes_out_as_it_is_and_any_answer_comes_back() {
    let server = Server::start(|_: &Received| {
        Reaction::Answer(answer(418, &[("X-Teapot", "Yes")], "kurz und stämmig".as_bytes()))
    })
    .await;
    let request = HttpRequest {
        method: HttpMethod::Post,
        headers: vec![("x-secret", "hunter2".into()), ("content-type", "text/plain".into())],
        body: Some("grant_type=x".into()),
        ..get(format!("{}/a/b?c=d%20e", server.url()))
    };
    let got = HttpClient::default().exchange(request).await.unwrap();
    assert_eq!((got.status, got.header("x-teapot")), (418, Some("Yes")));
    assert_eq!(got.body.expose_secret(), "kurz und stämmig");
    let requests = server.requests();
    let [sent] = requests.as_slice() else { panic!("{requests:?}") };
    assert_eq!((sent.target.as_str(), sent.body.as_slice()), ("/a/b?c=d%20e", b"grant_type=x".as_slice()));
    assert_eq!(
        (sent.headers["x-secret"].as_str(), sent.headers["content-length"].as_str()),
        ("hunter2", "12")
    );
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_is_not_followed() {
    let server = Server::start(|request: &Received| {
        assert_eq!(request.target, "/first");
        Reaction::Answer(answer(307, &[("location", "/second")], b""))
    })
    .await;
    let got = HttpClient::default().exchange(get(format!("{}/first", server.url()))).await.unwrap();
    assert_eq!((got.status, got.header("location"), server.requests().len()), (307, Some("/second"), 1));
}

#[tokio::test]
async fn nothing_is_sent_twice() {
    for end in [End::Close, End::Reset] {
        let server = Server::start(move |_: &Received| Reaction::SendAndEnd(Vec::new(), end)).await;
        let error = failure(get(server.url())).await;
        assert_eq!((error.kind, server.requests().len()), (PortErrorKind::Unavailable, 1), "{end:?}");
    }
    let server = Server::start(|_: &Received| Reaction::Answer(answer(503, &[], b""))).await;
    assert_eq!(HttpClient::default().exchange(get(server.url())).await.unwrap().status, 503);
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn an_answer_that_is_too_large_or_no_text_is_refused() {
    for (bytes, fits) in [(LARGEST_HTTP_BODY, true), (LARGEST_HTTP_BODY + 1, false)] {
        let server =
            Server::start(move |_: &Received| Reaction::Answer(answer(200, &[], &vec![b'x'; bytes]))).await;
        let got = HttpClient::default().exchange(get(server.url())).await;
        assert_eq!(got.is_ok(), fits, "{bytes}");
        assert!(got.err().is_none_or(|error| error.kind == PortErrorKind::TooLarge));
    }
    let server = Server::start(|_: &Received| Reaction::Answer(answer(200, &[], b"hunter2\xff"))).await;
    let error = failure(get(server.url())).await;
    assert_eq!(error.kind, PortErrorKind::Corrupt);
    assert!(!format!("{error:?}").contains("hunter2"));
}

#[tokio::test]
async fn a_server_that_answers_too_late_is_unavailable() {
    let request = |url| HttpRequest { timeout: Duration::from_millis(300), ..get(url) };
    for beginning in [Vec::new(), framed(200, &[], b"half", 8)] {
        let server = Server::start(move |_: &Received| Reaction::Stall(beginning.clone())).await;
        let error = failure(request(server.url())).await;
        assert_eq!((error.kind, error.code.clone()), (PortErrorKind::Unavailable, ErrorCode::Timeout));
    }
    let error = failure(request(closed_url().await)).await;
    assert_eq!((error.kind, error.code.clone()), (PortErrorKind::Unavailable, ErrorCode::ConnectionFailed));
}

#[tokio::test]
async fn no_failure_shows_query_header_or_body() {
    let secret = |url: String| HttpRequest {
        method: HttpMethod::Put,
        headers: vec![("x-secret", "hunter2".into())],
        body: Some("hunter2".into()),
        ..get(format!("{url}/token?key=hunter2"))
    };
    let unsendable = HttpRequest {
        headers: vec![("x-secret", "hunter2\n".into())],
        ..get("http://127.0.0.1:9/token".to_owned())
    };
    for request in [secret(closed_url().await), secret("ftp://example.com".to_owned()), unsendable] {
        let error = failure(request).await;
        let mut shown = format!("{error:?} {error}");
        let mut cause = std::error::Error::source(&error);
        while let Some(error) = cause {
            shown.push_str(&error.to_string());
            cause = error.source();
        }
        assert!(shown.contains("token") && !shown.contains("hunter2"), "{shown}");
    }
}
