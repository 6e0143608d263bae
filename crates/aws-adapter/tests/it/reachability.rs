//! Whether Lambda's endpoint answers, and its URL.

use crate::{
    server::{Reaction, Received, Server, closed_url, refusal},
    support::{config, ports},
};
use lamplight_aws_adapter::{AwsConnectionConfig, open};
use lamplight_ports::{PortErrorKind, Reachability};

#[tokio::test]
async fn a_refusing_endpoint_is_reachable_and_gets_no_signature() {
    let server =
        Server::start(|_: &Received| Reaction::Answer(refusal(403, "MissingAuthenticationToken", "no")))
            .await;
    assert_eq!(ports(&server.url()).reachability.reach(None).await.unwrap(), server.url());
    let requests = server.requests();
    assert_eq!(requests.len(), 1);
    assert!(!requests[0].headers.contains_key("authorization"));
}

#[tokio::test]
async fn a_closed_port_is_not_reachable() {
    let error = ports(&closed_url().await).reachability.reach(None).await.unwrap_err();
    assert_eq!(error.kind, PortErrorKind::Unavailable);
}

#[tokio::test]
async fn the_endpoint_follows_region_fips_and_dual_stack() {
    let closed = closed_url().await;
    for (region, use_fips, use_dual_stack, host) in [
        ("eu-west-1", false, false, "lambda.eu-west-1.amazonaws.com"),
        ("us-east-1", true, false, "lambda-fips.us-east-1.amazonaws.com"),
        ("eu-west-1", false, true, "lambda.eu-west-1.api.aws"),
        ("cn-north-1", false, false, "lambda.cn-north-1.amazonaws.com.cn"),
    ] {
        let config = AwsConnectionConfig {
            region: lamplight_aws_model::Region::parse_known(region).unwrap(),
            endpoint_url: None,
            use_fips,
            use_dual_stack,
            ..config(&closed)
        };
        let ports = open(config).unwrap();
        assert_eq!(ports.reachability.address().await.unwrap(), format!("https://{host}"), "{region}");
    }
}
