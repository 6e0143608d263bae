//! The request of a call on the wire, and the result for its answer.

use crate::support::{SESSION_TOKEN, call, call_with, config, ports};
use base64::{Engine, engine::general_purpose::STANDARD};
use lamplight_aws_adapter::open;
use lamplight_domain::{AnswerOutcome, Delivery, ErrorCode, HintPart, InvocationType, SettingName, Start};
use lamplight_ports::{Identity, InvokeRequest, Invoker, PortErrorKind, Principal};
use wiremock::{Mock, MockServer, Request, ResponseTemplate, matchers::any};

async fn lambda(answer: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(answer).mount(&server).await;
    server
}

/// An answer with a header that only Lambda sets.
fn marked(status: u16) -> ResponseTemplate {
    ResponseTemplate::new(status).insert_header("x-amzn-requestid", "0199c0de-0000-4000-8000-000000000001")
}

async fn only_request(server: &MockServer) -> Request {
    let mut requests = server.received_requests().await.unwrap();
    assert_eq!(requests.len(), 1);
    requests.remove(0)
}

fn header<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    request.headers.get(name).map(|value| value.to_str().unwrap())
}

#[tokio::test]
async fn a_synchronous_call_is_sent_and_parsed() {
    let log = STANDARD.encode("START\nREPORT\n");
    let answer = ResponseTemplate::new(200)
        .insert_header("x-amzn-requestid", "0199c0de-0000-4000-8000-000000000001")
        .insert_header("x-amz-executed-version", "7")
        .insert_header("x-amz-log-result", log.as_str())
        .set_body_string("{\"sum\":3}");
    let server = lambda(answer).await;
    let event = "{\"a\":12345678901234567890.10,\"gruß\":[1, 2]}";
    let request = InvokeRequest {
        qualifier: Some("live".parse().unwrap()),
        log_tail: true,
        client_context: Some("{\"custom\":{\"run\":\"1\"}}".to_owned()),
        ..call_with("adder", event)
    };
    let answer = ports(&server.uri()).invoker.invoke(request).await.unwrap();

    assert_eq!((answer.outcome, answer.http_status), (AnswerOutcome::Returned, Some(200)));
    assert_eq!(answer.request_id.as_deref(), Some("0199c0de-0000-4000-8000-000000000001"));
    assert_eq!(answer.executed_version.as_deref(), Some("7"));
    assert_eq!(answer.log_tail.as_deref(), Some("START\nREPORT\n"));
    assert_eq!(answer.response, b"{\"sum\":3}");
    assert_eq!((answer.report, answer.refused_feature), (None, None));

    let sent = only_request(&server).await;
    assert_eq!(sent.method.as_str(), "POST");
    assert_eq!(sent.url.path(), "/2015-03-31/functions/adder/invocations");
    assert_eq!(sent.url.query(), Some("Qualifier=live"));
    assert_eq!(header(&sent, "x-amz-invocation-type"), Some("RequestResponse"));
    assert_eq!(header(&sent, "x-amz-log-type"), Some("Tail"));
    assert_eq!(header(&sent, "content-type"), Some("application/octet-stream"));
    let context = STANDARD.decode(header(&sent, "x-amz-client-context").unwrap()).unwrap();
    assert_eq!(context, b"{\"custom\":{\"run\":\"1\"}}");
    let signature = header(&sent, "authorization").unwrap();
    assert!(signature.starts_with("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/"), "{signature}");
    assert!(signature.contains("/eu-west-1/lambda/aws4_request"), "{signature}");
    assert_eq!(sent.body, event.as_bytes());
}

#[tokio::test]
async fn a_queued_call_and_a_dry_run_ask_for_no_log() {
    for (invocation_type, status, outcome) in [
        (InvocationType::Event, 202, AnswerOutcome::Accepted),
        (InvocationType::DryRun, 204, AnswerOutcome::Validated),
    ] {
        let server = lambda(marked(status)).await;
        let request = InvokeRequest { invocation_type, log_tail: true, ..call("adder") };
        let answer = ports(&server.uri()).invoker.invoke(request).await.unwrap();
        assert_eq!((answer.outcome, answer.http_status), (outcome, Some(status)));
        assert_eq!((answer.response, answer.log_tail), (Vec::new(), None));
        let sent = only_request(&server).await;
        assert_eq!(header(&sent, "x-amz-invocation-type"), Some(invocation_type.as_str()));
        assert_eq!(header(&sent, "x-amz-log-type"), None);
        assert_eq!((header(&sent, "x-amz-client-context"), sent.url.query()), (None, None));
    }
}

