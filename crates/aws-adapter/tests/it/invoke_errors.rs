//! Every error of Lambda's API model and every common error of AWS, as a caller of the port gets it.

use crate::support::{call, call_with, ports};
use lamplight_aws_model::{AwsErrorClass, ErrorFacts, codes};
use lamplight_domain::{Delivery, ErrorCode, InvocationType, RetryPolicy, Start};
use lamplight_ports::{InvokeError, InvokeRequest, Invoker, PortErrorKind};
use serde_json::json;
use std::{error::Error, fmt::Write, time::Duration};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::any};

/// One line for each error: code, status, class, kind, stable code, delivery, start, retry, message.
const TABLE: &str = include_str!("invoke_errors.txt");

fn refusal(status: u16, code: &str, message: &str) -> ResponseTemplate {
    ResponseTemplate::new(status)
        .insert_header("x-amzn-errortype", code)
        .insert_header("x-amzn-requestid", "0199c0de-0000-4000-8000-000000000002")
        .set_body_json(json!({ "Type": "User", "Message": message }))
}

async fn refused(answer: ResponseTemplate, request: InvokeRequest) -> InvokeError {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(answer).mount(&server).await;
    let error = ports(&server.uri()).invoker.invoke(request).await.unwrap_err();
    assert_eq!(server.received_requests().await.unwrap().len(), 1, "one call is one request: {error:?}");
    error
}

fn is_repeated(error: &InvokeError) -> bool {
    let policy = RetryPolicy::new(3).unwrap();
    policy.next_wait(1, error.delivery, error.start, error.passing(), error.retry_after, 1.0).is_some()
}

#[tokio::test]
async fn every_modelled_error_has_its_row() {
    let mut found = String::new();
    for facts in ErrorFacts::of_invoke() {
        let code = facts.code.unwrap();
        let error = refused(refusal(facts.http, code, "AWS's own words"), call("adder")).await;
        let retry = if is_repeated(&error) { "retry" } else { "no retry" };
        let (http, class) = (facts.http, facts.class);
        writeln!(
            found,
            "{code} | {http} | {class:?} | {:?} | {} | {:?} | {:?} | {retry} | {}",
            error.kind, error.code, error.delivery, error.start, error.message
        )
        .unwrap();
        assert_eq!(error.http_status, Some(http));
        assert_eq!(error.provider_code.as_deref(), Some(code));
        assert_eq!(error.request_id.as_deref(), Some("0199c0de-0000-4000-8000-000000000002"));
        assert!(ErrorCode::NEUTRAL.iter().chain(codes::ALL).any(|code| *code == error.code));
        assert!(error.hint.is_some());
        let quotes = code == "InvalidRequestContentException";
        assert_eq!(error.source().is_none(), quotes, "{code}");
    }
    for (found, expected) in found.lines().zip(TABLE.lines()) {
        assert_eq!(found, expected);
    }
    assert!(found == TABLE, "the table should be:\n{found}");
}

#[test]
fn only_calls_that_did_not_start_may_be_retried() {
    for line in TABLE.lines() {
        let columns: Vec<&str> = line.split(" | ").collect();
        let [_, _, _, _, _, delivery, start, retry, _] = columns[..] else { panic!("{line}") };
        assert_eq!(delivery, "Answered", "{line}");
        assert!(retry == "no retry" || start == "DidNotStart", "{line}");
    }
}

#[tokio::test]
async fn a_throttled_call_says_why_and_for_how_long() {
    let answer = ResponseTemplate::new(429)
        .insert_header("x-amzn-errortype", "TooManyRequestsException")
        .insert_header("retry-after", "7")
        .set_body_json(json!({
            "Reason": "ReservedFunctionConcurrentInvocationLimitExceeded", "Type": "User",
            "message": "Rate Exceeded.",
        }));
    let error = refused(answer, call("adder")).await;
    assert_eq!((error.kind, error.code.clone()), (PortErrorKind::Throttled, ErrorCode::Throttled));
    assert_eq!(error.retry_after, Some(Duration::from_secs(7)));
    assert!(error.message.contains("ReservedFunctionConcurrentInvocationLimitExceeded"), "{error}");
    assert!(is_repeated(&error));
}

