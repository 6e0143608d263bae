//! Logging in: how, how often, and what happens if a login or its token is rejected.

use crate::script::{ADDRESS, Basis, Hand, app_role, entry, let_in, options, reference, script, told, vault};
use async_trait::async_trait;
use lamplight_domain::ErrorCode;
use lamplight_ports::{
    ExposeSecret, HttpAnswer, HttpExchange, HttpRequest, PortError, PortErrorKind, SecretResolver,
};
use lamplight_secrets_adapter::{VaultLogin, VaultSecrets};
use lamplight_testkit::exchange::{Asked, Exchange};
use serde_json::json;
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};
use tokio::sync::Notify;

const LOGIN: &str = "Post https://vault.example.com:8200/v1/auth/approle/login";
const READ: &str = "Get https://vault.example.com:8200/v1/kv/data/app";

fn given() -> String {
    entry(r#"{"key":"hunter2"}"#)
}

fn jwt(mount: &str) -> VaultLogin {
    VaultLogin::Jwt { mount: mount.to_owned(), role: "deploy".to_owned(), token: reference("file:/jwt") }
}

#[tokio::test]
async fn each_method_logs_in_in_its_own_way() {
    for (login, path, body) in [
        (app_role(), "approle", json!({"role_id": "role-1", "secret_id": "hunter2-secret-id"})),
        (jwt("kubernetes"), "kubernetes", json!({"role": "deploy", "jwt": "hunter2.jwt.x"})),
        (jwt("/ci/jwt ä/"), "ci/jwt%20%C3%A4", json!({"role": "deploy", "jwt": "hunter2.jwt.x"})),
    ] {
        let http = script([(200, let_in("hvs.mine", 3600)), (200, given())]);
        let mut options = options(login);
        options.namespace = Some("team".to_owned());
        let secrets = vault(options, &http, &Arc::default());
        assert_eq!(secrets.resolve(&reference("vault:kv/app")).await.unwrap().expose_secret(), "hunter2");
        let asked = http.asked();
        assert_eq!(asked[0].line, format!("Post {ADDRESS}/v1/auth/{path}/login"));
        assert_eq!(asked[0].json(), Some(body));
        let headers = &asked[0].headers;
        assert!(!headers.contains_key("x-vault-token"), "{headers:?}");
        assert_eq!(headers["content-type"], "application/json");
        assert_eq!(
            (headers["x-vault-request"].as_str(), headers["x-vault-namespace"].as_str()),
            ("true", "team")
        );
        assert_eq!((asked[1].line.as_str(), asked[1].headers["x-vault-token"].as_str()), (READ, "hvs.mine"));
    }
}

#[tokio::test]
async fn a_login_is_kept_until_shortly_before_its_end() {
    // A lease of 60 s is used for 50 s, one of 8 s for 6 s, and one that does not expire forever.
    for (lease, kept, gone) in [(60, 49, 1), (8, 5, 1), (0, 1_000_000, 1)] {
        let http = script([
            (200, let_in("hvs.one", lease)),
            (200, given()),
            (200, given()),
            (200, if lease == 0 { given() } else { let_in("hvs.two", lease) }),
            (200, given()),
        ]);
        let clock = Arc::new(Hand::default());
        let secrets = vault(options(app_role()), &http, &clock);
        for wait in [0, kept, gone] {
            clock.advance(wait);
            secrets.resolve(&reference("vault:kv/app")).await.unwrap();
        }
        let expected: &[&str] =
            if lease == 0 { &[LOGIN, READ, READ, READ] } else { &[LOGIN, READ, READ, LOGIN, READ] };
        assert_eq!(http.lines(), expected, "a lease of {lease} s");
    }
}

#[tokio::test]
async fn callers_at_the_same_time_share_one_login() {
    let answers = std::iter::once((200, let_in("hvs.one", 3600))).chain((0..8).map(|_| (200, given())));
    let http = script(answers);
    let secrets = Arc::new(vault(options(app_role()), &http, &Arc::default()));
    let mut readings = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let secrets = Arc::clone(&secrets);
        readings.spawn(async move { secrets.resolve(&reference("vault:kv/app")).await.is_ok() });
    }
    assert_eq!(readings.join_all().await, [true; 8]);
    assert_eq!(http.lines().iter().filter(|line| *line == LOGIN).count(), 1);
}

