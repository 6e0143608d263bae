//! Asynchronous invocation settings: the exact request of each operation, and the result for its answer.

use crate::manage::{
    ARN, absent, adder, answers, async_settings, elsewhere, encoded, lambda, made, only_request, qualified,
};
use lamplight_domain::{AsyncSettings, DescribedAsyncSettings, ErrorCode};
use lamplight_ports::{Effect, Page, PortErrorKind};
use serde_json::{Value, json};

const DONE: &str = "arn:aws:sqs:eu-west-1:123456789012:done";
const DEAD: &str = "arn:aws:s3:::dead-calls";

fn described() -> Value {
    json!({
        "FunctionArn": format!("{ARN}:live"),
        "LastModified": 1_767_225_600.5,
        "MaximumRetryAttempts": 0,
        "MaximumEventAgeInSeconds": 3600,
        "DestinationConfig": {"OnSuccess": {"Destination": DONE}, "OnFailure": {"Destination": DEAD}},
    })
}

fn all() -> AsyncSettings {
    AsyncSettings {
        max_retries: Some(0),
        max_age_seconds: Some(3600),
        on_success: Some(DONE.to_owned()),
        on_failure: Some(DEAD.to_owned()),
    }
}

fn live() -> DescribedAsyncSettings {
    DescribedAsyncSettings {
        reference: format!("{ARN}:live"),
        settings: all(),
        last_modified: Some("2026-01-01T00:00:00.5Z".to_owned()),
    }
}

fn path(beneath: &str) -> String {
    format!("/2019-09-25/functions/{}/event-invoke-config{beneath}", encoded(ARN))
}

#[tokio::test]
async fn all_async_settings_are_put() {
    let (server, management) = lambda(answers(&described())).await;
    let subject = qualified(Some("live"));
    assert_eq!(made(management.async_invocations.put(&subject, &all(), Effect::Make).await.unwrap()), live());
    let body = json!({
        "MaximumRetryAttempts": 0,
        "MaximumEventAgeInSeconds": 3600,
        "DestinationConfig": {"OnSuccess": {"Destination": DONE}, "OnFailure": {"Destination": DEAD}},
    });
    assert_eq!(only_request(&server).await, ("PUT".to_owned(), path("?Qualifier=live"), body));
}

#[tokio::test]
async fn an_update_sends_only_the_changed_async_settings() {
    let (server, management) = lambda(answers(&described())).await;
    let changed =
        management.async_invocations.update(&qualified(None), &async_settings(), Effect::Make).await;
    assert_eq!(made(changed.unwrap()), live());
    let body = json!({"MaximumRetryAttempts": 1});
    assert_eq!(only_request(&server).await, ("POST".to_owned(), path(""), body));
}

#[tokio::test]
async fn an_empty_text_removes_the_destination() {
    for (success, failure, expected) in [
        (Some(""), None, json!({"OnSuccess": {"Destination": ""}})),
        (None, Some(""), json!({"OnFailure": {"Destination": ""}})),
        (Some(""), Some(DEAD), json!({"OnSuccess": {"Destination": ""}, "OnFailure": {"Destination": DEAD}})),
    ] {
        let settings = AsyncSettings {
            on_success: success.map(str::to_owned),
            on_failure: failure.map(str::to_owned),
            ..AsyncSettings::default()
        };
        let (server, management) = lambda(answers(&described())).await;
        made(management.async_invocations.update(&qualified(None), &settings, Effect::Make).await.unwrap());
        assert_eq!(only_request(&server).await.2, json!({"DestinationConfig": expected}));
    }
}

#[tokio::test]
async fn async_settings_are_read_for_a_function_version_or_alias() {
    for (qualifier, query) in
        [(None, ""), (Some("3"), "?Qualifier=3"), (Some("$LATEST"), "?Qualifier=%24LATEST")]
    {
        let (server, management) = lambda(answers(&described())).await;
        assert_eq!(management.async_invocations.get(&qualified(qualifier)).await.unwrap(), Some(live()));
        assert_eq!(only_request(&server).await, ("GET".to_owned(), path(query), Value::Null));
    }
}

#[tokio::test]
async fn unset_async_settings_are_none() {
    for destinations in [
        json!(null),
        json!({}),
        json!({"OnSuccess": {}, "OnFailure": {}}),
        json!({"OnSuccess": {"Destination": ""}}),
    ] {
        let body = json!({"FunctionArn": ARN, "DestinationConfig": destinations});
        let (_server, management) = lambda(answers(&body)).await;
        let found = management.async_invocations.get(&qualified(None)).await.unwrap().unwrap();
        let nothing = AsyncSettings::default();
        assert_eq!(
            found,
            DescribedAsyncSettings { reference: ARN.to_owned(), settings: nothing, last_modified: None }
        );
    }
}

#[tokio::test]
async fn only_an_answer_from_lambda_proves_absence() {
    let (_server, management) = lambda(absent()).await;
    assert_eq!(management.async_invocations.get(&qualified(None)).await.unwrap(), None);
    let (_server, management) = lambda(elsewhere()).await;
    let error = management.async_invocations.get(&qualified(None)).await.unwrap_err();
    assert_eq!((error.kind, error.code.clone()), (PortErrorKind::Corrupt, ErrorCode::UnidentifiedAnswer));
}

#[tokio::test]
async fn an_answer_without_a_function_arn_is_refused() {
    let (_server, management) = lambda(answers(&json!({"MaximumRetryAttempts": 1}))).await;
    let error = management.async_invocations.get(&qualified(None)).await.unwrap_err();
    assert_eq!((error.kind, error.code.clone()), (PortErrorKind::Corrupt, ErrorCode::UnexpectedAnswer));
}

#[tokio::test]
async fn async_settings_are_listed_in_pages() {
    let body = json!({"FunctionEventInvokeConfigs": [described()], "NextMarker": "m2"});
    let (server, management) = lambda(answers(&body)).await;
    let page = management.async_invocations.list(&adder(), Some("m 1".to_owned()), Some(50)).await.unwrap();
    assert_eq!(page, Page { items: vec![live()], next_marker: Some("m2".to_owned()) });
    let query = "/list?Marker=m%201&MaxItems=50";
    assert_eq!(only_request(&server).await, ("GET".to_owned(), path(query), Value::Null));

    let (server, management) =
        lambda(answers(&json!({"FunctionEventInvokeConfigs": [], "NextMarker": ""}))).await;
    let page = management.async_invocations.list(&adder(), None, None).await.unwrap();
    assert_eq!(page, Page { items: Vec::new(), next_marker: None });
    assert_eq!(only_request(&server).await.1, path("/list"));
}

#[tokio::test]
async fn deleting_async_settings_restores_the_defaults() {
    let (server, management) = lambda(crate::support::marked(204)).await;
    let subject = qualified(Some("live"));
    made(management.async_invocations.delete(&subject, Effect::Make).await.unwrap());
    assert_eq!(only_request(&server).await, ("DELETE".to_owned(), path("?Qualifier=live"), Value::Null));

    let (_server, management) = lambda(absent()).await;
    let error = management.async_invocations.delete(&subject, Effect::Make).await.unwrap_err();
    assert_eq!(error.error.kind, PortErrorKind::NotFound);
}
