//! How long it takes to report that credentials cannot be obtained.
//!
//! The clock is paused: it stands still while any task can run, and jumps to the next deadline if none can. So the tests
//! measure how long the adapter waits, regardless of the load on the machine.

use crate::{
    server::{Reaction, Received, Server},
    support::{call, config, ports},
};
use lamplight_aws_adapter::{AssumeRole, AwsConnectionConfig, CredentialsSource, RoleSession, open};
use lamplight_domain::{Delivery, ErrorCode};
use lamplight_ports::{Identity, InvokeError, Invoker, PortErrorKind};
use lamplight_testkit::in_child;
use std::{fs, net::TcpListener, time::Duration};
use tokio::time::Instant;

const PROFILES: &str = r"
[profile hanging]
credential_process = /usr/bin/tail --pid=$PPID -f /dev/null

[profile task]
role_arn = arn:aws:iam::123456789012:role/deploy
credential_source = EcsContainer
";

/// The failure of a call with `credentials`, and the time until the failure.
async fn waited_for(credentials: CredentialsSource, endpoint: &str) -> (InvokeError, Duration) {
    let ports = open(AwsConnectionConfig { credentials, ..config(endpoint) }).unwrap();
    tokio::time::pause();
    let begun = Instant::now();
    let error = ports.invoker.invoke(call("f")).await.unwrap_err();
    tokio::time::resume();
    assert_eq!(
        (error.delivery, error.kind),
        (Delivery::NotSent, PortErrorKind::Unauthenticated),
        "{error:?}"
    );
    assert!(!error.transient, "a run would wait as long again: {error:?}");
    (error, begun.elapsed())
}

/// Whether it took `limit` at most.
fn is_within(took: Duration, limit: u64) -> bool {
    took < Duration::from_secs(limit) + Duration::from_millis(100)
}

/// Accepts connections only in the kernel and never answers, which to a client looks like dropped packets.
fn silent() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    (listener, url)
}

#[test]
fn waiting_for_a_container_endpoint_is_limited() {
    let (_silent, url) = silent();
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("config");
    fs::write(&file, PROFILES).unwrap();
    let file = file.display().to_string();
    let environment = [("AWS_CONTAINER_CREDENTIALS_FULL_URI", url.as_str()), ("AWS_CONFIG_FILE", &file)];
    in_child("patience::waiting_for_a_container_endpoint_is_limited", &environment, async {
        for credentials in [
            CredentialsSource::InstanceProfile,
            CredentialsSource::Ambient,
            CredentialsSource::Profile("task".to_owned()),
        ] {
            let shown = format!("{credentials:?}");
            let (error, took) = waited_for(credentials, "http://127.0.0.1:9").await;
            assert!(is_within(took, 15), "{shown}: {took:?} {error:?}");
            assert_eq!(error.code, ErrorCode::CredentialsFailed);
        }
    });
}

#[test]
fn waiting_for_a_credential_process_is_limited() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("config");
    fs::write(&file, PROFILES).unwrap();
    let file = file.display().to_string();
    in_child(
        "patience::waiting_for_a_credential_process_is_limited",
        &[("AWS_CONFIG_FILE", &file), ("PATH", "/usr/bin:/bin")],
        async {
            let hanging = CredentialsSource::Profile("hanging".to_owned());
            let (error, took) = waited_for(hanging, "http://127.0.0.1:9").await;
            assert!(is_within(took, 60), "{took:?} {error:?}");
            assert!(
                error.message.contains("profile hanging: no credentials received within 60 s"),
                "{error:?}"
            );
            assert!(error.hint.unwrap().to_string().contains("a program may wait for a person"));
        },
    );
}

#[tokio::test]
async fn waiting_for_a_role_is_limited() {
    let (_silent, url) = silent();
    let role = AssumeRole {
        source: config(&url).credentials,
        session: RoleSession::of("arn:aws:iam::123456789012:role/deploy".parse().unwrap()),
        external_id: None,
        tags: Vec::new(),
        transitive_tag_keys: Vec::new(),
        source_identity: None,
    };
    let (error, took) = waited_for(CredentialsSource::AssumeRole(Box::new(role)), &url).await;
    assert!(is_within(took, 60), "{took:?} {error:?}");
    assert!(error.message.contains("role/deploy"), "{error:?}");
}

#[tokio::test]
async fn waiting_for_the_caller_identity_is_limited() {
    let server = Server::start(|_: &Received| Reaction::Stall(Vec::new())).await;
    let ports = ports(&server.url());
    tokio::time::pause();
    let begun = Instant::now();
    let error = ports.identity.who_am_i().await.unwrap_err();
    assert!(is_within(begun.elapsed(), 15), "{:?} {error:?}", begun.elapsed());
    assert_eq!((error.kind, error.code.clone()), (PortErrorKind::Unavailable, ErrorCode::Timeout));
}
