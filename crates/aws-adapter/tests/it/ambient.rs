//! Which settings are read from the environment, and which are not.

use crate::{
    server::{End, Reaction, Received, Server, success},
    support::{call, config},
};
use lamplight_aws_adapter::{AwsConnectionConfig, CredentialsSource, open};
use lamplight_domain::{Delivery, ErrorCode, Start};
use lamplight_ports::{FunctionCatalogue, Invoker, ListFunctions, PortErrorKind};
use lamplight_testkit::in_child;

fn ambient(server: &Server) -> AwsConnectionConfig {
    AwsConnectionConfig { credentials: CredentialsSource::Ambient, ..config(&server.url()) }
}

async fn one_call_is_one_request() {
    let server = Server::start(|_: &Received| Reaction::SendAndEnd(Vec::new(), End::Close)).await;
    let error = open(ambient(&server)).unwrap().invoker.invoke(call("f")).await.unwrap_err();
    assert_eq!((error.delivery, server.executions("f")), (Delivery::MaybeSent, 1));
}

const KEY: [(&str, &str); 2] = [("AWS_ACCESS_KEY_ID", "AKIDAMBIENT"), ("AWS_SECRET_ACCESS_KEY", "ambient")];

#[test]
fn retries_from_the_environment_have_no_effect_on_calls() {
    let environment = [
        KEY[0],
        KEY[1],
        ("AWS_MAX_ATTEMPTS", "5"),
        ("AWS_RETRY_MODE", "adaptive"),
        ("AWS_NEW_RETRIES_2026", "true"),
    ];
    let name = "ambient::retries_from_the_environment_have_no_effect_on_calls";
    in_child(name, &environment, one_call_is_one_request());
}

#[test]
fn a_malformed_environment_stops_nothing() {
    let environment = [
        KEY[0],
        KEY[1],
        ("AWS_MAX_ATTEMPTS", "many"),
        ("AWS_RETRY_MODE", "brave"),
        ("AWS_USE_FIPS_ENDPOINT", "?"),
    ];
    in_child("ambient::a_malformed_environment_stops_nothing", &environment, one_call_is_one_request());
}

#[test]
fn ambient_keys_and_no_proxy_for_this_machine() {
    let environment =
        [KEY[0], KEY[1], ("HTTP_PROXY", "http://127.0.0.1:9"), ("http_proxy", "http://127.0.0.1:9")];
    in_child("ambient::ambient_keys_and_no_proxy_for_this_machine", &environment, async {
        let server = Server::start(|_: &Received| Reaction::Answer(success(b"1"))).await;
        open(ambient(&server)).unwrap().invoker.invoke(call("f")).await.unwrap();
        let signature = server.requests()[0].headers["authorization"].clone();
        assert!(signature.contains("Credential=AKIDAMBIENT/"), "{signature}");
    });
}

#[test]
fn a_proxy_from_the_environment_is_used_for_other_machines() {
    let name = "ambient::a_proxy_from_the_environment_is_used_for_other_machines";
    let environment =
        [KEY[0], KEY[1], ("http_proxy", "http://127.0.0.1:9"), ("no_proxy", "not.example.invalid")];
    in_child(name, &environment, async {
        let server = Server::start(|_: &Received| Reaction::Answer(success(b"1"))).await;
        let at = |host: &str| AwsConnectionConfig {
            endpoint_url: Some(format!("http://{host}:{}", server.port())),
            ..ambient(&server)
        };
        for (host, cause) in [("example.invalid", "refused"), ("not.example.invalid", "dns")] {
            let error = open(at(host)).unwrap().invoker.invoke(call("f")).await.unwrap_err();
            assert_eq!(
                (error.delivery, error.code.clone()),
                (Delivery::NotSent, ErrorCode::ConnectionFailed)
            );
            let mut causes = String::new();
            let mut source = error.source.as_deref().map(|source| source as &dyn std::error::Error);
            while let Some(error) = source {
                causes = format!("{causes}; {error}").to_lowercase();
                source = error.source();
            }
            assert!(causes.contains(cause), "{host}: {causes}");
        }
    });
}