#[tokio::test]
async fn a_denied_call_names_the_action_and_the_function() {
    let mut request = call("adder");
    request.function.reference = "arn:aws:lambda:eu-west-1:123456789012:function:adder".to_owned();
    request.qualifier = Some("live".parse().unwrap());
    let error = refused(refusal(403, "AccessDeniedException", "User: ada"), request).await;
    let arn = "arn:aws:lambda:eu-west-1:123456789012:function:adder:live";
    assert_eq!(
        error.message,
        format!("the caller is not authorized to perform lambda:InvokeFunction on {arn}")
    );
    assert_eq!(error.hint.unwrap().to_string(), format!("allow the caller lambda:InvokeFunction on {arn}"));
}

#[tokio::test]
async fn a_denied_call_names_the_arn_that_aws_reports() {
    let arn = "arn:aws:lambda:eu-west-1:123456789012:function:adder";
    let words = format!(
        "User: arn:aws:iam::123456789012:user/ada is not authorized to perform: lambda:InvokeFunction on \
         resource: {arn} because no identity-based policy allows the lambda:InvokeFunction action"
    );
    let error = refused(refusal(403, "AccessDeniedException", &words), call("adder")).await;
    assert_eq!(
        error.message,
        format!("the caller is not authorized to perform lambda:InvokeFunction on {arn}")
    );
    assert_eq!(error.source().map(ToString::to_string), Some(words));
}

#[tokio::test]
async fn an_absent_function_is_named_with_qualifier_and_region() {
    let request = InvokeRequest { qualifier: Some("live".parse().unwrap()), ..call("adder") };
    let error = refused(refusal(404, "ResourceNotFoundException", "no"), request).await;
    assert_eq!(error.code, ErrorCode::FunctionNotFound);
    assert_eq!(error.message, "function adder with qualifier live was not found in region eu-west-1");
}

#[tokio::test]
async fn a_too_large_event_is_reported_with_size_and_limit() {
    for (invocation_type, limit) in
        [(InvocationType::RequestResponse, 6_291_456), (InvocationType::Event, 1_048_576)]
    {
        let event = format!("\"{}\"", "x".repeat(limit));
        let request = InvokeRequest { invocation_type, ..call_with("adder", &event) };
        let error = refused(refusal(413, "RequestTooLargeException", "too large"), request).await;
        assert_eq!((error.kind, error.code.clone()), (PortErrorKind::TooLarge, ErrorCode::PayloadTooLarge));
        let expected = format!("the event is {} bytes; Lambda accepts at most {limit}", limit + 2);
        assert!(error.message.starts_with(&expected), "{error}");
        assert!(error.hint.unwrap().to_string().contains("pass a reference"));
    }
}

#[tokio::test]
async fn an_error_answer_without_a_lambda_code_proves_nothing() {
    let marked = |status| ResponseTemplate::new(status).insert_header("x-amzn-requestid", "1");
    for (answer, start, code) in [
        (marked(502), Start::MayHaveStarted, ErrorCode::ServiceUnavailable),
        (
            marked(503).set_body_string("<html>busy</html>"),
            Start::MayHaveStarted,
            ErrorCode::ServiceUnavailable,
        ),
        (marked(500).set_body_string("{\"gar"), Start::MayHaveStarted, ErrorCode::ServiceUnavailable),
        (marked(401), Start::MayHaveStarted, ErrorCode::NotAuthenticated),
        (marked(402), Start::MayHaveStarted, ErrorCode::QuotaExceeded),
        (marked(403), Start::MayHaveStarted, ErrorCode::AccessDenied),
        (marked(404), Start::MayHaveStarted, ErrorCode::FunctionNotFound),
        (marked(413), Start::MayHaveStarted, ErrorCode::PayloadTooLarge),
        (marked(429), Start::MayHaveStarted, ErrorCode::Throttled),
        // A proxy may have turned the answer into a 500.
        (refusal(500, "TooManyRequestsException", "x"), Start::MayHaveStarted, ErrorCode::Throttled),
        (refusal(418, "TeapotException", "x"), Start::MayHaveStarted, ErrorCode::InvalidRequest),
        // The code is in the header and the body cannot be read.
        (
            ResponseTemplate::new(429)
                .insert_header("x-amzn-errortype", "TooManyRequestsException:http://internal/")
                .set_body_string("{\"gar"),
            Start::DidNotStart,
            ErrorCode::Throttled,
        ),
        (
            marked(302).insert_header("location", "http://x/"),
            Start::MayHaveStarted,
            ErrorCode::ServiceUnavailable,
        ),
    ] {
        let error = refused(answer, call("adder")).await;
        assert_eq!(
            (error.delivery, error.start, error.code.clone()),
            (Delivery::Answered, start, code),
            "{error:?}"
        );
        assert!(start == Start::DidNotStart || !is_repeated(&error));
    }
}

