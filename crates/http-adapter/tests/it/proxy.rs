//! Which addresses go through a proxy.

use crate::support::post;
use lamplight_http_adapter::{HttpClient, Reached, SendFailureKind};
use lamplight_ports::Departure;
use lamplight_testkit::{
    in_child,
    script::{End, Reaction, Received, Server, answer},
};
use std::{
    net::TcpListener,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

#[test]
fn other_machines_are_reached_through_the_proxy_and_this_one_is_not() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let proxy = format!("http://127.0.0.1:{port}");
    let environment = [("http_proxy", proxy.as_str()), ("no_proxy", "not.example.invalid")];
    let name = "proxy::other_machines_are_reached_through_the_proxy_and_this_one_is_not";
    in_child(name, &environment, async {
        let port = proxy_port();
        let proxy = Server::start_on(port, |_: &Received| Reaction::Answer(answer(200, &[], b"proxy"))).await;
        let near = Server::start(|_: &Received| Reaction::Answer(answer(200, &[], b"near"))).await;
        let client = HttpClient::default();
        let send = async |url: String| client.send(post(url), &Departure::default()).await;

        assert_eq!(send(near.url()).await.unwrap().body, "near");
        assert_eq!(send("http://example.invalid/a".to_owned()).await.unwrap().body, "proxy");
        let [asked] = &proxy.requests()[..] else { panic!("{:?}", proxy.requests()) };
        assert_eq!(asked.target, "http://example.invalid/a");

        let failure = send("http://not.example.invalid/a".to_owned()).await.unwrap_err();
        assert_eq!((failure.kind, failure.may_have_left), (SendFailureKind::NoConnection, false));
        let reach = async |url: &str| client.reach(url, Duration::from_secs(10)).await;
        assert_eq!(reach(&near.url()).await.unwrap(), Reached::Server);
        let through = Reached::Proxy(format!("127.0.0.1:{port}"));
        assert_eq!(reach("http://example.invalid/a").await.unwrap(), through);
        let failure = reach("http://not.example.invalid/a").await.unwrap_err();
        assert_eq!((failure.kind, failure.may_have_left), (SendFailureKind::NoConnection, false));
        assert_eq!(reach("example.invalid").await.unwrap_err().kind, SendFailureKind::InvalidUrl);
        assert_eq!(proxy.requests().len(), 1);
    });
}

/// The answers of proxies to a request for a tunnel, and the status that is told of each.
const REFUSALS: [(&str, Option<u16>); 6] = [
    ("HTTP/1.1 403 Forbidden\r\ncontent-length: 2\r\n\r\nno", Some(403)),
    ("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", Some(407)),
    ("HTTP/1.0 502 Bad Gateway\r\n\r\n", Some(502)),
    ("HTTP/1.1 302 Found\r\nlocation: http://portal/\r\n\r\n", Some(302)),
    ("SSH-2.0-OpenSSH\r\n\r\n", None),
    ("", None),
];

#[test]
fn a_proxy_that_refuses_a_tunnel_is_named_with_its_status() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let proxy = format!("http://127.0.0.1:{port}");
    let environment = [("http_proxy", proxy.as_str()), ("https_proxy", proxy.as_str()), ("no_proxy", "")];
    let name = "proxy::a_proxy_that_refuses_a_tunnel_is_named_with_its_status";
    in_child(name, &environment, async {
        let port = proxy_port();
        let current = Arc::new(AtomicUsize::new(0));
        let case = Arc::clone(&current);
        let answers = move |_: &Received| {
            let (refusal, _) = REFUSALS[case.load(Ordering::SeqCst)];
            Reaction::SendAndEnd(refusal.as_bytes().to_vec(), End::Close)
        };
        let proxy = Server::start_on(port, answers).await;
        for (case, (refusal, status)) in REFUSALS.into_iter().enumerate() {
            current.store(case, Ordering::SeqCst);
            let request = post("https://lambda.example.invalid/a".to_owned());
            let failure = HttpClient::default().send(request, &Departure::default()).await.unwrap_err();
            assert_eq!(
                (failure.kind, failure.may_have_left),
                (SendFailureKind::NotAgreed, false),
                "{refusal}"
            );
            let status = status.map(|status| format!(" (HTTP {status})")).unwrap_or_default();
            let told = format!("proxy 127.0.0.1:{port} refused the tunnel{status}");
            let causes = failure.source.unwrap().flat();
            assert!(causes.contains(&told), "{refusal}: {causes}");
        }
        assert!(proxy.requests().iter().all(|request| request.method == "CONNECT"));
    });
}

/// The child's own environment names the port that was chosen for it.
#[expect(clippy::disallowed_methods, reason = "a child reads what its test gave it")]
fn proxy_port() -> u16 {
    std::env::var("http_proxy").unwrap().rsplit(':').next().unwrap().parse().unwrap()
}
