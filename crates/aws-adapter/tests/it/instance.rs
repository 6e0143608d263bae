//! Credentials of the machine: from the container's endpoint or the instance metadata service.

use crate::{
    server::{Reaction, Received, Server, answer, success},
    support::{call, config},
};
use lamplight_aws_adapter::{AwsConnectionConfig, CredentialsSource, open};
use lamplight_aws_model::codes;
use lamplight_domain::{Delivery, ErrorCode};
use lamplight_ports::{Identity, Invoker, PortErrorKind};
use lamplight_testkit::in_child;
use std::{net::TcpListener, process::Command, time::Duration};

const CREDENTIALS: &[u8] =
    br#"{"Code":"Success","AccessKeyId":"ASIAMACHINE","SecretAccessKey":"s","Token":"machine-token",
    "Expiration":"2099-01-01T00:00:00Z","LastUpdated":"2024-01-01T00:00:00Z","Type":"AWS-HMAC"}"#;

fn machine(server: &Server) -> AwsConnectionConfig {
    AwsConnectionConfig { credentials: CredentialsSource::InstanceProfile, ..config(&server.url()) }
}

/// A metadata service of version 2, which answers only requests with a token.
fn metadata(request: &Received) -> Vec<u8> {
    let has_token = request.headers.get("x-aws-ec2-metadata-token").is_some_and(|token| token == "the-token");
    match request.target.as_str() {
        "/latest/api/token" if request.headers.contains_key("x-aws-ec2-metadata-token-ttl-seconds") => {
            answer(200, &[("x-aws-ec2-metadata-token-ttl-seconds", "21600")], b"the-token")
        }
        _ if !has_token => answer(401, &[], b""),
        path if path.contains("invocations") => success(b"1"),
        path if path.ends_with("/security-credentials/") => answer(200, &[], b"the-role"),
        path if path.ends_with("/the-role") => answer(200, &[], CREDENTIALS),
        _ => answer(404, &[], b""),
    }
}

/// The port is chosen before the child process starts, because the child's environment contains it.
fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

#[test]
fn instance_credentials_are_read_with_imds_version_2() {
    let port = free_port();
    let url = format!("http://127.0.0.1:{port}");
    let name = "instance::instance_credentials_are_read_with_imds_version_2";
    in_child(name, &[("AWS_EC2_METADATA_SERVICE_ENDPOINT", url.as_str())], async {
        let port = endpoint_port("AWS_EC2_METADATA_SERVICE_ENDPOINT");
        let _metadata =
            Server::start_on(port, |request: &Received| Reaction::Answer(metadata(request))).await;
        let lambda = Server::start(|_: &Received| Reaction::Answer(success(b"1"))).await;
        let ports = open(machine(&lambda)).unwrap();
        ports.invoker.invoke(call("f")).await.unwrap();
        let requests = lambda.requests();
        assert!(requests[0].headers["authorization"].contains("Credential=ASIAMACHINE/"));
        assert_eq!(requests[0].headers["x-amz-security-token"], "machine-token");
        assert_eq!(ports.identity.credentials().await.unwrap().source, "instance metadata");
    });
}

#[test]
fn a_container_is_asked_with_its_token() {
    let port = free_port();
    let url = format!("http://127.0.0.1:{port}/v2/credentials/task");
    let environment = [
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", url.as_str()),
        ("AWS_CONTAINER_AUTHORIZATION_TOKEN", "container-token"),
        ("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:9"),
    ];
    in_child("instance::a_container_is_asked_with_its_token", &environment, async {
        let port = endpoint_port("AWS_CONTAINER_CREDENTIALS_FULL_URI");
        let container = Server::start_on(port, |request: &Received| {
            let known = request.headers.get("authorization").is_some_and(|token| token == "container-token");
            Reaction::Answer(if known { answer(200, &[], CREDENTIALS) } else { answer(401, &[], b"") })
        })
        .await;
        let lambda = Server::start(|_: &Received| Reaction::Answer(success(b"1"))).await;
        open(machine(&lambda)).unwrap().invoker.invoke(call("f")).await.unwrap();
        assert!(lambda.requests()[0].headers["authorization"].contains("Credential=ASIAMACHINE/"));
        assert_eq!(container.requests()[0].target, "/v2/credentials/task");
    });
}

