//! The limits and usage of an account.

use crate::support::ports;
use lamplight_domain::{ErrorCode, RawJson};
use lamplight_ports::{AccountLimits, AccountSettings, AccountUsage, PortErrorKind};
use serde_json::json;
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::any};

async fn lambda(answer: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(answer).mount(&server).await;
    server
}

#[tokio::test]
async fn limits_and_usage_are_told() {
    let server = lambda(crate::support::marked(200).set_body_json(json!({
        "AccountLimit": {
            "TotalCodeSize": 80_530_636_800_u64,
            "CodeSizeUnzipped": 262_144_000,
            "CodeSizeZipped": 52_428_800,
            "ConcurrentExecutions": 1000,
            "UnreservedConcurrentExecutions": 900,
            "UnreservedConcurrentExecutionsMinimum": 100,
        },
        "AccountUsage": {"TotalCodeSize": 176_268_666, "FunctionCount": 1},
        "HasFunctionWithDeprecatedRuntime": true,
        "DeprecatedFeaturesAccess": null,
        "PreviewFeatures": ["one"],
    })))
    .await;
    let settings = ports(&server.uri()).management.account.settings().await.unwrap();
    assert_eq!(
        settings,
        AccountSettings {
            limits: AccountLimits {
                total_code_bytes: Some(80_530_636_800),
                unpacked_code_bytes: Some(262_144_000),
                uploaded_code_bytes: Some(52_428_800),
                concurrent_executions: Some(1000),
                unreserved_concurrent_executions: Some(900),
                unreserved_concurrent_executions_minimum: Some(100),
            },
            usage: AccountUsage { total_code_bytes: Some(176_268_666), functions: Some(1) },
            has_function_with_deprecated_runtime: Some(true),
            deprecated_features_access: None,
            preview_features: Some(RawJson::parse("[\"one\"]").unwrap()),
        }
    );
    let requests = server.received_requests().await.unwrap();
    let [request] = &requests[..] else { panic!("{} requests", requests.len()) };
    assert_eq!((request.method.as_str(), request.url.path()), ("GET", "/2016-08-19/account-settings"));
}

#[tokio::test]
async fn what_is_not_reported_is_not_zero() {
    let answer =
        json!({"AccountLimit": {"ConcurrentExecutions": 1000}, "AccountUsage": {"FunctionCount": 0}});
    let server = lambda(crate::support::marked(200).set_body_json(answer)).await;
    let settings = ports(&server.uri()).management.account.settings().await.unwrap();
    let expected = AccountSettings {
        limits: AccountLimits { concurrent_executions: Some(1000), ..AccountLimits::default() },
        usage: AccountUsage { functions: Some(0), ..AccountUsage::default() },
        ..AccountSettings::default()
    };
    assert_eq!(settings, expected);
}

#[tokio::test]
async fn a_refusal_names_the_permission() {
    let refusal = ResponseTemplate::new(403)
        .insert_header("x-amzn-errortype", "AccessDeniedException")
        .set_body_json(json!({"Message": "no"}));
    let server = lambda(refusal).await;
    let error = ports(&server.uri()).management.account.settings().await.unwrap_err();
    assert_eq!((error.kind, error.code.clone()), (PortErrorKind::Denied, ErrorCode::AccessDenied));
    assert_eq!(error.message, "the caller is not authorized to perform lambda:GetAccountSettings on *");
}

#[tokio::test]
async fn an_empty_answer_does_not_say_that_there_are_no_limits() {
    for answer in [crate::support::marked(200), crate::support::marked(200).set_body_json(json!({}))] {
        let server = lambda(answer).await;
        let error = ports(&server.uri()).management.account.settings().await.unwrap_err();
        assert_eq!((error.kind, error.code.clone()), (PortErrorKind::Corrupt, ErrorCode::UnexpectedAnswer));
    }
}
