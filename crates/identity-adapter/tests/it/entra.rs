//! Microsoft Entra workload identity.

use crate::script::{JWT, giving_a_token};
use lamplight_domain::ErrorCode;
use lamplight_identity_adapter::{EntraWorkloadIdentity, FileToken};
use lamplight_ports::{ExposeSecret, PortError, PortErrorKind, TokenSource};
use lamplight_testkit::exchange::{Answer, Exchange};
use std::{collections::BTreeMap, sync::Arc};

const FEDERATED: &str = "eyJhbGciOiJub25lIn0.ZmVkZXJhdGVk.aHVudGVyMg";

struct Setup {
    _folder: tempfile::TempDir,
    service: Arc<Exchange>,
    identity: EntraWorkloadIdentity,
}

fn setup(service: Arc<Exchange>) -> Setup {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    std::fs::write(&path, FEDERATED).unwrap();
    let identity = EntraWorkloadIdentity {
        http: service.clone(),
        authority_host: "https://login.microsoftonline.com/".to_owned(),
        tenant_id: "the tenant".to_owned(),
        client_id: "the-client".to_owned(),
        token_file: FileToken::new(path),
        scope: "api://lamplight/.default".to_owned(),
    };
    Setup { _folder: folder, service, identity }
}

async fn refusal(answer: Answer) -> PortError {
    setup(Exchange::new([answer])).identity.token().await.unwrap_err()
}

#[tokio::test]
async fn the_federated_token_is_exchanged_for_one_of_entra() {
    let setup = setup(giving_a_token());
    assert_eq!(setup.identity.token().await.unwrap().expose_secret(), JWT);
    let asked = setup.service.asked();
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].line, "Post https://login.microsoftonline.com/the%20tenant/oauth2/v2.0/token");
    assert_eq!(asked[0].headers["content-type"], "application/x-www-form-urlencoded");
    let expected = BTreeMap::from(
        [
            ("grant_type", "client_credentials"),
            ("client_id", "the-client"),
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
            ("client_assertion", FEDERATED),
            ("scope", "api://lamplight/.default"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned())),
    );
    assert_eq!(asked[0].form(), expected);
}

#[tokio::test]
async fn each_known_refusal_has_its_hint() {
    let mut hints = std::collections::BTreeSet::new();
    for (error, code, kind, word) in [
        ("unauthorized_client", "700016", PortErrorKind::Unauthenticated, "client_id"),
        ("invalid_client", "7000215", PortErrorKind::Unauthenticated, "secret"),
        ("invalid_request", "70021", PortErrorKind::Unauthenticated, "federated credential"),
        ("invalid_request", "90002", PortErrorKind::InvalidRequest, "tenant_id"),
        ("invalid_resource", "500011", PortErrorKind::InvalidRequest, "scope"),
    ] {
        let body = format!(
            "{{\"error\":\"{error}\",\"error_description\":\"AADSTS{code}: words\\nwith {FEDERATED} in them\"}}"
        );
        let error = refusal(Some((400, body))).await;
        assert_eq!((error.kind, error.code.clone()), (kind, ErrorCode::TokenRefused), "{code}");
        assert!(error.message.contains("the-client") && error.message.contains("the tenant"), "{error}");
        let hint = error.hint.clone().unwrap().to_string();
        assert!(hint.contains(word), "{code}: {hint}");
        assert!(hints.insert(hint));
        let cause = error.source.unwrap().to_string();
        assert!(cause.contains(code) && !cause.contains("aHVudGVyMg"), "{cause}");
    }
}

#[tokio::test]
async fn transient_and_invalid_answers_are_distinguished() {
    for (answer, kind, code) in [
        (None, PortErrorKind::Unavailable, ErrorCode::TokenUnavailable),
        (Some((503, String::new())), PortErrorKind::Unavailable, ErrorCode::TokenUnavailable),
        (Some((429, String::new())), PortErrorKind::Throttled, ErrorCode::TokenUnavailable),
        (Some((200, "<html>proxy</html>".to_owned())), PortErrorKind::Corrupt, ErrorCode::TokenInvalid),
        (Some((200, "{}".to_owned())), PortErrorKind::Corrupt, ErrorCode::TokenInvalid),
        (
            Some((200, "{\"access_token\":\"opaque\"}".to_owned())),
            PortErrorKind::InvalidRequest,
            ErrorCode::TokenInvalid,
        ),
        (
            Some((200, "{\"error\":\"invalid_client\"}".to_owned())),
            PortErrorKind::Unauthenticated,
            ErrorCode::TokenRefused,
        ),
        (Some((200, "opaque-token".to_owned())), PortErrorKind::Corrupt, ErrorCode::TokenInvalid),
    ] {
        let error = refusal(answer.clone()).await;
        assert_eq!((error.kind, error.code.clone()), (kind, code), "{answer:?}");
        assert!(!format!("{error:?}").contains("opaque-token"), "{error:?}");
    }
}

#[tokio::test]
async fn a_token_is_not_sent_over_plain_http() {
    let mut setup = setup(Exchange::new([]));
    for host in
        ["http://login.example.com", "HTTP://login.example.com", "http://localhost:hunter2@login.example.com"]
    {
        setup.identity.authority_host = host.to_owned();
        let error = setup.identity.token().await.unwrap_err();
        assert_eq!(
            (error.kind, error.code.clone()),
            (PortErrorKind::InvalidRequest, ErrorCode::InvalidEndpoint)
        );
        assert!(setup.service.asked().is_empty() && !format!("{error:?}").contains("hunter2"), "{error:?}");
    }
}

#[tokio::test]
async fn without_a_federated_token_nothing_is_asked() {
    let mut setup = setup(Exchange::new([]));
    setup.identity.token_file = FileToken::new("/does/not/exist");
    assert_eq!(setup.identity.token().await.unwrap_err().code, ErrorCode::TokenNotFound);
    assert!(setup.service.asked().is_empty());
}
