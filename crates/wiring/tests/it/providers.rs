//! Which providers there are, and what is said of those that there are not.

use crate::bench::{Bench, open};
use lamplight_ports::{Connector, PortErrorKind};

#[tokio::test]
async fn a_connection_that_is_not_there_is_told_with_those_that_are() {
    let bench = Bench::new("[connections.a]\nprovider = 'fake'\n");
    let error = open(&bench.connections, "b").await.unwrap_err();
    assert_eq!((error.kind, error.message.as_str()), (PortErrorKind::NotFound, "there is no connection b"));
    let error =
        Bench::new("[connections.a]\nprovider = 'absent'\n").connections.open(None).await.unwrap_err();
    assert!(error.message.ends_with("lamplight.toml:2:12: there is no provider of this name"), "{error:?}");
}

#[cfg(feature = "aws")]
#[test]
fn the_committed_schema_is_the_one_of_the_providers_of_the_whole_program() {
    let committed = include_str!("../../../../docs/lamplight.schema.json");
    assert!(committed == lamplight_wiring::Adapters::default().schema(), "run `cargo xtask docs`");
}

#[cfg(not(feature = "aws"))]
#[tokio::test]
async fn without_aws_its_connections_stay_in_the_file_and_say_why_they_cannot_be_opened() {
    let bench = Bench::new("[connections.a]\nregion = 'eu-west-1'\nauth = 'instance-profile'\n");
    for connection in [open(&bench.connections, "a").await, bench.connections.open(None).await] {
        let error = connection.unwrap_err();
        assert_eq!(error.kind, PortErrorKind::Unsupported);
        assert!(error.message.ends_with("this build has no provider aws"), "{error:?}");
    }
    open(&bench.connections, "demo").await.unwrap();
}
