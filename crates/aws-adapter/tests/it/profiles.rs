//! Profiles of the AWS configuration files: keys, roles, sign-ins and programs.

use crate::{
    server::{Reaction, Received, Server, answer, success},
    support::{call, config},
};
use aws_credential_types::Credentials;
use aws_sigv4::{
    http_request::{SignableBody, SignableRequest, SigningSettings, sign},
    sign::v4::SigningParams,
};
use aws_smithy_types::{DateTime, date_time::Format};
use lamplight_aws_adapter::{AwsConnectionConfig, CredentialsSource, open};
use lamplight_aws_model::codes;
use lamplight_domain::ErrorCode;
use lamplight_ports::{Identity, Invoker};
use lamplight_testkit::in_child;
use std::{fs, net::TcpListener, path::Path, sync::Arc};

const CONFIG: &str = r"
[profile plain]
aws_access_key_id = AKIDPLAIN
aws_secret_access_key = plain

[profile program]
credential_process = /bin/cat PROGRAM_OUTPUT

[profile broken]
credential_process = /bin/false

# Its name and its program have the letters of single sign-on in them.
[profile assessor]
credential_process = /bin/false sso

[profile deploy]
role_arn = arn:aws:iam::123456789012:role/deploy
source_profile = plain

[profile loop]
role_arn = arn:aws:iam::123456789012:role/deploy
source_profile = turn
[profile turn]
role_arn = arn:aws:iam::123456789012:role/deploy
source_profile = loop

[profile coded]
role_arn = arn:aws:iam::123456789012:role/deploy
source_profile = plain
mfa_serial = arn:aws:iam::123456789012:mfa/ada

[profile behind-coded]
role_arn = arn:aws:iam::123456789012:role/next
source_profile = coded

[profile tokened]
role_arn = arn:aws:iam::123456789012:role/pod
web_identity_token_file = /nonexistent/token

[profile behind-tokened]
role_arn = arn:aws:iam::123456789012:role/next
source_profile = tokened

[profile signed-in]
sso_start_url = https://example.awsapps.com/start
sso_region = eu-west-1
sso_account_id = 123456789012
sso_role_name = Developer

[profile not-assigned]
sso_start_url = https://example.awsapps.com/start
sso_region = eu-west-1
sso_account_id = 123456789012
sso_role_name = Stranger

[profile signed-off]
sso_start_url = https://example.awsapps.com/start
sso_region = eu-west-1
sso_account_id = 123456789012
sso_role_name = Gone

[profile signed-out]
sso_start_url = https://other.awsapps.com/start
sso_region = eu-west-1
sso_account_id = 123456789012
sso_role_name = Developer
";

/// The name of the sign-in's cache file is the SHA-1 of its start URL, in hex.
const SIGNED_IN_CACHE: &str = "e8be5486177c5b5392bd9aa76563515b29358e6e.json";

fn arrange(home: &Path) {
    let program_output = home.join("program.json");
    fs::write(
        &program_output,
        r#"{"Version":1,"AccessKeyId":"AKIDPROGRAM","SecretAccessKey":"s","SessionToken":"t","Expiration":"2099-01-01T00:00:00Z"}"#,
    )
    .unwrap();
    let config = CONFIG.replace("PROGRAM_OUTPUT", &program_output.display().to_string());
    fs::create_dir_all(home.join(".aws/sso/cache")).unwrap();
    fs::write(home.join(".aws/config"), config).unwrap();
    fs::write(
        home.join(".aws/sso/cache").join(SIGNED_IN_CACHE),
        r#"{"accessToken":"the-sign-in","expiresAt":"2099-01-01T00:00:00Z","region":"eu-west-1","startUrl":"https://example.awsapps.com/start"}"#,
    )
    .unwrap();
}

fn profile(name: &str, server: &Server) -> AwsConnectionConfig {
    AwsConnectionConfig {
        credentials: CredentialsSource::Profile(name.to_owned()),
        sts_endpoint_url: None,
        ..config(&server.url())
    }
}