#[test]
fn without_credentials_nothing_is_sent_and_the_error_says_what_to_do() {
    let environment = [("AWS_EC2_METADATA_DISABLED", "true"), ("HOME", "/nonexistent")];
    let name = "ambient::without_credentials_nothing_is_sent_and_the_error_says_what_to_do";
    in_child(name, &environment, async {
        let server = Server::start(|_: &Received| Reaction::Answer(success(b"1"))).await;
        let ports = open(ambient(&server)).unwrap();
        let error = ports.invoker.invoke(call("f")).await.unwrap_err();
        assert_eq!((error.delivery, error.start), (Delivery::NotSent, Start::DidNotStart));
        assert_eq!(
            (error.kind, error.code.clone()),
            (PortErrorKind::Unauthenticated, ErrorCode::CredentialsMissing)
        );
        let hint = error.hint.unwrap().to_string();
        for place in ["environment", "profile files", "container", "instance metadata", "AWS_PROFILE"] {
            assert!(hint.contains(place), "{hint}");
        }
        let error = ports.catalogue.list(ListFunctions::default()).await.unwrap_err();
        assert_eq!(
            (error.kind, error.code.clone()),
            (PortErrorKind::Unauthenticated, ErrorCode::CredentialsMissing)
        );
        assert_eq!(server.connections(), 0);
    });
}

#[test]
fn a_failing_credentials_source_has_its_own_error() {
    let environment = [
        ("AWS_EC2_METADATA_DISABLED", "true"),
        ("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/x"),
        ("AWS_WEB_IDENTITY_TOKEN_FILE", "/nonexistent/token"),
    ];
    in_child("ambient::a_failing_credentials_source_has_its_own_error", &environment, async {
        let server = Server::start(|_: &Received| Reaction::Answer(success(b"1"))).await;
        let error = open(ambient(&server)).unwrap().invoker.invoke(call("f")).await.unwrap_err();
        assert_eq!(
            (error.delivery, error.code.clone()),
            (Delivery::NotSent, ErrorCode::CredentialsFailed),
            "{error:?}"
        );
        let told = "the token file /nonexistent/token of AWS_WEB_IDENTITY_TOKEN_FILE does not exist";
        assert!(error.message.contains(told), "{}", error.message);
        assert!(error.hint.unwrap().to_string().contains("AWS_WEB_IDENTITY_TOKEN_FILE"));
        assert_eq!(server.connections(), 0);
    });
}

/// Checks that incomplete credentials are refused; the SDK would skip them and sign with other credentials.
async fn nothing_else_is_taken(code: ErrorCode, words: &'static str) {
    let server = Server::start(|_: &Received| Reaction::Answer(success(b"1"))).await;
    let error = open(ambient(&server)).unwrap().invoker.invoke(call("f")).await.unwrap_err();
    assert_eq!((error.delivery, error.start), (Delivery::NotSent, Start::DidNotStart));
    assert_eq!((error.kind, error.code.clone()), (PortErrorKind::Unauthenticated, code), "{error:?}");
    assert!(error.message.contains(words), "{error:?}");
    assert_eq!(server.connections(), 0);
}

#[test]
fn an_incomplete_key_is_not_skipped() {
    let environment = [KEY[0], ("AWS_EC2_METADATA_DISABLED", "true")];
    let words = "AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not";
    let name = "ambient::an_incomplete_key_is_not_skipped";
    in_child(name, &environment, nothing_else_is_taken(ErrorCode::CredentialsInvalid, words));
}

#[test]
fn a_missing_profile_is_not_skipped() {
    let environment =
        [("AWS_PROFILE", "nope"), ("HOME", "/nonexistent"), ("AWS_EC2_METADATA_DISABLED", "true")];
    let words = "profile nope, named by AWS_PROFILE, does not exist";
    let name = "ambient::a_missing_profile_is_not_skipped";
    in_child(name, &environment, nothing_else_is_taken(ErrorCode::CredentialsMissing, words));
}

#[test]
fn a_missing_source_profile_is_not_skipped() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config");
    std::fs::write(
        &file,
        "[profile broken]\nrole_arn = arn:aws:iam::123456789012:role/x\nsource_profile = gone\n",
    )
    .unwrap();
    let environment = [
        ("AWS_PROFILE", "broken"),
        ("AWS_CONFIG_FILE", file.to_str().unwrap()),
        ("AWS_EC2_METADATA_DISABLED", "true"),
    ];
    let words = "profile gone, named by source_profile of profile broken, does not exist";
    let name = "ambient::a_missing_source_profile_is_not_skipped";
    in_child(name, &environment, nothing_else_is_taken(ErrorCode::CredentialsMissing, words));
}