#[tokio::test]
async fn a_full_reference_is_one_segment_of_the_path() {
    let server = lambda(marked(200)).await;
    let mut request = call("adder");
    request.function.reference = "arn:aws:lambda:eu-west-1:123456789012:function:adder".to_owned();
    request.function.qualifier = Some("$LATEST".parse().unwrap());
    ports(&server.uri()).invoker.invoke(request).await.unwrap();
    let sent = only_request(&server).await;
    assert_eq!(
        sent.url.path(),
        "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aeu-west-1%3A123456789012%3Afunction%3Aadder/invocations"
    );
    assert_eq!(sent.url.query(), Some("Qualifier=%24LATEST"));
}

#[tokio::test]
async fn a_function_error_is_an_answer() {
    let server = lambda(
        ResponseTemplate::new(200)
            .insert_header("x-amz-function-error", "Unhandled")
            .set_body_string("{\"errorType\":\"ValueError\"}"),
    )
    .await;
    let answer = ports(&server.uri()).invoker.invoke(call("adder")).await.unwrap();
    assert_eq!(answer.response, b"{\"errorType\":\"ValueError\"}");
    let AnswerOutcome::FunctionError(error) = answer.outcome else { panic!("{answer:?}") };
    assert_eq!((error.kind.as_deref(), error.error_type.as_deref()), (Some("Unhandled"), Some("ValueError")));
}

const TYPES: [InvocationType; 3] =
    [InvocationType::RequestResponse, InvocationType::Event, InvocationType::DryRun];

#[tokio::test]
async fn a_function_error_is_failed_whatever_else_the_answer_says() {
    for (status, code) in [
        (200, ""),
        (202, ""),
        (200, "TooManyRequestsException"),
        (302, ""),
        (403, "AccessDeniedException"),
        (404, "ResourceNotFoundException"),
        (429, ""),
        (429, "TooManyRequestsException"),
        (502, "EC2ThrottledException"),
        (503, "ServiceException"),
        (599, "Anything"),
    ] {
        for (invocation_type, version) in TYPES.into_iter().zip(["", "7", "$LATEST"]) {
            let answer = marked(status)
                .insert_header("x-amz-function-error", "Unhandled")
                .insert_header("x-amzn-errortype", code)
                .insert_header("x-amz-executed-version", version)
                .insert_header("x-amz-log-result", STANDARD.encode("END").as_str())
                .set_body_string("{\"errorType\":\"ValueError\"}");
            let server = lambda(answer).await;
            let request = InvokeRequest { invocation_type, log_tail: true, ..call("adder") };
            let answer = ports(&server.uri()).invoker.invoke(request).await.unwrap();
            let AnswerOutcome::FunctionError(error) = answer.outcome else { panic!("{status} {answer:?}") };
            assert_eq!(
                (error.kind.as_deref(), error.error_type.as_deref()),
                (Some("Unhandled"), Some("ValueError"))
            );
            assert_eq!((answer.http_status, answer.unmarked), (Some(status), false));
            assert_eq!(answer.response, b"{\"errorType\":\"ValueError\"}");
            assert_eq!(answer.executed_version.unwrap_or_default(), version);
            assert_eq!(answer.log_tail.as_deref(), Some("END"));
            only_request(&server).await;
        }
    }
}

#[tokio::test]
async fn an_answer_that_contradicts_itself_proves_nothing() {
    let ran = ("x-amz-executed-version", "7");
    let refused = |code| ("x-amzn-errortype", code);
    for (status, headers, body) in [
        (429, vec![ran, refused("TooManyRequestsException")], "{}"),
        (429, vec![("x-amz-function-error", ""), refused("TooManyRequestsException")], "{}"),
        (429, vec![ran], "{\"__type\":\"TooManyRequestsException\"}"),
        (404, vec![ran, refused("ResourceNotFoundException")], "{}"),
        (502, vec![ran, refused("EC2ThrottledException")], "{}"),
        (
            400,
            vec![ran, refused("InvalidParameterValueException")],
            "{\"message\":\"LogType Tail is not supported\"}",
        ),
        (200, vec![refused("TooManyRequestsException")], "{}"),
        (200, vec![ran, refused("com.amazonaws.lambda#ServiceException:http://internal/")], "{}"),
        (200, vec![refused("SquidException")], "{}"),
        (202, vec![refused("AccessDeniedException")], ""),
        (204, vec![refused("ResourceNotFoundException")], ""),
    ] {
        for invocation_type in TYPES {
            let answer = headers
                .iter()
                .fold(marked(status), |answer, (name, value)| answer.insert_header(*name, *value));
            let server = lambda(answer.set_body_string(body)).await;
            let request = InvokeRequest { invocation_type, log_tail: true, ..call("adder") };
            let error = ports(&server.uri()).invoker.invoke(request).await.unwrap_err();
            assert_eq!(
                (error.delivery, error.start),
                (Delivery::Answered, Start::MayHaveStarted),
                "{error:?}"
            );
            assert_eq!((error.code.clone(), error.http_status), (ErrorCode::UnexpectedAnswer, Some(status)));
            assert!(error.message.contains("contradicts itself") && !error.transient, "{error}");
            assert!(error.request_id.is_some() && error.provider_code.is_some());
            only_request(&server).await;
        }
    }
}

