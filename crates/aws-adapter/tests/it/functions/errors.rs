//! Every error that the API's model lists for the operations on functions, as a caller of the port sees it.

use super::{CHANGES, READS, SECRET, call, create, package, settings};
use crate::{
    answers::kind_and_code,
    server::{Reaction, Received, Server, refusal},
    support::ports,
};
use lamplight_aws_model::{Operation, classify_manage, codes};
use lamplight_domain::ErrorCode;
use lamplight_ports::{Applied, ChangeError, Effect, FunctionManager};
use std::{error::Error, fmt::Write, sync::Arc, time::Duration};
use tokio::task::JoinSet;

/// One line for each error: operation, code, status, kind, stable code, what is known of the change, message.
const TABLE: &str = include_str!("errors.txt");

async fn refused(operation: Operation, code: &'static str) -> (ChangeError, usize) {
    let http = classify_manage(operation, Some(code), 0).http;
    let server =
        Server::start(move |_: &Received| Reaction::Answer(refusal(http, code, "AWS's own words"))).await;
    let functions = ports(&server.url()).management.functions;
    let error = call(functions.as_ref(), operation, Effect::Make).await.unwrap_err();
    (error, server.requests().len())
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
    for (_, operation, code, (error, requests)) in outcomes {
        let http = classify_manage(operation, Some(code), 0).http;
        let ChangeError { applied, transient, error, .. } = error;
        writeln!(
            found,
            "{operation} | {code} | {http} | {:?} | {} | {} | {}",
            error.kind,
            error.code,
            match (operation.changes(), applied, transient) {
                (false, ..) => "read",
                (_, Applied::No, true) => "not made, passes",
                (_, Applied::No, false) => "not made",
                (_, Applied::Maybe, true) => "in doubt, passes",
                (_, Applied::Maybe, false) => "in doubt",
            },
            error.message
        )
        .unwrap();
        assert!(!operation.changes() || requests == 1, "{operation} {code}: {requests} requests");
        assert!(ErrorCode::NEUTRAL.iter().chain(codes::ALL).any(|code| *code == error.code));
        assert!(error.hint.is_some());
        assert_eq!(error.source().unwrap().to_string(), "AWS's own words");
    }
    for (found, expected) in found.lines().zip(TABLE.lines()) {
        assert_eq!(found, expected);
    }
    assert!(found == TABLE, "the table should be:\n{found}");
}

#[test]
fn the_table_tells_apart_what_people_do_different_things_about() {
    for (operation, code, expected) in [
        ("DeleteFunction", "ResourceNotFoundException", ("NotFound", "function_not_found")),
        ("CreateFunction", "ResourceConflictException", ("Conflict", "already_exists")),
        ("UpdateFunctionCode", "ResourceConflictException", ("Conflict", "conflict")),
        ("UpdateFunctionCode", "PreconditionFailedException", ("Conflict", "revision_changed")),
        ("PublishVersion", "CodeStorageExceededException", ("Throttled", "code_storage_exceeded")),
        ("TagResource", "TooManyRequestsException", ("Throttled", "throttled")),
        ("CreateFunction", "InvalidParameterValueException", ("InvalidRequest", "invalid_request")),
        ("CreateFunction", "CodeVerificationFailedException", ("InvalidRequest", "code_not_trusted")),
    ] {
        assert_eq!(kind_and_code(TABLE, operation, code), Some(expected), "{operation} {code}");
    }
}

#[tokio::test]
async fn the_wait_that_lambda_asks_for_is_told() {
    let answer = crate::server::answer(
        429,
        &[("x-amzn-errortype", "TooManyRequestsException"), ("retry-after", "7")],
        b"{}",
    );
    let server = Server::start(move |_: &Received| Reaction::Answer(answer.clone())).await;
    let functions = ports(&server.url()).management.functions;
    let error = call(functions.as_ref(), Operation::DeleteFunction, Effect::Make).await.unwrap_err();
    assert_eq!((error.applied, error.transient), (Applied::No, true));
    assert_eq!(error.retry_after, Some(Duration::from_secs(7)));
}

#[tokio::test]
async fn values_that_lambda_repeats_in_its_refusal_are_taken_out() {
    let words =
        format!("Value '{{PASSWORD={SECRET}}}' at 'environment.variables' failed to satisfy constraint");
    let server = Server::start(move |_: &Received| {
        Reaction::Answer(refusal(400, "InvalidParameterValueException", &words))
    })
    .await;
    let functions: Arc<dyn FunctionManager> = ports(&server.url()).management.functions;
    let error = functions.create(create(package(), settings()), Effect::Make).await.unwrap_err();
    let told = format!("{error:?} {error} {}", error.source().unwrap());
    assert!(told.contains("failed to satisfy constraint") && !told.contains("hunter2"), "{told}");
}