#[tokio::test]
async fn a_revoked_login_is_renewed_once_and_the_reading_repeated_once() {
    let refused = || (403, r#"{"errors":["permission denied"]}"#.to_owned());
    let http = script([
        (200, let_in("hvs.one", 3600)),
        refused(),
        (200, let_in("hvs.two", 3600)),
        (200, given()),
        refused(),
        (200, let_in("hvs.three", 3600)),
        refused(),
    ]);
    let secrets = vault(options(app_role()), &http, &Arc::default());
    assert!(secrets.resolve(&reference("vault:kv/app")).await.is_ok());
    let error = secrets.resolve(&reference("vault:kv/app")).await.unwrap_err();
    assert_eq!((error.kind, error.code.clone()), (PortErrorKind::Denied, ErrorCode::SecretDenied));
    assert_eq!(http.lines(), [LOGIN, READ, LOGIN, READ, READ, LOGIN, READ]);
    let tokens: Vec<Option<String>> =
        http.asked().iter().map(|asked| asked.headers.get("x-vault-token").cloned()).collect();
    let expected = [None, Some("one"), None, Some("two"), Some("two"), None, Some("three")];
    assert_eq!(tokens, expected.map(|token| token.map(|token| format!("hvs.{token}"))));
}

/// Has revoked the first token. Who reads with it second is told so only once somebody has read with the next.
#[derive(Debug, Default)]
struct Revoking {
    logins: AtomicUsize,
    first_readings: AtomicUsize,
    read: Notify,
}

#[async_trait]
impl HttpExchange for Revoking {
    async fn exchange(&self, request: HttpRequest) -> Result<HttpAnswer, PortError> {
        let asked = Asked::from(request);
        let (status, body) = match asked.headers.get("x-vault-token").map(String::as_str) {
            None => {
                let login = self.logins.fetch_add(1, Ordering::SeqCst);
                (200, let_in(&format!("hvs.{login}"), 3600))
            }
            Some("hvs.0") => {
                if self.first_readings.fetch_add(1, Ordering::SeqCst) == 0 {
                    tokio::task::yield_now().await;
                } else {
                    self.read.notified().await;
                }
                (403, r#"{"errors":["permission denied"]}"#.to_owned())
            }
            Some(_) => {
                self.read.notify_one();
                (200, given())
            }
        };
        Ok(HttpAnswer { status, headers: Vec::new(), body: body.into() })
    }
}

#[tokio::test]
async fn a_login_of_another_caller_is_not_thrown_away() {
    let http = Arc::new(Revoking::default());
    let clock = Arc::new(Hand::default());
    let secrets = VaultSecrets::new(options(app_role()), Arc::clone(&http) as _, clock, Arc::new(Basis));
    let app = reference("vault:kv/app");
    let (one, other) = tokio::join!(secrets.resolve(&app), secrets.resolve(&app));
    assert!(one.is_ok() && other.is_ok(), "{one:?} {other:?}");
    assert_eq!(http.first_readings.load(Ordering::SeqCst), 2, "both had the token that was revoked");
    assert_eq!(http.logins.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_refused_login_says_what_to_check_and_shows_no_secret() {
    use PortErrorKind::{Corrupt, Denied, Unavailable};
    for (status, body, kind, code, expected) in [
        (
            400,
            r#"{"errors":["invalid secret id: hunter2-secret-id"]}"#,
            Denied,
            ErrorCode::SecretDenied,
            "[secrets.vault] auth",
        ),
        (
            401,
            r#"{"errors":["invalid role or secret ID"]}"#,
            Denied,
            ErrorCode::SecretDenied,
            "invalid role or secret ID",
        ),
        (403, r#"{"errors":["permission denied"]}"#, Denied, ErrorCode::SecretDenied, "permission denied"),
        (404, r#"{"errors":["no handler for route"]}"#, Denied, ErrorCode::SecretDenied, "secret and mount"),
        (503, r#"{"errors":["Vault is sealed"]}"#, Unavailable, ErrorCode::SecretUnreadable, "unseal it"),
        (307, "", Unavailable, ErrorCode::SecretUnreadable, "that of the active node"),
        (
            200,
            r#"{"auth":null,"data":"hunter2"}"#,
            Corrupt,
            ErrorCode::SecretUnreadable,
            "check that this is the address",
        ),
        (200, "hunter2", Corrupt, ErrorCode::SecretUnreadable, "check that this is the address"),
    ] {
        let http = script([(status, body)]);
        let secrets = vault(options(app_role()), &http, &Arc::default());
        let error = secrets.resolve(&reference("vault:kv/app#key")).await.unwrap_err();
        let told = told(&error);
        assert_eq!((error.kind, error.code.clone()), (kind, code), "{status} {body}: {told}");
        assert!(error.message.contains("vault:kv/app#key") && told.contains(expected), "{told}");
        assert!(!told.contains("hunter2"), "{told}");
        assert_eq!(http.lines(), [LOGIN], "a login is not repeated");
    }
}

#[tokio::test]
async fn what_the_login_needs_is_named_where_it_is_absent() {
    let http = Exchange::new([]);
    let login = VaultLogin::Token(reference("env:ABSENT"));
    let error = vault(options(login), &http, &Arc::default()).resolve(&reference("vault:kv/app")).await;
    let error = error.unwrap_err();
    assert!(error.kind == PortErrorKind::NotFound && error.message.contains("env:ABSENT"), "{error:?}");
    assert!(http.asked().is_empty());
}

#[tokio::test]
async fn debug_shows_no_token() {
    let http = script([(200, let_in("hvs.hunter2", 3600)), (200, given())]);
    let secrets = vault(options(app_role()), &http, &Arc::default());
    secrets.resolve(&reference("vault:kv/app")).await.unwrap();
    let shown = format!("{secrets:?}");
    assert!(shown.contains("SECRET_ID"), "{shown}");
    assert!(!shown.contains("hunter2"), "{shown}");
}