/// A simulated STS and sign-in portal.
fn aws(request: &Received) -> Vec<u8> {
    if request.target.starts_with("/federation/credentials") {
        let known = request.headers.get("x-amz-sso_bearer_token").is_some_and(|token| token == "the-sign-in");
        let body = r#"{"roleCredentials":{"accessKeyId":"ASIASIGNEDIN","secretAccessKey":"s","sessionToken":"t","expiration":4070908800000}}"#;
        if request.target.contains("role_name=Stranger") {
            return answer(
                403,
                &[("x-amzn-errortype", "ForbiddenException")],
                b"{\"message\":\"No access\"}",
            );
        }
        let known = known && !request.target.contains("role_name=Gone");
        let refused = answer(401, &[("x-amzn-errortype", "UnauthorizedException")], b"{}");
        return if known {
            answer(200, &[("content-type", "application/json")], body.as_bytes())
        } else {
            refused
        };
    }
    let asked = String::from_utf8_lossy(&request.body);
    let action = asked.split(['=', '&']).nth(1).unwrap_or_default();
    let body = format!(
        "<{action}Response xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><{action}Result><Credentials>\
         <AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>\
         <Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></{action}Result></{action}Response>"
    );
    answer(200, &[("content-type", "text/xml")], body.as_bytes())
}

/// Runs `check` as a child whose home has the profiles, with `AWS_ENDPOINT_URL` at a server of [`aws`].
fn at_home<F, Checked>(name: &str, check: F)
where
    F: FnOnce(Arc<Server>) -> Checked,
    Checked: Future<Output = ()>,
{
    let home = tempfile::tempdir().unwrap();
    arrange(home.path());
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = format!("http://127.0.0.1:{port}");
    let home = home.path().display().to_string();
    let environment = [
        ("HOME", home.as_str()),
        ("AWS_ENDPOINT_URL", url.as_str()),
        ("AWS_EC2_METADATA_DISABLED", "true"),
        ("PATH", "/usr/bin:/bin"),
    ];
    in_child(name, &environment, async {
        let cloud =
            Server::start_on(endpoint_port(), |request: &Received| Reaction::Answer(aws(request))).await;
        let lambda = Server::start(|_: &Received| Reaction::Answer(success(b"1"))).await;
        check(Arc::new(lambda)).await;
        drop(cloud);
    });
}

#[expect(clippy::disallowed_methods, reason = "a child reads what its test gave it")]
fn endpoint_port() -> u16 {
    std::env::var("AWS_ENDPOINT_URL").unwrap().rsplit(':').next().unwrap().parse().unwrap()
}

#[test]
fn each_kind_of_profile_signs_the_call() {
    at_home("profiles::each_kind_of_profile_signs_the_call", |lambda| async move {
        for (name, key, source) in [
            ("plain", "AKIDPLAIN", "keys of the profile"),
            ("program", "AKIDPROGRAM", "credential process"),
            ("deploy", "ASIAROLE", "role of the profile"),
            ("signed-in", "ASIASIGNEDIN", "single sign-on"),
        ] {
            let ports = open(profile(name, &lambda)).unwrap();
            ports
                .invoker
                .invoke(call(name))
                .await
                .unwrap_or_else(|error| panic!("{name}: {error:?} {:?}", error.source));
            let sent = lambda.requests().pop().unwrap();
            let signature = &sent.headers["authorization"];
            assert!(signature.contains(&format!("Credential={key}/")), "{name}: {signature}");
            let told = ports.identity.credentials().await.unwrap().source;
            assert!(told.starts_with(&format!("profile {name} (")) && told.contains(source), "{told}");
        }
    });
}