#[tokio::test]
async fn an_answer_not_from_lambda_is_unidentified_and_not_retried() {
    for status in [200, 202, 204, 302, 400, 403, 404, 407, 408, 413, 429, 500, 502, 503, 504] {
        for invocation_type in
            [InvocationType::RequestResponse, InvocationType::Event, InvocationType::DryRun]
        {
            let page = if status == 204 { "" } else { "<html>please sign in</html>" };
            let answer = ResponseTemplate::new(status)
                .insert_header("x-amz-request-id", "a bucket")
                .insert_header("retry-after", "1")
                .set_body_string(page);
            let server = lambda(answer).await;
            let request = InvokeRequest { invocation_type, log_tail: true, ..call("adder") };
            let answer = ports(&server.uri()).invoker.invoke(request).await.unwrap();
            let (outcome, http_status) = (&answer.outcome, answer.http_status);
            assert_eq!((outcome, http_status), (&AnswerOutcome::Unidentified, Some(status)));
            assert_eq!((answer.request_id, answer.response), (None, Vec::new()), "whose it is nobody knows");
            only_request(&server).await;
        }
    }
}

#[tokio::test]
async fn an_error_code_in_the_body_does_not_identify_lambda() {
    let body = "{\"__type\": \"TooManyRequestsException\", \"message\": \"Rate Exceeded.\"}";
    let server = lambda(ResponseTemplate::new(429).set_body_string(body)).await;
    let answer = ports(&server.uri()).invoker.invoke(call("adder")).await.unwrap();
    assert_eq!(answer.outcome, AnswerOutcome::Unidentified);
    only_request(&server).await;
}

#[tokio::test]
async fn every_header_that_only_lambda_sets_identifies_lambda() {
    use AnswerOutcome::{Returned, Unidentified};
    for (header, value, outcome) in [
        ("x-amzn-requestid", "1", Returned),
        ("x-amz-executed-version", "1", Returned),
        ("x-amzn-errortype", "SquidException", Unidentified),
        ("x-amzn-errortype", "", Unidentified),
        ("x-amzn-requestid", "", Unidentified),
        ("x-amz-executed-version", " ", Unidentified),
        ("x-amz-log-result", "1", Unidentified),
        ("x-amzn-trace-id", "1", Unidentified),
        ("x-amz-apigw-id", "1", Unidentified),
        ("x-amz-cf-id", "1", Unidentified),
    ] {
        let server =
            lambda(ResponseTemplate::new(200).insert_header(header, value).set_body_string("2")).await;
        let answer = ports(&server.uri()).invoker.invoke(call("adder")).await.unwrap();
        let response = if outcome == Returned { b"2".as_slice() } else { b"" };
        assert_eq!((answer.outcome, answer.response.as_slice()), (outcome, response), "{header}: {value}");
    }
}

#[tokio::test]
async fn an_answer_without_a_mark_says_who_seems_to_have_sent_it() {
    let page = format!("<html><h1>Blocked</h1> for {SESSION_TOKEN}, see <a>the policy</a></html>");
    let answer = ResponseTemplate::new(403)
        .insert_header("server", "squid/6")
        .insert_header("via", "1.1 gate")
        .set_body_raw(page, "text/html; charset=utf-8");
    let server = lambda(answer).await;
    let answer = ports(&server.uri()).invoker.invoke(call("adder")).await.unwrap();
    let origin = answer.origin.unwrap();
    assert_eq!(
        origin.describe(|_| false),
        "content type text/html, server squid/6, via 1.1 gate, text \"Blocked for ********, see the policy\""
    );
    let hint = origin.hint.unwrap();
    assert!(hint.parts().contains(&HintPart::Setting(SettingName::UnmarkedAnswers)), "{hint}");
    assert!(!format!("{:?}", origin.text).contains(SESSION_TOKEN));
}

