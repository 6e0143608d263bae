//! Roles: the requests to STS, their signatures and number, and the errors for refusals.

use crate::{
    server::{MARK, Reaction, Received, Server, answer, refusal, success},
    support::{call, config},
};
use async_trait::async_trait;
use lamplight_aws_adapter::{
    AccessKey, AssumeRole, AwsConnectionConfig, CredentialsSource, RoleSession, WebIdentity, open,
};
use lamplight_aws_model::codes;
use lamplight_aws_model::{RoleArn, SessionDuration, SessionTag};
use lamplight_domain::{Delivery, ErrorCode, SecretRef, Start, Timestamp};
use lamplight_ports::{
    FunctionCatalogue, Identity, InvokeError, Invoker, ListFunctions, PortError, PortErrorKind,
    SecretResolver, SecretString, TokenSource,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

const DEPLOY: &str = "arn:aws:iam::123456789012:role/deploy";
const AUDIT: &str = "arn:aws:iam::210987654321:role/audit";
/// An expiry long after every test, but within the range of STS answers.
const END: &str = "2099-01-01T00:00:00Z";

fn form(request: &Received) -> BTreeMap<String, String> {
    let body = String::from_utf8(request.body.clone()).unwrap();
    body.split('&')
        .map(|pair| pair.split_once('=').unwrap())
        .map(|(name, value)| (decoded(name), decoded(value)))
        .collect()
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => {
                let digits = [rest.next().unwrap(), rest.next().unwrap()];
                bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap());
            }
            other => bytes.push(other),
        }
    }
    String::from_utf8(bytes).unwrap()
}

/// An answer of STS with a key that contains the role's account.
fn given(action: &str, role: &str, end: &str) -> Vec<u8> {
    let account = role.split(':').nth(4).unwrap();
    let body = format!(
        "<{action}Response xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><{action}Result><Credentials>\
         <AccessKeyId>ASIA{account}</AccessKeyId><SecretAccessKey>issued-secret</SecretAccessKey>\
         <SessionToken>issued-token-{account}</SessionToken><Expiration>{end}</Expiration></Credentials>\
         <SubjectFromWebIdentityToken>system:serviceaccount:jobs</SubjectFromWebIdentityToken>\
         </{action}Result></{action}Response>"
    );
    answer(200, &[MARK, ("content-type", "text/xml")], body.as_bytes())
}

fn refused(code: &str, status: u16, message: &str) -> Vec<u8> {
    let body = format!(
        "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type>\
         <Code>{code}</Code><Message>{message}</Message></Error><RequestId>r</RequestId></ErrorResponse>"
    );
    answer(status, &[MARK, ("content-type", "text/xml")], body.as_bytes())
}

fn is_sts(request: &Received) -> bool {
    request.target == "/"
}

