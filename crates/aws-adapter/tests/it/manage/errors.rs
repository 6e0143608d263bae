//! Every error that the API model lists for management operations, as a caller of the ports gets it.

use super::{ARN, CHANGES, Called, READS, TOKEN, call};
use crate::{
    answers::kind_and_code,
    functions::SECRET,
    server::{Reaction, Received, Server, refusal},
    support::ports,
};
use lamplight_aws_model::{Operation, classify_manage, codes};
use lamplight_domain::ErrorCode;
use lamplight_ports::{Applied, ChangeError, Effect};
use std::{error::Error, fmt::Write, time::Duration};
use tokio::task::JoinSet;

/// One line for each error: operation, code, status, kind, stable code, what is known of the change, message.
const TABLE: &str = include_str!("errors.txt");

async fn refused(operation: Operation, code: &'static str) -> (Result<Called, ChangeError>, usize) {
    let http = classify_manage(operation, Some(code), 0).http;
    let server =
        Server::start(move |_: &Received| Reaction::Answer(refusal(http, code, "AWS's own words"))).await;
    let outcome = call(&ports(&server.url()).management, operation, Effect::Make).await;
    (outcome, server.requests().len())
}

/// The row of an outcome, without operation, code and status.
fn told(operation: Operation, outcome: Result<Called, ChangeError>) -> String {
    let ChangeError { applied, transient, error, .. } = match outcome {
        Ok(Called::Absent) => return "none".to_owned(),
        Ok(other) => panic!("{operation}: {other:?}"),
        Err(error) => error,
    };
    assert!(ErrorCode::NEUTRAL.iter().chain(codes::ALL).any(|code| *code == error.code));
    assert!(error.hint.is_some());
    assert_eq!(error.source().unwrap().to_string(), "AWS's own words");
    let known = match (operation.changes(), applied, transient) {
        (false, ..) => "read",
        (_, Applied::No, true) => "not made, passes",
        (_, Applied::No, false) => "not made",
        (_, Applied::Maybe, true) => "in doubt, passes",
        (_, Applied::Maybe, false) => "in doubt",
    };
    format!("{:?} | {} | {known} | {}", error.kind, error.code, error.message)
}

#[tokio::test]
async fn every_modelled_error_has_its_row() {
    let mut asked = JoinSet::new();
    let operations = CHANGES.into_iter().chain(READS);
    for (index, (operation, code)) in operations
        .flat_map(|operation| operation.errors().iter().map(move |code| (operation, *code)))
        .enumerate()
    {
        asked.spawn(async move { (index, operation, code, refused(operation, code).await) });
    }
    let mut outcomes = asked.join_all().await;
    outcomes.sort_by_key(|(index, ..)| *index);
    let mut found = String::new();
    for (_, operation, code, (outcome, requests)) in outcomes {
        assert!(!operation.changes() || requests == 1, "{operation} {code}: {requests} requests");
        let http = classify_manage(operation, Some(code), 0).http;
        writeln!(found, "{operation} | {code} | {http} | {}", told(operation, outcome)).unwrap();
    }
    for (found, expected) in found.lines().zip(TABLE.lines()) {
        assert_eq!(found, expected);
    }
    assert!(found == TABLE, "the table should be:\n{found}");
}

