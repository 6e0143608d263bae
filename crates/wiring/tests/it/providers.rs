//! The available providers, and the errors for missing ones.

use crate::bench::{Bench, open};
use lamplight_ports::{Connector, PortErrorKind};

#[tokio::test]
async fn a_missing_connection_is_reported_with_the_existing_ones() {
    let bench = Bench::new("[connections.a]\nprovider = 'fake'\n");
    let error = open(&bench.connections, "b").await.unwrap_err();
    assert_eq!(
        (error.kind, error.message.as_str()),
        (PortErrorKind::NotFound, "connection b does not exist")
    );
    let error =
        Bench::new("[connections.a]\nprovider = 'absent'\n").connections.open(None).await.unwrap_err();
    assert!(
        error.message.ends_with("lamplight.toml:2:12: a provider of this name does not exist"),
        "{error:?}"
    );
}

#[cfg(all(feature = "aws", feature = "http"))]
#[test]
fn the_committed_schema_covers_all_providers() {
    let committed = include_str!("../../../../docs/lamplight.schema.json");
    assert!(committed == lamplight_wiring::Adapters::default().schema(), "run `cargo xtask docs`");
}

#[cfg(not(feature = "aws"))]
#[tokio::test]
async fn without_aws_its_connections_are_kept_but_cannot_be_opened() {
    let bench = Bench::new("[connections.a]\nregion = 'eu-west-1'\nauth = 'instance-profile'\n");
    for connection in [open(&bench.connections, "a").await, bench.connections.open(None).await] {
        let error = connection.unwrap_err();
        assert_eq!(error.kind, PortErrorKind::Unsupported);
        assert!(error.message.ends_with("this build does not include provider aws"), "{error:?}");
    }
    open(&bench.connections, "demo").await.unwrap();
}

/// The examples of a page of `docs`, which are whole configurations.
#[cfg(feature = "http")]
fn examples(page: &str) -> Vec<&str> {
    page.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect()
}

#[cfg(feature = "http")]
#[tokio::test]
async fn the_documented_functions_behind_urls_are_opened_and_listed() {
    for example in examples(include_str!("../../../../docs/http-functions.md")) {
        let connection = Bench::new(example).connections.open(None).await.unwrap();
        let listed = connection.catalogue.list(lamplight_ports::ListFunctions::default()).await.unwrap();
        let names: Vec<&str> = listed.items.iter().map(|function| function.name.as_str()).collect();
        assert_eq!(names, ["adder", "invoice", "resize"]);
        assert_eq!(listed.items[0].settings.timeout_seconds, Some(60));
        assert!(connection.management().is_err() && connection.identity.is_none());
    }
}

#[cfg(feature = "http")]
#[tokio::test]
async fn http_functions_receive_only_their_own_secrets() {
    use lamplight_domain::{InvocationType, Scrubber};
    use lamplight_ports::{ConnectionOverrides, Departure, Given, InvokeRequest};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let bench = Bench::new(&format!(
        "[connections.a]\nprovider = 'http'\n[connections.a.functions.f]\nurl = '{url}/f'\nbearer_token = 'count:a/b'\n"
    ));
    let connection = open(&bench.connections, "a").await.unwrap();
    assert_eq!(bench.reads(), 0, "opening reads no secret");
    let request = InvokeRequest {
        function: connection.platform.parse_function("f").unwrap(),
        qualifier: None,
        invocation_type: InvocationType::RequestResponse,
        payload: lamplight_domain::Payload::from_json("{}".to_owned()).unwrap(),
        log_tail: true,
        client_context: None,
        scrubber: Scrubber::default(),
        fresh_connection: false,
        departure: Departure::default(),
    };
    let serving = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut seen = Vec::new();
        while !seen.ends_with(b"{}") {
            assert!(stream.read_buf(&mut seen).await.unwrap() > 0);
        }
        stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await.unwrap();
        String::from_utf8(seen).unwrap()
    };
    let (answer, seen) = tokio::join!(connection.invoker.invoke(request), serving);
    assert_eq!(answer.unwrap().outcome, lamplight_domain::AnswerOutcome::Returned);
    assert!(
        seen.starts_with("POST /f HTTP/1.1") && seen.contains("authorization: Bearer hunter2\r\n"),
        "{seen}"
    );
    assert_eq!(bench.reads(), 1);

    let elsewhere = Given { value: "http://127.0.0.1:9".to_owned(), given_by: "the test".to_owned() };
    let overrides = ConnectionOverrides { endpoint_url: Some(elsewhere), ..ConnectionOverrides::default() };
    let error = open(&bench.connections.with_overrides(overrides), "a").await.unwrap_err();
    assert!(error.message.contains("the test cannot be used here"), "{error:?}");
}

#[cfg(not(feature = "http"))]
#[tokio::test]
async fn without_http_its_connections_are_kept_but_cannot_be_opened() {
    let bench = Bench::new("[connections.a]\nprovider = 'http'\nfunctions.f.url = 'http://127.0.0.1:9/'\n");
    let error = open(&bench.connections, "a").await.unwrap_err();
    assert_eq!(error.kind, PortErrorKind::Unsupported);
    assert!(error.message.ends_with("this build does not include provider http"), "{error:?}");
}