#[test]
fn profile_errors_say_what_is_wrong() {
    at_home("profiles::profile_errors_say_what_is_wrong", |lambda| async move {
        for (name, code, hint) in [
            ("absent", ErrorCode::CredentialsMissing, "~/.aws/config"),
            ("broken", ErrorCode::CredentialsFailed, "run it by itself"),
            ("assessor", ErrorCode::CredentialsFailed, "run it by itself"),
            ("loop", ErrorCode::CredentialsFailed, "~/.aws/config"),
            ("not-assigned", ErrorCode::CredentialsFailed, "~/.aws/config"),
            ("signed-off", codes::SIGN_IN_EXPIRED, "aws sso login --profile signed-off"),
            ("signed-out", codes::SIGN_IN_EXPIRED, "aws sso login"),
        ] {
            let error = open(profile(name, &lambda)).unwrap().invoker.invoke(call("f")).await.unwrap_err();
            assert_eq!(error.code, code, "{name}: {error:?}");
            assert!(error.message.contains(&format!("profile {name}")), "{}", error.message);
            assert!(error.hint.as_ref().unwrap().to_string().contains(hint), "{name}: {:?}", error.hint);
        }
        for name in ["tokened", "behind-tokened"] {
            let error = open(profile(name, &lambda)).unwrap().invoker.invoke(call("f")).await.unwrap_err();
            let told = "the token file /nonexistent/token of web_identity_token_file of profile tokened does not exist";
            assert!(error.message.contains(told), "{}", error.message);
            assert_eq!(error.code, ErrorCode::CredentialsFailed);
        }
        assert!(lambda.requests().is_empty());
    });
}

/// A connection with the STS endpoint `sts`, while the environment names one that does not answer.
fn with_own_sts(credentials: CredentialsSource, lambda: &Server, sts: &Server) -> AwsConnectionConfig {
    AwsConnectionConfig {
        credentials,
        sts_endpoint_url: Some(format!("{}/base/", sts.url())),
        ..config(&lambda.url())
    }
}

/// Makes a call with `credentials` and returns the request to STS.
async fn asked_of_own_sts(credentials: CredentialsSource) -> Received {
    let sts = Server::start(|request: &Received| Reaction::Answer(aws(request))).await;
    let lambda = Server::start(|_: &Received| Reaction::Answer(success(b"1"))).await;
    let ports = open(with_own_sts(credentials, &lambda, &sts)).unwrap();
    let answered = ports.invoker.invoke(call("f")).await;
    answered.unwrap_or_else(|error| panic!("{error:?} {:?}", error.source));
    assert!(lambda.requests()[0].headers["authorization"].contains("Credential=ASIAROLE/"));
    let asked = sts.requests();
    assert_eq!((asked.len(), asked[0].target.as_str()), (1, "/base/"));
    assert_eq!(asked[0].headers["host"], format!("127.0.0.1:{}", sts.port()));
    asked[0].clone()
}

/// Whether the received request is correctly signed with the key.
fn is_signed_with(request: &Received, key: &str, secret: &str) -> bool {
    let sent = &request.headers["authorization"];
    let signed = sent.split("SignedHeaders=").nth(1).and_then(|rest| rest.split(',').next()).unwrap();
    let names: Vec<_> = signed.split(';').filter(|name| !["host", "x-amz-date"].contains(name)).collect();
    assert!(signed.split(';').any(|name| name == "host"), "{sent}");
    let headers = names.iter().map(|name| (*name, request.headers[*name].as_str()));
    let url = format!("http://{}{}", request.headers["host"], request.target);
    let identity = Credentials::new(key, secret, None, None, "test").into();
    let date = DateTime::from_str(&iso(&request.headers["x-amz-date"]), Format::DateTime).unwrap();
    let params = SigningParams::builder()
        .identity(&identity)
        .region("eu-west-1")
        .name("sts")
        .time(date.try_into().unwrap())
        .settings(SigningSettings::default())
        .build()
        .unwrap()
        .into();
    let signable = SignableRequest::new("POST", url, headers, SignableBody::Bytes(&request.body)).unwrap();
    sent.ends_with(sign(signable, &params).unwrap().signature())
}

/// `20260102T030405Z` as `2026-01-02T03:04:05Z`.
fn iso(date: &str) -> String {
    let at = |from: usize, to: usize| &date[from..to];
    format!("{}-{}-{}T{}:{}:{}Z", at(0, 4), at(4, 6), at(6, 8), at(9, 11), at(11, 13), at(13, 15))
}

#[test]
fn the_role_of_a_profile_uses_the_sts_of_the_connection() {
    let home = tempfile::tempdir().unwrap();
    arrange(home.path());
    let home = home.path().display().to_string();
    let environment =
        [("HOME", home.as_str()), ("AWS_PROFILE", "deploy"), ("AWS_ENDPOINT_URL", "http://127.0.0.1:9")];
    in_child("profiles::the_role_of_a_profile_uses_the_sts_of_the_connection", &environment, async {
        for credentials in [CredentialsSource::Profile("deploy".to_owned()), CredentialsSource::Ambient] {
            let asked = asked_of_own_sts(credentials).await;
            assert!(asked.headers["authorization"].contains("Credential=AKIDPLAIN/"));
            assert!(is_signed_with(&asked, "AKIDPLAIN", "plain"), "{asked:?}");
            assert!(!is_signed_with(&asked, "AKIDPLAIN", "other"));
        }
    });
}

