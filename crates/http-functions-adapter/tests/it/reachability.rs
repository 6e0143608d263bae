//! Checking reachability makes no call.

use crate::support::open_all;
use lamplight_domain::ErrorCode;
use lamplight_http_functions_adapter::{Functions, HttpFunction};
use lamplight_ports::ListFunctions;
use lamplight_testkit::script::{Reaction, Received, Server, answer, closed_url};

fn functions(urls: &[String]) -> Functions {
    let named = urls.iter().enumerate().map(|(number, url)| {
        (format!("f{number}").parse().unwrap(), HttpFunction::new(format!("{url}/f{number}")))
    });
    named.collect()
}

#[tokio::test]
async fn every_server_is_connected_and_receives_nothing() {
    let servers = [answering().await, answering().await];
    let urls = [servers[0].url(), servers[1].url(), servers[0].url()];
    let reached = open_all(functions(&urls)).reachability.unwrap().reach(None).await.unwrap();
    for server in &servers {
        assert!(reached.contains(&server.url()), "{reached}");
        // A connection is counted when it is accepted, which may happen after the client has made it.
        while server.connections() == 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!((server.connections(), server.requests().len()), (1, 0));
    }
}

async fn answering() -> Server {
    Server::start(|_: &Received| Reaction::Answer(answer(204, &[], b""))).await
}

#[tokio::test]
async fn an_unreachable_server_is_named() {
    let (there, absent) = (answering().await, closed_url().await);
    let error = open_all(functions(&[there.url(), absent.clone()])).reachability.unwrap().reach(None).await;
    let error = error.unwrap_err();
    assert_eq!(error.code, ErrorCode::ConnectionFailed);
    // The servers of other functions do not matter.
    let connection = open_all(functions(&[there.url(), absent.clone()]));
    let mut reached = Vec::new();
    for function in connection.catalogue.list(ListFunctions::default()).await.unwrap().items {
        let answer = connection.reachability.as_ref().unwrap().reach(Some(&function.to_ref())).await;
        reached.push(answer.ok());
    }
    assert_eq!(reached, [Some(there.url()), None]);
    assert!(error.message.contains(&absent) && error.source.is_some(), "{error:?}");
    let none = open_all(Functions::new()).reachability.unwrap().reach(None).await.unwrap_err();
    assert_eq!(none.code, ErrorCode::FunctionNotFound);
}

#[tokio::test]
async fn a_server_without_tls_is_not_reachable_over_https() {
    let server = Server::start(|_: &Received| Reaction::Answer(Vec::new())).await;
    let url = server.url().replace("http://", "https://");
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let refusing = format!("https://{}", listener.local_addr().unwrap());
    let closing = async {
        let (stream, _) = listener.accept().await.unwrap();
        drop(stream);
    };
    let connection = open_all(functions(&[refusing]));
    let reachability = connection.reachability.unwrap();
    let (error, ()) = tokio::join!(reachability.reach(None), closing);
    assert!(error.unwrap_err().message.contains("TLS handshake"));
    // A server that sends nothing is given up after the timeout.
    let error = open_all(functions(&[url])).reachability.unwrap().reach(None).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::ConnectionFailed, "{error:?}");
}