#[tokio::test]
async fn six_megabytes_are_sent_and_received() {
    let event = format!("\"{}\"", "x".repeat(6 * 1024 * 1024 - 2));
    let server = lambda(marked(200).set_body_string(event.clone())).await;
    let answer = ports(&server.uri()).invoker.invoke(call_with("echo", &event)).await.unwrap();
    assert!(answer.response == event.as_bytes());
    assert!(only_request(&server).await.body == event.as_bytes());
}

#[tokio::test]
async fn the_client_context_is_measured_before_anything_is_sent() {
    let server = lambda(marked(200)).await;
    let invoker = ports(&server.uri()).invoker;
    let with_context = |bytes: usize| InvokeRequest {
        client_context: Some(format!("\"{}\"", "x".repeat(bytes - 2))),
        ..call("adder")
    };
    let error = invoker.invoke(with_context(2686)).await.unwrap_err();
    assert_eq!((error.delivery, error.start), (Delivery::NotSent, Start::DidNotStart));
    assert_eq!((error.kind, error.code.clone()), (PortErrorKind::TooLarge, ErrorCode::ClientContextTooLarge));
    assert!(error.message.contains("3584") && error.message.contains("3583"), "{error}");
    assert!(server.received_requests().await.unwrap().is_empty());
    invoker.invoke(with_context(2685)).await.unwrap();
    assert_eq!(header(&only_request(&server).await, "x-amz-client-context").map(str::len), Some(3580));
}

#[tokio::test]
async fn opening_sends_nothing_and_refuses_invalid_urls() {
    let server = lambda(ResponseTemplate::new(200)).await;
    let ports = ports(&server.uri());
    assert!(format!("{ports:?}").contains("eu-west-1"));
    assert!(server.received_requests().await.unwrap().is_empty());
    for endpoint in ["localhost:4566", "", "ftp://example.com"] {
        let error = open(config(endpoint)).unwrap_err();
        assert_eq!(
            (error.kind, error.code.clone()),
            (PortErrorKind::InvalidRequest, ErrorCode::InvalidEndpoint)
        );
    }
}

#[tokio::test]
async fn a_page_is_neither_who_we_are_nor_a_missing_permission() {
    for status in [200, 403, 404, 429] {
        let page = ResponseTemplate::new(status).set_body_raw("<html>please sign in</html>", "text/html");
        let server = lambda(page).await;
        let error = ports(&server.uri()).identity.who_am_i().await.unwrap_err();
        assert_eq!((error.kind, error.code.clone()), (PortErrorKind::Corrupt, ErrorCode::UnidentifiedAnswer));
        let told = format!("is not from AWS: HTTP {status} (content type text/html)");
        assert!(error.message.ends_with(&told), "{}", error.message);
    }
}

#[tokio::test]
async fn the_caller_identity_comes_from_sts() {
    let xml = "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
        <GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/ada</Arn>\
        <UserId>AIDA</UserId><Account>123456789012</Account></GetCallerIdentityResult>\
        </GetCallerIdentityResponse>";
    let server = lambda(marked(200).set_body_raw(xml, "text/xml")).await;
    let principal = ports(&server.uri()).identity.who_am_i().await.unwrap();
    let (account, reference) =
        (Some("123456789012".to_owned()), "arn:aws:iam::123456789012:user/ada".to_owned());
    assert_eq!(principal, Some(Principal { account, reference }));
    let server = lambda(ResponseTemplate::new(200).set_body_raw(xml, "text/xml")).await;
    let error = ports(&server.uri()).identity.who_am_i().await.unwrap_err();
    assert_eq!(error.code, ErrorCode::UnidentifiedAnswer, "without a mark it may be anybody's");

    let xml = "<ErrorResponse><Error><Type>Sender</Type><Code>ExpiredToken</Code>\
        <Message>The security token included in the request is expired</Message></Error></ErrorResponse>";
    let server = lambda(marked(403).set_body_raw(xml, "text/xml")).await;
    let error = ports(&server.uri()).identity.who_am_i().await.unwrap_err();
    assert_eq!(
        (error.kind, error.code.clone()),
        (PortErrorKind::Unauthenticated, ErrorCode::NotAuthenticated)
    );
    assert_eq!(error.message, "the credentials have expired");
}