#[test]
fn a_web_identity_role_uses_the_sts_of_the_connection() {
    let home = tempfile::tempdir().unwrap();
    let token = home.path().join("token");
    fs::write(&token, "the-token").unwrap();
    let (home, token) = (home.path().display().to_string(), token.display().to_string());
    let environment = [
        ("HOME", home.as_str()),
        ("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/pod"),
        ("AWS_WEB_IDENTITY_TOKEN_FILE", token.as_str()),
        ("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:9"),
    ];
    let name = "profiles::a_web_identity_role_uses_the_sts_of_the_connection";
    in_child(name, &environment, async {
        let asked = asked_of_own_sts(CredentialsSource::Ambient).await;
        assert!(!asked.headers.contains_key("authorization"), "{asked:?}");
        let body = String::from_utf8(asked.body).unwrap();
        assert!(body.contains("WebIdentityToken=the-token"), "{body}");
    });
}

#[test]
fn a_profile_that_needs_an_mfa_code_has_its_own_error() {
    let home = tempfile::tempdir().unwrap();
    arrange(home.path());
    let home = home.path().display().to_string();
    let environment = [("HOME", home.as_str()), ("AWS_PROFILE", "behind-coded")];
    in_child("profiles::a_profile_that_needs_an_mfa_code_has_its_own_error", &environment, async {
        let denied = "<ErrorResponse><Error><Code>AccessDenied</Code><Message>MultiFactorAuthentication</Message></Error>\
                      </ErrorResponse>";
        let server = Server::start(|_: &Received| {
            Reaction::Answer(answer(403, &[("content-type", "text/xml")], denied.as_bytes()))
        })
        .await;
        let profile = |name: &str| CredentialsSource::Profile(name.to_owned());
        for credentials in [profile("coded"), profile("behind-coded"), CredentialsSource::Ambient] {
            let config = AwsConnectionConfig { credentials, ..config(&server.url()) };
            let error = open(config).unwrap().invoker.invoke(call("f")).await.unwrap_err();
            assert_eq!(error.code, ErrorCode::CredentialsFailed);
            assert!(error.message.contains("profile coded requires an MFA code"), "{}", error.message);
            let hint = error.hint.unwrap().to_string();
            assert!(hint.contains("aws configure export-credentials --profile coded"), "{hint}");
        }
        let plain = AwsConnectionConfig { credentials: profile("deploy"), ..config(&server.url()) };
        let error = open(plain).unwrap().invoker.invoke(call("f")).await.unwrap_err();
        assert_eq!(error.code, codes::ROLE_DENIED);
    });
}

#[test]
fn a_foreign_sts_answer_is_reported_for_profiles() {
    let home = tempfile::tempdir().unwrap();
    arrange(home.path());
    let home = home.path().display().to_string();
    let name = "profiles::a_foreign_sts_answer_is_reported_for_profiles";
    in_child(name, &[("HOME", home.as_str())], async {
        let server = Server::start(|_: &Received| {
            Reaction::Answer(answer(200, &[("content-type", "text/html")], b"<html>please sign in</html>"))
        })
        .await;
        let credentials = CredentialsSource::Profile("deploy".to_owned());
        let config = AwsConnectionConfig { credentials, ..config(&server.url()) };
        let error = open(config).unwrap().invoker.invoke(call("f")).await.unwrap_err();
        assert_eq!(
            (error.code.clone(), error.transient),
            (ErrorCode::UnidentifiedAnswer, false),
            "{error:?}"
        );
        assert!(
            error.message.contains("is not from STS: HTTP 200 (content type text/html)"),
            "{}",
            error.message
        );
        assert!(error.hint.unwrap().to_string().contains("proxy"));
        assert_eq!(server.requests().len(), 1);
    });
}