#[test]
fn errors_with_different_fixes_have_different_codes() {
    for (operation, code, expected) in [
        ("DeleteFunction", "ResourceNotFoundException", ("NotFound", "function_not_found")),
        ("CreateFunction", "ResourceConflictException", ("Conflict", "already_exists")),
        ("UpdateFunctionCode", "ResourceConflictException", ("Conflict", "conflict")),
        ("UpdateFunctionCode", "PreconditionFailedException", ("Conflict", "revision_changed")),
        ("PublishVersion", "CodeStorageExceededException", ("Throttled", "code_storage_exceeded")),
        ("TagResource", "TooManyRequestsException", ("Throttled", "throttled")),
        ("CreateFunction", "InvalidParameterValueException", ("InvalidRequest", "invalid_request")),
        ("CreateFunction", "CodeVerificationFailedException", ("InvalidRequest", "code_not_trusted")),
        ("CreateAlias", "ResourceConflictException", ("Conflict", "already_exists")),
        ("CreateAlias", "AliasLimitExceededException", ("Throttled", "quota_exceeded")),
        ("UpdateAlias", "ResourceConflictException", ("Conflict", "conflict")),
        ("UpdateAlias", "PreconditionFailedException", ("Conflict", "revision_changed")),
        ("UpdateAlias", "ResourceNotFoundException", ("NotFound", "not_found")),
        ("ListAliases", "ResourceNotFoundException", ("NotFound", "function_not_found")),
        ("AddPermission", "ResourceConflictException", ("Conflict", "already_exists")),
        ("AddPermission", "PolicyLengthExceededException", ("TooLarge", "policy_too_long")),
        ("AddPermission", "PublicPolicyException", ("Denied", "public_access_blocked")),
        ("RemovePermission", "ResourceNotFoundException", ("NotFound", "not_found")),
        ("AddLayerVersionPermission", "PreconditionFailedException", ("Conflict", "revision_changed")),
        ("PutFunctionEventInvokeConfig", "TooManyRequestsException", ("Throttled", "throttled")),
        (
            "PutFunctionEventInvokeConfig",
            "InvalidParameterValueException",
            ("InvalidRequest", "invalid_request"),
        ),
    ] {
        assert_eq!(kind_and_code(TABLE, operation, code), Some(expected), "{operation} {code}");
    }
}

/// The operations on aliases and policies of a function.
const BESIDE_A_FUNCTION: [Operation; 6] = [
    Operation::GetAlias,
    Operation::UpdateAlias,
    Operation::DeleteAlias,
    Operation::GetPolicy,
    Operation::AddPermission,
    Operation::RemovePermission,
];

async fn not_found(operation: Operation, words: String) -> Result<Called, ChangeError> {
    let answer = move |_: &Received| Reaction::Answer(refusal(404, "ResourceNotFoundException", &words));
    let server = Server::start(answer).await;
    call(&ports(&server.url()).management, operation, Effect::Make).await
}

#[tokio::test]
async fn an_absent_function_is_not_reported_as_an_absent_alias() {
    for operation in BESIDE_A_FUNCTION {
        let error = not_found(operation, format!("Function not found: {ARN}")).await.unwrap_err();
        assert_eq!(
            (error.applied, error.error.code.clone()),
            (Applied::No, ErrorCode::FunctionNotFound),
            "{operation}"
        );
        assert_eq!(error.error.message, "function adder was not found in region eu-west-1");
        assert!(error.error.hint.unwrap().to_string().contains("listing functions"));
        for words in
            ["The resource you requested does not exist.", &format!("Cannot find alias arn: {ARN}:live")]
        {
            match not_found(operation, words.to_owned()).await {
                Ok(called) => {
                    assert!(matches!(called, Called::Absent) && !operation.changes(), "{operation}");
                }
                Err(error) => assert!(
                    error.error.code == ErrorCode::NotFound && operation.changes(),
                    "{operation}: {error:?}"
                ),
            }
        }
    }
}

#[tokio::test]
async fn the_retry_delay_from_lambda_is_reported() {
    let headers = [("x-amzn-errortype", "TooManyRequestsException"), ("retry-after", "7")];
    let answer = crate::server::answer(429, &headers, b"{}");
    let server = Server::start(move |_: &Received| Reaction::Answer(answer.clone())).await;
    let management = ports(&server.url()).management;
    let error = call(&management, Operation::DeleteFunction, Effect::Make).await.unwrap_err();
    assert_eq!((error.applied, error.transient), (Applied::No, true));
    assert_eq!(error.retry_after, Some(Duration::from_secs(7)));
}

#[tokio::test]
async fn secrets_repeated_in_a_lambda_refusal_are_masked() {
    for (operation, secret) in [(Operation::AddPermission, TOKEN), (Operation::CreateFunction, SECRET)] {
        let words = format!("Value '{{PASSWORD={secret}}}' at 'member' failed to satisfy constraint");
        let server = Server::start(move |_: &Received| {
            Reaction::Answer(refusal(400, "InvalidParameterValueException", &words))
        })
        .await;
        let error = call(&ports(&server.url()).management, operation, Effect::Make).await.unwrap_err();
        let told = format!("{error:?} {error} {}", error.source().unwrap());
        assert!(told.contains("failed to satisfy constraint") && !told.contains("hunter2"), "{told}");
    }
}
