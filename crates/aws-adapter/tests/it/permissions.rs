//! Function permissions: the exact request of each operation, and the result for its answer.

use crate::manage::{
    ARN, REVISION, TOKEN, absent, answers, elsewhere, encoded, lambda, made, only_request, qualified,
    statement,
};
use lamplight_domain::{ErrorCode, PermissionStatement};
use lamplight_ports::{Effect, PortErrorKind};
use serde_json::{Value, json};

/// A statement with all members.
fn whole() -> PermissionStatement {
    PermissionStatement {
        source: Some("arn:aws:s3:::bucket".to_owned()),
        source_account: Some("123456789012".to_owned()),
        organization: Some("o-a1b2c3d4e5".to_owned()),
        url_auth: Some("AWS_IAM".to_owned()),
        via_url: Some(true),
        ..statement()
    }
}

fn path(beneath: &str) -> String {
    format!("/2015-03-31/functions/{}/policy{beneath}", encoded(ARN))
}

/// The same statement as JSON in a policy.
fn document() -> String {
    let statement = json!({
        "Sid": "s3",
        "Effect": "Allow",
        "Principal": {"Service": "s3.amazonaws.com"},
        "Action": "lambda:InvokeFunction",
        "Resource": ARN,
        "Condition": {
            "ArnLike": {"AWS:SourceArn": "arn:aws:s3:::bucket"},
            "StringEquals": {
                "AWS:SourceAccount": "123456789012",
                "aws:PrincipalOrgID": "o-a1b2c3d4e5",
                "lambda:EventSourceToken": TOKEN,
                "lambda:FunctionUrlAuthType": "AWS_IAM",
            },
            "Bool": {"lambda:InvokedViaFunctionUrl": "true"},
        },
    });
    let denied =
        json!({"Sid": "x", "Effect": "Deny", "Principal": "*", "Action": "lambda:*", "Resource": ARN});
    json!({"Version": "2012-10-17", "Id": "default", "Statement": [statement, denied]}).to_string()
}

#[tokio::test]
async fn a_statement_is_added_with_all_that_can_be_said() {
    let (server, management) =
        lambda(crate::support::marked(201).set_body_json(json!({"Statement": "{}"}))).await;
    let permissions = management.permissions;
    let subject = qualified(Some("live"));
    made(permissions.add(&subject, &whole(), Some(REVISION), Effect::Make).await.unwrap());
    assert_eq!(
        only_request(&server).await,
        (
            "POST".to_owned(),
            path("?Qualifier=live"),
            json!({
                "StatementId": "s3",
                "Action": "lambda:InvokeFunction",
                "Principal": "s3.amazonaws.com",
                "SourceArn": "arn:aws:s3:::bucket",
                "SourceAccount": "123456789012",
                "PrincipalOrgID": "o-a1b2c3d4e5",
                "EventSourceToken": TOKEN,
                "FunctionUrlAuthType": "AWS_IAM",
                "InvokedViaFunctionUrl": true,
                "RevisionId": REVISION,
            })
        )
    );
}

#[tokio::test]
async fn unset_fields_are_not_sent() {
    let (server, management) = lambda(answers(&json!({"Statement": "{}"}))).await;
    let bare = PermissionStatement { event_source_token: None, ..statement() };
    made(management.permissions.add(&qualified(None), &bare, None, Effect::Make).await.unwrap());
    assert_eq!(
        only_request(&server).await,
        (
            "POST".to_owned(),
            path(""),
            json!({
                "StatementId": "s3",
                "Action": "lambda:InvokeFunction",
                "Principal": "s3.amazonaws.com",
            })
        )
    );
}

#[tokio::test]
async fn a_flag_that_is_false_is_sent() {
    let (server, management) = lambda(answers(&json!({"Statement": "{}"}))).await;
    let flagged = PermissionStatement { via_url: Some(false), ..statement() };
    made(management.permissions.add(&qualified(None), &flagged, None, Effect::Make).await.unwrap());
    assert_eq!(only_request(&server).await.2["InvokedViaFunctionUrl"], json!(false));
}

#[tokio::test]
async fn a_policy_is_read_as_it_was_asked_for() {
    let body = json!({"Policy": document(), "RevisionId": REVISION});
    let (server, management) = lambda(answers(&body)).await;
    let policy = management.permissions.policy(&qualified(Some("3"))).await.unwrap().unwrap();
    assert_eq!(policy.statements, [whole()]);
    assert_eq!(policy.others, ["x"]);
    assert_eq!((policy.document, policy.revision), (document(), Some(REVISION.to_owned())));
    assert_eq!(only_request(&server).await, ("GET".to_owned(), path("?Qualifier=3"), Value::Null));
}

#[tokio::test]
async fn only_an_answer_from_lambda_proves_absence() {
    let (server, management) = lambda(absent()).await;
    assert_eq!(management.permissions.policy(&qualified(None)).await.unwrap(), None);
    assert_eq!(only_request(&server).await.1, path(""));
    let (_server, management) = lambda(elsewhere()).await;
    let error = management.permissions.policy(&qualified(None)).await.unwrap_err();
    assert_eq!((error.kind, error.code.clone()), (PortErrorKind::Corrupt, ErrorCode::UnidentifiedAnswer));
}

#[tokio::test]
async fn an_answer_without_a_valid_policy_is_refused() {
    for body in [json!({}), json!({"Policy": ""}), json!({"Policy": "hunter2"}), json!({"Policy": "[]"})] {
        let (_server, management) = lambda(answers(&body)).await;
        let error = management.permissions.policy(&qualified(None)).await.unwrap_err();
        assert_eq!((error.kind, error.code.clone()), (PortErrorKind::Corrupt, ErrorCode::UnexpectedAnswer));
        assert!(error.message.starts_with("the answer to GetPolicy for function adder "), "{error}");
        assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
    }
}

#[tokio::test]
async fn a_statement_is_removed_by_its_id() {
    let (server, management) = lambda(crate::support::marked(204)).await;
    let permissions = management.permissions;
    let subject = qualified(Some("live"));
    made(permissions.remove(&subject, "lc.1", Some(REVISION), Effect::Make).await.unwrap());
    let query = format!("/lc.1?Qualifier=live&RevisionId={REVISION}");
    assert_eq!(only_request(&server).await, ("DELETE".to_owned(), path(&query), Value::Null));

    let (server, management) = lambda(crate::support::marked(204)).await;
    made(management.permissions.remove(&qualified(None), "s3", None, Effect::Make).await.unwrap());
    assert_eq!(only_request(&server).await.1, path("/s3"));
}

#[tokio::test]
async fn a_statement_that_is_not_there_is_named() {
    let (_server, management) = lambda(absent()).await;
    let subject = qualified(Some("live"));
    let error = management.permissions.remove(&subject, "s3", None, Effect::Make).await.unwrap_err();
    assert_eq!(
        error.error.message,
        "statement s3 of alias live of function adder was not found in region eu-west-1"
    );
}