/// The environment of the child process contains the port.
#[expect(clippy::disallowed_methods, reason = "a child reads what its test gave it")]
fn endpoint_port(variable: &str) -> u16 {
    let url = std::env::var(variable).unwrap();
    url.split(':').nth(2).and_then(|rest| rest.split('/').next()).unwrap().parse().unwrap()
}

async fn no_credentials_within_two_seconds() {
    let lambda = Server::start(|_: &Received| Reaction::Answer(success(b"1"))).await;
    // The clock is paused: it stands still while any task can run, and jumps to the next deadline if none can. So this
    // measures how long the adapter waits, regardless of the load on the machine.
    tokio::time::pause();
    let begun = tokio::time::Instant::now();
    let error = open(machine(&lambda)).unwrap().invoker.invoke(call("f")).await.unwrap_err();
    let took = begun.elapsed();
    assert!(took < Duration::from_secs(2), "{took:?}");
    assert_eq!((error.delivery, error.kind), (Delivery::NotSent, PortErrorKind::Unauthenticated));
    assert_eq!(error.code, codes::INSTANCE_CREDENTIALS_FAILED);
    assert!(error.hint.unwrap().to_string().contains("EC2, ECS and EKS"));
    assert_eq!(lambda.requests().len(), 0);
}

#[test]
fn a_silent_metadata_service_is_reported_within_two_seconds() {
    // Accepts connections in the kernel alone and never answers, as a dropped packet looks to a client.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let name = "instance::a_silent_metadata_service_is_reported_within_two_seconds";
    in_child(name, &[("AWS_EC2_METADATA_SERVICE_ENDPOINT", &url)], no_credentials_within_two_seconds());
}

#[test]
fn an_unreachable_metadata_service_is_reported_in_two_seconds() {
    let name = "instance::an_unreachable_metadata_service_is_reported_in_two_seconds";
    let environment = [("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:9")];
    in_child(name, &environment, no_credentials_within_two_seconds());
}

#[test]
fn a_denying_metadata_service_is_not_blamed_on_a_profile() {
    let url = format!("http://127.0.0.1:{}", free_port());
    let name = "instance::a_denying_metadata_service_is_not_blamed_on_a_profile";
    let environment = [("AWS_EC2_METADATA_SERVICE_ENDPOINT", url.as_str()), ("HOME", "/nonexistent")];
    in_child(name, &environment, async {
        let port = endpoint_port("AWS_EC2_METADATA_SERVICE_ENDPOINT");
        let _metadata = Server::start_on(port, |_: &Received| Reaction::Answer(answer(403, &[], b""))).await;
        let lambda = Server::start(|_: &Received| Reaction::Answer(success(b"1"))).await;
        let ambient =
            AwsConnectionConfig { credentials: CredentialsSource::Ambient, ..config(&lambda.url()) };
        let error = open(ambient).unwrap().invoker.invoke(call("f")).await.unwrap_err();
        assert_eq!((error.delivery, error.code), (Delivery::NotSent, ErrorCode::CredentialsFailed));
        let hint = error.hint.unwrap().to_string();
        for place in ["environment", "profile files", "container", "instance metadata", "AWS_PROFILE"] {
            assert!(hint.contains(place), "{hint}");
        }
        assert!(!hint.contains("check the profile"), "{hint}");
        assert!(lambda.requests().is_empty());
    });
}

#[test]
fn child_processes_run_tests_that_exist() {
    // A child with a wrong test name would succeed without running anything.
    let listed = Command::new(std::env::current_exe().unwrap()).arg("--list").output().unwrap();
    let listed = String::from_utf8(listed.stdout).unwrap();
    assert!(listed.contains("instance::a_container_is_asked_with_its_token: test"), "{listed}");
}
