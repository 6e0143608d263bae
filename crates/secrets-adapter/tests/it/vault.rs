//! Reading with a token: the requests, how responses are handled, and to which addresses no token is sent.

use crate::script::{ADDRESS, Hand, TOKEN, entry, options, reference, script, token_login, told, vault};
use lamplight_domain::ErrorCode;
use lamplight_ports::{ExposeSecret, PortError, PortErrorKind, SecretResolver};
use lamplight_testkit::exchange::Exchange;
use std::sync::Arc;

async fn read(text: &str, status: u16, body: &str) -> Result<String, PortError> {
    let http = script([(status, body)]);
    let secrets = vault(options(token_login()), &http, &Arc::default());
    let read = secrets.resolve(&reference(text)).await;
    read.map(|secret| secret.expose_secret().to_owned())
}

#[tokio::test]
async fn an_entry_is_asked_for_with_token_and_namespace() {
    let http = script([(200, entry(r#"{"key":"hunter2"}"#))]);
    let mut options = options(token_login());
    options.address = format!("{ADDRESS}/");
    options.namespace = Some("team/a".to_owned());
    let secrets = vault(options, &http, &Arc::new(Hand::default()));
    let secret = secrets.resolve(&reference("vault:secret/app/db#key")).await.unwrap();
    assert_eq!(secret.expose_secret(), "hunter2");
    let asked = http.asked();
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].line, format!("Get {ADDRESS}/v1/secret/data/app/db"));
    let headers: Vec<(&str, &str)> =
        asked[0].headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(
        headers,
        [("x-vault-namespace", "team/a"), ("x-vault-request", "true"), ("x-vault-token", TOKEN)]
    );
    assert_eq!(asked[0].body, None);
}

#[tokio::test]
async fn mount_and_path_are_separated_and_encoded() {
    for (mount, text, path) in [
        (None, "vault:kv/app", "kv/data/app"),
        (None, "vault:/kv/app/", "kv/data/app"),
        (None, "vault:kv/my app/ä%2F?x=1", "kv/data/my%20app/%C3%A4%252F%3Fx%3D1"),
        (Some("team/kv"), "vault:team/kv/app/db", "team/kv/data/app/db"),
    ] {
        let http = script([(200, entry(r#"{"key":"hunter2"}"#))]);
        let mut options = options(token_login());
        options.mount = mount.map(str::to_owned);
        vault(options, &http, &Arc::default()).resolve(&reference(text)).await.unwrap();
        assert_eq!(http.lines(), [format!("Get {ADDRESS}/v1/{path}")], "{text}");
    }
}

#[tokio::test]
async fn a_reference_without_an_entry_is_refused_unsent() {
    for (mount, text, form) in [
        (None, "vault:kv", "vault:MOUNT/PATH#FIELD"),
        (None, "vault:kv/", "vault:MOUNT/PATH#FIELD"),
        (None, "vault:kv//app", "vault:MOUNT/PATH#FIELD"),
        (None, "vault:kv/../../sys/seal", "vault:MOUNT/PATH#FIELD"),
        (None, "vault:../sys", "vault:MOUNT/PATH#FIELD"),
        (None, "vault:kv/./app", "vault:MOUNT/PATH#FIELD"),
        (Some("team/kv"), "vault:team/kvx/app", "vault:team/kv/PATH#FIELD"),
        (Some("team/kv"), "vault:other/app", "vault:team/kv/PATH#FIELD"),
    ] {
        let http = script([(200, entry(r#"{"key":"hunter2"}"#))]);
        let mut options = options(token_login());
        options.mount = mount.map(str::to_owned);
        let error = vault(options, &http, &Arc::default()).resolve(&reference(text)).await.unwrap_err();
        assert_eq!(
            (error.kind, error.code.clone()),
            (PortErrorKind::InvalidRequest, ErrorCode::SecretInvalid),
            "{text}"
        );
        assert!(error.message.contains(text) && told(&error).contains(form), "{error:?}");
        assert!(http.asked().is_empty(), "{text}");
    }
}

#[tokio::test]
async fn a_field_is_returned_as_text() {
    let fields = r#"{"text":"a\"\u00e4\n","number":12345678901234567890.10,"yes":true,"empty":""}"#;
    for (field, expected) in
        [("text", "a\"ä\n"), ("number", "12345678901234567890.10"), ("yes", "true"), ("empty", "")]
    {
        assert_eq!(read(&format!("vault:kv/app#{field}"), 200, &entry(fields)).await.unwrap(), expected);
    }
    assert_eq!(read("vault:kv/app", 200, &entry(r#"{"only":"hunter2"}"#)).await.unwrap(), "hunter2");
}

#[tokio::test]
async fn a_value_that_is_not_text_is_refused_and_not_shown() {
    let many: Vec<String> = (10..30).map(|n| format!(r#""field-{n}":"hunter2""#)).collect();
    let many = format!("{{{}}}", many.join(","));
    for (text, fields, expected) in [
        ("vault:kv/app#a", r#"{"a":{"b":"hunter2"}}"#, "is not text or a number"),
        ("vault:kv/app#a", r#"{"a":["hunter2"]}"#, "is not text or a number"),
        ("vault:kv/app#a", r#"{"a":null}"#, "is not text or a number"),
        ("vault:kv/app#c", r#"{"a":"hunter2","b":"hunter2"}"#, "its fields are: a, b"),
        ("vault:kv/app", r#"{"a":"hunter2","b":"hunter2"}"#, "its fields are: a, b"),
        ("vault:kv/app", "{}", "does not have exactly one field"),
        ("vault:kv/app#x", many.as_str(), "field-10, field-11, field-12, field-13, field-14, field-15"),
    ] {
        let error = read(text, 200, &entry(fields)).await.unwrap_err();
        let absent = ["vault:kv/app#c", "vault:kv/app#x"].contains(&text);
        let kind = if absent {
            (PortErrorKind::NotFound, ErrorCode::SecretNotFound)
        } else {
            (PortErrorKind::InvalidRequest, ErrorCode::SecretInvalid)
        };
        assert_eq!((error.kind, error.code.clone()), kind, "{text}");
        let told = told(&error);
        assert!(error.message.contains(text) && told.contains(expected), "{told}");
        assert!(!told.contains("hunter2") && !told.contains("field-20"), "{told}");
    }
}

#[tokio::test]
async fn every_refusal_says_what_to_do() {
    use PortErrorKind::{Corrupt, Denied, InvalidRequest, NotFound, Unavailable};
    let denied = format!(r#"{{"errors":["1 error occurred:\n\t* permission denied for {TOKEN}\n\n"]}}"#);
    let deleted = r#"{"data":{"data":null,"metadata":{"deletion_time":"2026-11-20T08:00:00Z"}}}"#;
    let one =
        r#"{"errors":[],"warnings":["Invalid path for a versioned K/V secrets engine. See the API docs"]}"#;
    for (status, body, kind, code, expected) in [
        (404, r#"{"errors":[]}"#, NotFound, ErrorCode::SecretNotFound, "check the mount and the path"),
        (404, "", NotFound, ErrorCode::SecretNotFound, "check the mount and the path"),
        (404, deleted, NotFound, ErrorCode::SecretNotFound, "was deleted"),
        (200, deleted, NotFound, ErrorCode::SecretNotFound, "was deleted"),
        (404, one, NotFound, ErrorCode::SecretNotFound, "version 2"),
        (
            200,
            r#"{"data":{"key":"hunter2"}}"#,
            InvalidRequest,
            ErrorCode::SecretInvalid,
            "only version 2 is supported",
        ),
        (
            200,
            r#"{"data":{"data":"hunter2"}}"#,
            InvalidRequest,
            ErrorCode::SecretInvalid,
            "only version 2 is supported",
        ),
        (
            200,
            r#"{"data":{"data":{"key":"hunter2"}}}"#,
            InvalidRequest,
            ErrorCode::SecretInvalid,
            "only version 2 is supported",
        ),
        (403, &denied, Denied, ErrorCode::SecretDenied, "`read` on kv/data/app"),
        (
            400,
            r#"{"errors":["missing client token"]}"#,
            InvalidRequest,
            ErrorCode::SecretInvalid,
            "missing client",
        ),
        (503, r#"{"errors":["Vault is sealed"]}"#, Unavailable, ErrorCode::SecretUnreadable, "unseal it"),
        (429, "", Unavailable, ErrorCode::SecretUnreadable, "wait a moment"),
        (472, "", Unavailable, ErrorCode::SecretUnreadable, "is on standby"),
        (473, "", Unavailable, ErrorCode::SecretUnreadable, "that of the active node"),
        (307, "", Unavailable, ErrorCode::SecretUnreadable, "that of the active node"),
        (502, "hunter2", Unavailable, ErrorCode::SecretUnreadable, "retry later"),
        (
            200,
            "<html>hunter2</html>",
            Corrupt,
            ErrorCode::SecretUnreadable,
            "check that this is the address of Vault",
        ),
    ] {
        let error = read("vault:kv/app#key", status, body).await.unwrap_err();
        let told = told(&error);
        assert_eq!((error.kind, error.code.clone()), (kind, code), "{status} {body}: {told}");
        assert!(error.message.contains("vault:kv/app#key") && error.hint.is_some(), "{told}");
        assert!(told.contains(expected), "{status} {body}: {told}");
        assert!(!told.contains("hunter2"), "{told}");
    }
}

#[tokio::test]
async fn a_vault_that_does_not_answer_is_out_of_reach() {
    let http = Exchange::new([]);
    let secrets = vault(options(token_login()), &http, &Arc::default());
    let error = secrets.resolve(&reference("vault:kv/app")).await.unwrap_err();
    assert_eq!((error.kind, error.code.clone()), (PortErrorKind::Unavailable, ErrorCode::SecretUnreadable));
    assert!(told(&error).contains(ADDRESS) && told(&error).contains("no answer"), "{error:?}");
    assert_eq!(http.lines().len(), 1, "asked once");
}

#[tokio::test]
async fn the_token_is_not_sent_over_plain_http() {
    for address in [
        "http://vault.example.com:8200",
        "HTTP://vault.example.com",
        "http://127.0.0.1:8200@vault.example.com",
        "http://localhost.example.com",
        "http://vault.example.com\\@localhost",
        "https://user:hunter2@vault.example.com",
        "http://10.0.0.1",
        "ftp://localhost",
        "vault.example.com",
    ] {
        let http = script([(200, entry(r#"{"key":"hunter2"}"#))]);
        let mut options = options(token_login());
        options.address = address.to_owned();
        let error = vault(options, &http, &Arc::default()).resolve(&reference("vault:kv/app")).await;
        let error = error.unwrap_err();
        assert_eq!(
            (error.kind, error.code.clone()),
            (PortErrorKind::InvalidRequest, ErrorCode::SecretInvalid),
            "{address}"
        );
        assert!(http.asked().is_empty() && !told(&error).contains("hunter2"), "{address}");
    }
    for address in ["http://127.0.0.1:8200", "http://localhost", "http://[::1]:8200", "HTTPS://vault.example"]
    {
        let http = script([(200, entry(r#"{"key":"hunter2"}"#))]);
        let mut options = options(token_login());
        options.address = address.to_owned();
        vault(options, &http, &Arc::default()).resolve(&reference("vault:kv/app")).await.unwrap();
        assert_eq!(http.lines(), [format!("Get {address}/v1/kv/data/app")]);
    }
}

#[tokio::test]
async fn a_token_that_is_given_is_not_tried_twice() {
    let http = script([(403, r#"{"errors":["permission denied"]}"#), (200, "")]);
    let secrets = vault(options(token_login()), &http, &Arc::default());
    let error = secrets.resolve(&reference("vault:kv/app")).await.unwrap_err();
    assert_eq!((error.kind, http.lines().len()), (PortErrorKind::Denied, 1));
}
