//! Secrets Manager on the wire.

use crate::{
    server::{Reaction, Received, Server, answer, closed_url},
    support::config,
};
use lamplight_aws_adapter::{AwsConnectionConfig, open};
use lamplight_domain::ErrorCode;
use lamplight_ports::{ExposeSecret, PortError, PortErrorKind, SecretResolver};
use serde_json::{Value, json};

const HEADERS: [(&str, &str); 2] = [crate::server::MARK, ("content-type", "application/x-amz-json-1.1")];

async fn resolve(url: String, reference: &str) -> Result<String, PortError> {
    let config = AwsConnectionConfig { secrets_endpoint_url: Some(url.clone()), ..config(&url) };
    let secret = open(config)?.secrets.resolve(&reference.parse().unwrap()).await?;
    Ok(secret.expose_secret().to_owned())
}

async fn store() -> Server {
    Server::start(|request: &Received| {
        assert_eq!(request.headers["x-amz-target"], "secretsmanager.GetSecretValue");
        let asked: Value = serde_json::from_slice(&request.body).unwrap();
        let given = match asked["SecretId"].as_str().unwrap() {
            "plain" => json!({"SecretString": "hunter2"}),
            "binary" => json!({"SecretBinary": "aHVudGVyMg=="}),
            _ => json!({"SecretString": "{\"password\":\"hunter2\",\"port\":5432}"}),
        };
        Reaction::Answer(answer(200, &HEADERS, given.to_string().as_bytes()))
    })
    .await
}

#[tokio::test]
async fn a_secret_is_read_whole_or_by_field() {
    let store = store().await;
    assert_eq!(resolve(store.url(), "aws-sm:plain").await.unwrap(), "hunter2");
    assert_eq!(resolve(store.url(), "aws-sm:prod/db#password").await.unwrap(), "hunter2");
    let arn = "aws-sm:arn:aws:secretsmanager:us-west-2:123456789012:secret:db-AbCdEf#port";
    assert_eq!(resolve(store.url(), arn).await.unwrap(), "5432");
    let scopes: Vec<String> = store.requests().iter().map(|r| r.headers["authorization"].clone()).collect();
    assert!(scopes[1].contains("/eu-west-1/secretsmanager/"), "{scopes:?}");
    assert!(scopes[2].contains("/us-west-2/secretsmanager/"), "{scopes:?}");
}

#[tokio::test]
async fn a_value_that_is_not_text_is_refused() {
    let error = resolve(store().await.url(), "aws-sm:binary").await.unwrap_err();
    assert_eq!((error.kind, error.code.clone()), (PortErrorKind::InvalidRequest, ErrorCode::SecretInvalid));
}

#[tokio::test]
async fn refusals_name_the_reference_and_what_to_do() {
    for (code, status, kind, stable) in [
        ("ResourceNotFoundException", 400, PortErrorKind::NotFound, ErrorCode::SecretNotFound),
        ("AccessDeniedException", 400, PortErrorKind::Denied, ErrorCode::SecretDenied),
        ("DecryptionFailure", 400, PortErrorKind::Denied, ErrorCode::SecretDenied),
        ("InvalidRequestException", 400, PortErrorKind::InvalidRequest, ErrorCode::SecretInvalid),
        ("UnrecognizedClientException", 400, PortErrorKind::Unauthenticated, ErrorCode::NotAuthenticated),
    ] {
        let server = Server::start(move |_: &Received| {
            let body = json!({"__type": code, "Message": "words"}).to_string();
            Reaction::Answer(answer(status, &HEADERS, body.as_bytes()))
        })
        .await;
        let error = resolve(server.url(), "aws-sm:prod/db#password").await.unwrap_err();
        assert_eq!((error.kind, error.code.clone()), (kind, stable), "{code}");
        assert!(error.message.contains("aws-sm:prod/db#password") && error.hint.is_some(), "{error:?}");
    }
    let error = resolve(closed_url().await, "aws-sm:prod/db").await.unwrap_err();
    assert_eq!(error.kind, PortErrorKind::Unavailable, "{error:?}");
}

#[tokio::test]
async fn an_answer_without_a_mark_is_not_a_secret() {
    for status in [200, 400, 403] {
        let server = Server::start(move |_: &Received| {
            let body = json!({"SecretString": "hunter2", "__type": "AccessDeniedException"}).to_string();
            Reaction::Answer(answer(status, &[HEADERS[1], ("server", "stub")], body.as_bytes()))
        })
        .await;
        let error = resolve(server.url(), "aws-sm:plain").await.unwrap_err();
        assert_eq!((error.kind, error.code), (PortErrorKind::Corrupt, ErrorCode::UnidentifiedAnswer));
        assert!(error.message.contains("server stub") && !error.message.contains("hunter2"));
    }
}