/// An STS and a Lambda without faults.
async fn cloud() -> Server {
    Server::start(|request: &Received| {
        Reaction::Answer(if is_sts(request) {
            let form = form(request);
            given(&form["Action"], &form["RoleArn"], END)
        } else if request.target.contains("invocations") {
            success(b"1")
        } else {
            answer(200, &[MARK, ("content-type", "application/json")], br#"{"Functions":[]}"#)
        })
    })
    .await
}

fn key() -> CredentialsSource {
    CredentialsSource::AccessKey(AccessKey {
        id: "AKIDEXAMPLE".into(),
        secret: "hunter2".into(),
        session_token: None,
    })
}

fn role(source: CredentialsSource, role: &str) -> AssumeRole {
    AssumeRole {
        source,
        session: RoleSession::of(role.parse().unwrap()),
        external_id: None,
        tags: Vec::new(),
        transitive_tag_keys: Vec::new(),
        source_identity: None,
    }
}

fn assuming(role: AssumeRole) -> CredentialsSource {
    CredentialsSource::AssumeRole(Box::new(role))
}

fn with(credentials: CredentialsSource, server: &Server) -> AwsConnectionConfig {
    AwsConnectionConfig { credentials, ..config(&server.url()) }
}

/// Gives tokens and counts the requests.
#[derive(Debug, Default)]
struct Tokens(AtomicU32);

#[async_trait]
impl TokenSource for Tokens {
    async fn token(&self) -> Result<SecretString, PortError> {
        let number = self.0.fetch_add(1, Ordering::SeqCst) + 1;
        Ok(format!("header.payload-{number}.signature").into())
    }
}

/// Fails with an error that may be temporary.
#[derive(Debug)]
struct NoToken;

#[async_trait]
impl TokenSource for NoToken {
    async fn token(&self) -> Result<SecretString, PortError> {
        Err(PortError::new(PortErrorKind::Unavailable, ErrorCode::TokenUnavailable, "no token"))
    }
}

#[tokio::test]
async fn a_run_does_not_retry_a_missing_token() {
    let session = RoleSession::of(DEPLOY.parse().unwrap());
    let credentials = CredentialsSource::WebIdentity(WebIdentity { token: Arc::new(NoToken), session });
    let server = cloud().await;
    let error = open(with(credentials, &server)).unwrap().invoker.invoke(call("f")).await.unwrap_err();
    assert_eq!(
        (error.code, error.transient, error.start),
        (ErrorCode::TokenUnavailable, false, Start::DidNotStart)
    );
    assert!(server.requests().is_empty());
}

fn federated() -> CredentialsSource {
    let session = RoleSession::of(DEPLOY.parse().unwrap());
    CredentialsSource::WebIdentity(WebIdentity { token: Arc::new(Tokens::default()), session })
}

fn signer(request: &Received) -> &str {
    let header = request.headers.get("authorization").map(String::as_str).unwrap_or_default();
    header.split("Credential=").nth(1).and_then(|rest| rest.split('/').next()).unwrap_or("nobody")
}

#[tokio::test]
async fn a_role_is_asked_for_with_all_that_was_set_and_signs_the_call() {
    let server = cloud().await;
    let mut wanted = role(key(), DEPLOY);
    wanted.session.name = Some("nightly".parse().unwrap());
    wanted.session.duration = Some(SessionDuration::from_seconds(900).unwrap());
    wanted.session.policy = Some("{\"Version\":\"2012-10-17\",\"Statement\":[]}".parse().unwrap());
    wanted.session.policy_arns = vec!["arn:aws:iam::aws:policy/ReadOnlyAccess".parse().unwrap()];
    wanted.external_id = Some("customer:42".parse().unwrap());
    wanted.tags = vec![SessionTag::new("team", "payments + more").unwrap()];
    wanted.transitive_tag_keys = vec!["team".to_owned()];
    wanted.source_identity = Some("ada@example.com".parse().unwrap());
    open(with(assuming(wanted), &server)).unwrap().invoker.invoke(call("f")).await.unwrap();

    let requests = server.requests();
    let [asked, called] = requests.as_slice() else { panic!("{requests:?}") };
    let expected = [
        ("Action", "AssumeRole"),
        ("Version", "2011-06-15"),
        ("RoleArn", DEPLOY),
        ("RoleSessionName", "nightly"),
        ("DurationSeconds", "900"),
        ("Policy", "{\"Version\":\"2012-10-17\",\"Statement\":[]}"),
        ("PolicyArns.member.1.arn", "arn:aws:iam::aws:policy/ReadOnlyAccess"),
        ("ExternalId", "customer:42"),
        ("Tags.member.1.Key", "team"),
        ("Tags.member.1.Value", "payments + more"),
        ("TransitiveTagKeys.member.1", "team"),
        ("SourceIdentity", "ada@example.com"),
    ];
    let expected: BTreeMap<String, String> =
        expected.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    assert_eq!(form(asked), expected);
    assert_eq!((signer(asked), signer(called)), ("AKIDEXAMPLE", "ASIA123456789012"));
    assert_eq!(called.headers["x-amz-security-token"], "issued-token-123456789012");
}

#[tokio::test]
async fn in_a_chain_each_role_asks_for_the_next() {
    let server = cloud().await;
    let chain = assuming(role(assuming(role(key(), DEPLOY)), AUDIT));
    let ports = open(with(chain, &server)).unwrap();
    ports.invoker.invoke(call("f")).await.unwrap();
    ports.invoker.invoke(call("g")).await.unwrap();
    let signers: Vec<String> = server.requests().iter().map(|r| signer(r).to_owned()).collect();
    assert_eq!(signers, ["AKIDEXAMPLE", "ASIA123456789012", "ASIA210987654321", "ASIA210987654321"]);
    let summary = ports.identity.credentials().await.unwrap();
    assert_eq!(
        summary.source,
        format!("role {AUDIT}, assumed by role {DEPLOY}, assumed by access key AKIDEXAMPLE")
    );
    assert_eq!(summary.expires_at, Some(END.parse::<Timestamp>().unwrap()));
}

#[tokio::test]
async fn a_token_is_exchanged_unsigned_and_read_again_each_time() {
    let server = Server::start(|request: &Received| {
        let form = form(request);
        // A session that expires immediately must be renewed for each use.
        Reaction::Answer(given(&form["Action"], &form["RoleArn"], "2001-01-01T00:00:00Z"))
    })
    .await;
    let ports = open(with(federated(), &server)).unwrap();
    for _ in 0..2 {
        let error = ports.identity.credentials().await.unwrap_err();
        assert_eq!(
            (error.kind, error.code.clone()),
            (PortErrorKind::Unauthenticated, ErrorCode::CredentialsExpired)
        );
    }
    let requests = server.requests();
    let tokens: Vec<String> = requests.iter().map(|r| form(r)["WebIdentityToken"].clone()).collect();
    assert_eq!(tokens, ["header.payload-1.signature", "header.payload-2.signature"]);
    for request in &requests {
        assert_eq!(form(request)["Action"], "AssumeRoleWithWebIdentity");
        assert_eq!(form(request)["RoleSessionName"], "lamplight");
        assert!(!request.headers.contains_key("authorization"), "{:?}", request.headers);
    }
}

#[tokio::test]
async fn twenty_callers_share_one_session() {
    let server = cloud().await;
    let ports = open(with(federated(), &server)).unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..20 {
        let invoker = Arc::clone(&ports.invoker);
        tasks.spawn(async move { invoker.invoke(call(&format!("f{number}"))).await.is_ok() });
    }
    assert!(tasks.join_all().await.into_iter().all(|called| called));
    assert_eq!(server.requests().iter().filter(|request| is_sts(request)).count(), 1);
}

async fn refusal_of(code: &'static str, status: u16, credentials: CredentialsSource) -> InvokeError {
    let server = Server::start(move |_: &Received| Reaction::Answer(refused(code, status, "words"))).await;
    let ports = open(with(credentials, &server)).unwrap();
    let error = ports.invoker.invoke(call("f")).await.unwrap_err();
    assert_eq!(server.executions("f"), 0);
    error
}

#[tokio::test]
async fn each_sts_refusal_has_its_own_code_and_hint() {
    let mut hints = BTreeSet::new();
    let cases = [
        ("InvalidIdentityToken", 400, codes::IDENTITY_TOKEN_INVALID, "thumbprint"),
        ("ExpiredTokenException", 400, ErrorCode::CredentialsExpired, "get a new token"),
        ("IDPRejectedClaim", 403, codes::IDENTITY_CLAIM_REJECTED, "revoked"),
        ("AccessDenied", 403, codes::ROLE_DENIED, "aud and sub"),
        ("MalformedPolicyDocument", 400, codes::SESSION_POLICY_MALFORMED, "Version and Statement"),
        ("PackedPolicyTooLarge", 400, codes::SESSION_POLICY_TOO_LARGE, "shorten"),
        ("RegionDisabledException", 403, codes::STS_REGION_DISABLED, "sts_region"),
        ("OptInRequired", 403, codes::STS_REGION_DISABLED, "enable the region in the account"),
        ("ValidationError", 400, codes::SESSION_INVALID, "duration_seconds"),
    ];
    for (code, status, stable, word) in cases {
        let error = refusal_of(code, status, federated()).await;
        assert_eq!((error.delivery, error.start), (Delivery::NotSent, Start::DidNotStart), "{code}");
        assert_eq!((error.kind, error.code.clone()), (PortErrorKind::Unauthenticated, stable), "{code}");
        assert!(error.message.contains(DEPLOY) && !error.transient, "{code}: {}", error.message);
        let hint = error.hint.unwrap().to_string();
        assert!(hint.contains(word), "{code}: {hint}");
        assert!(hints.insert(hint), "{code} shares its hint");
        let cause = error.source.unwrap().to_string();
        assert!(cause.contains("words") && cause.contains(code), "{cause}");
    }
}

#[tokio::test]
async fn an_unreachable_issuer_is_a_transient_error() {
    let error = refusal_of("IDPCommunicationError", 400, federated()).await;
    assert_eq!((error.code.clone(), error.transient), (codes::IDENTITY_PROVIDER_UNREACHABLE, true));
    assert!(error.hint.unwrap().to_string().contains("openid-configuration"));
}

#[tokio::test]
async fn a_foreign_sts_answer_is_reported_and_not_retried() {
    let page = b"<html><body>please sign in</body></html>";
    let hollow = |inner: &str| {
        format!("<AssumeRoleResponse><AssumeRoleResult>{inner}</AssumeRoleResult></AssumeRoleResponse>")
    };
    let (without, empty) = (hollow(""), hollow("<Credentials></Credentials>"));
    let html = [("content-type", "text/html; charset=utf-8")];
    let moved = [("location", "https://portal.example.com/?back=hunter2")];
    let unmarked =
        String::from_utf8(given("AssumeRole", DEPLOY, END)).unwrap().replace(MARK.0, "x-other").into_bytes();
    for (sent, told) in [
        (answer(200, &html, page), "HTTP 200 (content type text/html)"),
        (answer(302, &moved, b""), "HTTP 302 (without a text and a name)"),
        (answer(200, &[], b"<AssumeRoleResponse><Assume"), "HTTP 200 (without a text and a name)"),
        (answer(200, &[], b""), "HTTP 200 (without a text and a name)"),
        (answer(403, &html, page), "HTTP 403 (content type text/html)"),
        (answer(404, &[("server", "squid")], b"no"), "HTTP 404 (server squid)"),
        (answer(200, &[], without.as_bytes()), "HTTP 200 (without a text and a name)"),
        (unmarked, "HTTP 200 (content type text/xml)"),
        (answer(200, &[MARK], without.as_bytes()), "HTTP 200 without credentials"),
        (answer(200, &[MARK], empty.as_bytes()), "HTTP 200 without credentials"),
    ] {
        let server = Server::start(move |_: &Received| Reaction::Answer(sent.clone())).await;
        let ports = open(with(assuming(role(key(), DEPLOY)), &server)).unwrap();
        let error = ports.invoker.invoke(call("f")).await.unwrap_err();
        let code = match told {
            "HTTP 200 without credentials" => ErrorCode::UnexpectedAnswer,
            _ => ErrorCode::UnidentifiedAnswer,
        };
        assert_eq!((error.code.clone(), error.transient), (code, false), "{told}");
        assert_eq!((error.delivery, error.start), (Delivery::NotSent, Start::DidNotStart), "{told}");
        let text = format!("the answer of {} is not from STS: {told}", server.url());
        assert!(error.message.contains(&text) && error.message.contains(DEPLOY), "{}", error.message);
        assert!(!error.message.contains("hunter2"), "{}", error.message);
        let hint = "check sts_endpoint_url, and whether a proxy answers instead of STS";
        assert_eq!(error.hint.as_ref().map(ToString::to_string).as_deref(), Some(hint));
        assert_eq!(server.requests().len(), 1, "{told}");
    }
}

#[tokio::test]
async fn the_hint_for_a_denied_role_depends_on_the_external_id() {
    let mut with_id = role(key(), DEPLOY);
    with_id.external_id = Some("wrong".parse().unwrap());
    let error = refusal_of("AccessDenied", 403, assuming(with_id)).await;
    assert_eq!(error.code, codes::ROLE_DENIED);
    assert!(error.hint.unwrap().to_string().starts_with("check that external_id"));
    let error = refusal_of("AccessDenied", 403, assuming(role(key(), DEPLOY))).await;
    assert!(error.hint.unwrap().to_string().contains("set external_id"));
}

#[tokio::test]
async fn a_failed_role_chain_names_the_role_that_failed() {
    let server = Server::start(|request: &Received| {
        let wanted = form(request)["RoleArn"].clone();
        Reaction::Answer(if wanted == DEPLOY {
            refused("AccessDenied", 403, "no")
        } else {
            given("AssumeRole", &wanted, END)
        })
    })
    .await;
    let chain = assuming(role(assuming(role(key(), DEPLOY)), AUDIT));
    let error = open(with(chain, &server)).unwrap().identity.who_am_i().await.unwrap_err();
    assert!(error.message.contains(DEPLOY), "{}", error.message);
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_role_denied_by_lambda_is_reported_as_access_denied() {
    let server = Server::start(|request: &Received| {
        Reaction::Answer(if is_sts(request) {
            given("AssumeRole", DEPLOY, END)
        } else {
            refusal(403, "AccessDeniedException", "not you")
        })
    })
    .await;
    let ports = open(with(assuming(role(key(), DEPLOY)), &server)).unwrap();
    let error = ports.catalogue.list(ListFunctions::default()).await.unwrap_err();
    assert_eq!((error.kind, error.code.clone()), (PortErrorKind::Denied, ErrorCode::AccessDenied));
}

#[tokio::test]
async fn a_session_that_lambda_refuses_is_not_used_again() {
    for (code, sessions) in
        [("ExpiredTokenException", 2), ("UnrecognizedClientException", 2), ("AccessDeniedException", 1)]
    {
        let server = Server::start(move |request: &Received| {
            Reaction::Answer(if is_sts(request) {
                given("AssumeRole", DEPLOY, END)
            } else {
                refusal(403, code, "not you")
            })
        })
        .await;
        let ports = open(with(assuming(role(key(), DEPLOY)), &server)).unwrap();
        for _ in 0..2 {
            ports.catalogue.list(ListFunctions::default()).await.unwrap_err();
        }
        let asked = server.requests().iter().filter(|request| is_sts(request)).count();
        assert_eq!(asked, sessions, "{code}");
    }
}

/// A resolver with two secrets.
#[derive(Debug)]
struct Two;

#[async_trait]
impl SecretResolver for Two {
    async fn resolve(&self, reference: &SecretRef) -> Result<SecretString, PortError> {
        match reference.to_string().as_str() {
            "env:ID" => Ok(" AKIDREFERRED\n".into()),
            "env:KEY" => Ok("referred".into()),
            "env:BLANK" => Ok("  ".into()),
            other => Err(PortError::new(
                PortErrorKind::NotFound,
                ErrorCode::SecretNotFound,
                format!("there is no secret {other}"),
            )),
        }
    }
}

fn referred(secret: &str) -> CredentialsSource {
    CredentialsSource::AccessKey(AccessKey {
        id: "env:ID".parse::<SecretRef>().unwrap().into(),
        secret: secret.parse::<SecretRef>().unwrap().into(),
        session_token: None,
    })
}

#[tokio::test]
async fn keys_are_read_by_reference_when_they_are_needed() {
    let server = cloud().await;
    let config = AwsConnectionConfig { secrets: Arc::new(Two), ..with(referred("env:KEY"), &server) };
    open(config).unwrap().invoker.invoke(call("f")).await.unwrap();
    assert_eq!(signer(&server.requests()[0]), "AKIDREFERRED");
    for (reference, code) in
        [("env:ABSENT", ErrorCode::SecretNotFound), ("env:BLANK", ErrorCode::CredentialsInvalid)]
    {
        let config = AwsConnectionConfig { secrets: Arc::new(Two), ..with(referred(reference), &server) };
        let error = open(config).unwrap().invoker.invoke(call("g")).await.unwrap_err();
        assert_eq!((error.delivery, error.code), (Delivery::NotSent, code));
        assert!(error.message.contains(reference), "{}", error.message);
    }
    assert_eq!(server.executions("g"), 0);
}

#[tokio::test]
async fn sts_is_asked_in_its_own_region_where_one_is_set() {
    let server = cloud().await;
    let config = AwsConnectionConfig {
        sts_region: Some(lamplight_aws_model::Region::us_east_1()),
        ..with(assuming(role(key(), DEPLOY)), &server)
    };
    open(config).unwrap().invoker.invoke(call("f")).await.unwrap();
    let requests = server.requests();
    assert!(requests[0].headers["authorization"].contains("/us-east-1/sts/"));
    assert!(requests[1].headers["authorization"].contains("/eu-west-1/lambda/"));
}

#[test]
fn the_name_of_a_role_is_checked_before_anything_is_sent() {
    assert!("deploy".parse::<RoleArn>().is_err());
}