#[tokio::test]
async fn quotes_of_the_event_in_aws_errors_are_not_shown() {
    let words =
        "Could not parse request body into json: Unrecognized token 'hunter2' at [Source: \"hunter2\"]";
    let error = refused(refusal(400, "InvalidRequestContentException", words), call("adder")).await;
    assert!(error.source().is_none() && !format!("{error:?} {error}").contains("hunter2"));
}

#[tokio::test]
async fn a_refused_client_context_is_told_in_the_words_of_lambda() {
    let words = "Client context must be a valid Base64-encoded JSON object.";
    let error = refused(refusal(400, "InvalidRequestContentException", words), call("adder")).await;
    assert!(error.to_string().contains(words), "{error}");
    let words = "Unrecognized token 'hunter2' in the client context";
    let error = refused(refusal(400, "InvalidRequestContentException", words), call("adder")).await;
    assert!(!format!("{error:?} {error}").contains("hunter2"), "{error}");
}

#[tokio::test]
async fn a_refused_log_tail_is_recognized_by_its_message() {
    for (code, words, repeated) in [
        ("InvalidParameterValueException", "LogType Tail is not supported for this function", true),
        ("InvalidRequestContentException", "x-amz-log-type header is not allowed", true),
        ("ModeNotSupportedException", "Tail logs are not available in this mode", true),
        ("InvalidParameterValueException", "Value 'x' at 'qualifier' failed: details follow", false),
        ("ResourceConflictException", "LogType Tail is not supported now", false),
    ] {
        let server = MockServer::start().await;
        let status = if code == "ResourceConflictException" { 409 } else { 400 };
        Mock::given(any()).respond_with(refusal(status, code, words)).mount(&server).await;
        let request = InvokeRequest { log_tail: true, ..call("adder") };
        ports(&server.uri()).invoker.invoke(request).await.unwrap_err();
        let sent = server.received_requests().await.unwrap();
        let asked: Vec<bool> = sent.iter().map(|r| r.headers.contains_key("x-amz-log-type")).collect();
        assert_eq!(asked, if repeated { vec![true, false] } else { vec![true] }, "{words}");
    }
}

#[test]
fn every_error_class_is_used() {
    let classes: std::collections::HashSet<AwsErrorClass> =
        ErrorFacts::of_invoke().map(|facts| facts.class).collect();
    assert_eq!(classes.len(), 12);
}

#[tokio::test]
async fn a_dry_run_that_fails_is_never_said_to_have_started_anything() {
    let dry = || InvokeRequest { invocation_type: InvocationType::DryRun, ..call("adder") };
    let mut errors = Vec::new();
    for facts in ErrorFacts::of_invoke() {
        errors.push(refused(refusal(facts.http, facts.code.unwrap(), "AWS's own words"), dry()).await);
    }
    for status in [302, 404, 408, 500, 502, 504] {
        errors
            .push(refused(ResponseTemplate::new(status).insert_header("x-amzn-requestid", "1"), dry()).await);
    }
    let gone = crate::server::Server::start(|_: &crate::server::Received| {
        crate::server::Reaction::SendAndEnd(Vec::new(), crate::server::End::Close)
    })
    .await;
    errors.push(ports(&gone.url()).invoker.invoke(dry()).await.unwrap_err());
    for error in errors {
        let told =
            format!("{} {}", error.message, error.hint.as_ref().map(ToString::to_string).unwrap_or_default());
        assert!(!told.contains("may have"), "{told}");
        let doubted = error.start == Start::MayHaveStarted;
        assert_eq!(error.message.ends_with("; the dry run has no result"), doubted, "{told}");
    }
}
