//! Endless answers from services that give credentials: only a little is read, and the error says so.

use crate::{
    server::{Reaction, Received, Server},
    support::{call, config},
};
use lamplight_aws_adapter::{AssumeRole, AwsConnectionConfig, CredentialsSource, RoleSession, open};
use lamplight_domain::Delivery;
use lamplight_ports::Invoker;
use lamplight_testkit::in_child;
use std::{fs, net::TcpListener};

const ROLE: &str = "arn:aws:iam::123456789012:role/deploy";

/// The limit for an answer, plus the size of the buffers of two sockets.
const MOST: usize = (32 << 20) + (16 << 20);

fn endless(_: &Received) -> Reaction {
    Reaction::Endless(b"HTTP/1.1 200 OK\r\ncontent-type: text/xml\r\n\r\n".to_vec())
}

/// Makes a call with `credentials`, which are requested from `giver`.
async fn gives_nothing(credentials: CredentialsSource, giver: &Server) {
    let ports = open(AwsConnectionConfig { credentials, ..config(&giver.url()) }).unwrap();
    let error = ports.invoker.invoke(call("f")).await.unwrap_err();
    assert_eq!(error.delivery, Delivery::NotSent, "{error:?}");
    let asked = giver.requests().len();
    assert!((1..=3).contains(&asked), "{asked}");
    let each = giver.endless_bytes() / asked;
    assert!((1 << 20..MOST).contains(&each), "{each}");
}

#[tokio::test]
async fn of_sts() {
    let sts = Server::start(endless).await;
    let role = AssumeRole {
        source: config("http://127.0.0.1:9").credentials,
        session: RoleSession::of(ROLE.parse().unwrap()),
        external_id: None,
        tags: Vec::new(),
        transitive_tag_keys: Vec::new(),
        source_identity: None,
    };
    gives_nothing(CredentialsSource::AssumeRole(Box::new(role)), &sts).await;
}

#[test]
fn an_endless_sts_answer_for_a_profile_gives_no_credentials() {
    let home = tempfile::tempdir().unwrap();
    let profile = "[default]\naws_access_key_id = AKIDPLAIN\naws_secret_access_key = plain\n\
                   [profile deploy]\nrole_arn = arn:aws:iam::123456789012:role/deploy\nsource_profile = default\n";
    fs::write(home.path().join("config"), profile).unwrap();
    let path = home.path().join("config").display().to_string();
    in_child(
        "endless::an_endless_sts_answer_for_a_profile_gives_no_credentials",
        &[("AWS_CONFIG_FILE", &path)],
        async {
            let sts = Server::start(endless).await;
            gives_nothing(CredentialsSource::Profile("deploy".to_owned()), &sts).await;
        },
    );
}

#[test]
fn an_endless_container_answer_gives_no_credentials() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = format!("http://127.0.0.1:{port}/credentials");
    in_child(
        "endless::an_endless_container_answer_gives_no_credentials",
        &[("AWS_CONTAINER_CREDENTIALS_FULL_URI", &url)],
        async {
            let container = Server::start_on(port_of("AWS_CONTAINER_CREDENTIALS_FULL_URI"), endless).await;
            gives_nothing(CredentialsSource::InstanceProfile, &container).await;
        },
    );
}

#[test]
fn an_endless_metadata_answer_gives_no_credentials() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = format!("http://127.0.0.1:{port}");
    in_child(
        "endless::an_endless_metadata_answer_gives_no_credentials",
        &[("AWS_EC2_METADATA_SERVICE_ENDPOINT", &url)],
        async {
            let metadata = Server::start_on(port_of("AWS_EC2_METADATA_SERVICE_ENDPOINT"), endless).await;
            gives_nothing(CredentialsSource::InstanceProfile, &metadata).await;
        },
    );
}

/// The environment of the child process contains the port.
#[expect(clippy::disallowed_methods, reason = "a child reads what its test gave it")]
pub(crate) fn port_of(variable: &str) -> u16 {
    std::env::var(variable).unwrap().split([':', '/']).nth(4).unwrap().parse().unwrap()
}
