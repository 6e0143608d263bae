//! Connections that accept answers without Lambda's mark: AWS's runtime interface emulator, `sam local start-lambda`.

use crate::{
    server::{Reaction, Received, Server, answer},
    support::{call, call_with, config, ports},
};
use lamplight_aws_adapter::{AwsConnectionConfig, AwsInvoker, open};
use lamplight_domain::{AnswerOutcome, ErrorCode, InvocationType, Start};
use lamplight_ports::{InvokeRequest, Invoker, PortErrorKind};
use std::sync::Arc;

const JSON: (&str, &str) = ("content-type", "application/json");

fn accepting(url: &str) -> Arc<AwsInvoker> {
    open(AwsConnectionConfig { unmarked_answers: true, ..config(url) }).unwrap().invoker
}

fn local_error(status: u16, kind: &str, message: &str) -> Reaction {
    let body = format!("{{\"Type\":\"LocalService\",\"Message\":\"{message}\"}}");
    Reaction::Answer(answer(status, &[JSON, ("x-amzn-errortype", kind)], body.as_bytes()))
}

/// A stub that behaves as `sam local start-lambda` does (aws-sam-cli, `samcli/local/lambda_service`): it sends no request ID,
/// and refuses the log tail, other content types and queries.
fn sam(request: &Received) -> Reaction {
    let header = |name: &str| request.headers.get(name).map_or("", String::as_str);
    if header("content-type") != "application/json" {
        return local_error(415, "UnsupportedMediaType", "Unsupported content type");
    }
    if !matches!(header("x-amz-log-type"), "" | "None") {
        return local_error(
            501,
            "NotImplemented",
            "log-type: Tail is not supported. None is only supported.",
        );
    }
    if request.target.contains('?') {
        return local_error(400, "InvalidRequestContentException", "Query Parameters are not supported");
    }
    match (request.function(), header("x-amz-invocation-type")) {
        ("missing", _) => local_error(404, "ResourceNotFound", "Function not found"),
        (_, "Event") => Reaction::Answer(answer(202, &[JSON], b"")),
        (_, "DryRun") => local_error(501, "NotImplemented", "invocation-type: DryRun is not supported"),
        ("broken", _) => Reaction::Answer(answer(
            200,
            &[JSON, ("x-amz-function-error", "Unhandled")],
            b"{\"errorType\":\"ValueError\",\"errorMessage\":\"no\"}",
        )),
        _ => Reaction::Answer(answer(200, &[JSON], &request.body)),
    }
}

#[tokio::test]
async fn sam_local_start_lambda_works() {
    let server = Server::start(sam).await;
    let invoker = accepting(&server.url());
    let echoed = InvokeRequest { log_tail: true, ..call_with("echo", "{\"a\":1}") };
    let answer = invoker.invoke(echoed).await.unwrap();
    assert_eq!((answer.outcome, answer.response), (AnswerOutcome::Returned, b"{\"a\":1}".to_vec()));
    assert!(answer.unmarked && answer.refused_feature.is_none() && answer.request_id.is_none());
    assert_eq!(server.executions("echo"), 1);

    let answer = invoker.invoke(InvokeRequest { log_tail: true, ..call("broken") }).await.unwrap();
    let AnswerOutcome::FunctionError(error) = answer.outcome else { panic!("{answer:?}") };
    assert_eq!((error.kind.as_deref(), error.error_type.as_deref()), (Some("Unhandled"), Some("ValueError")));
    assert!(!answer.unmarked, "the function error is a mark");

    let event = InvokeRequest { invocation_type: InvocationType::Event, ..call("echo") };
    let answer = invoker.invoke(event).await.unwrap();
    assert_eq!((answer.outcome, answer.unmarked), (AnswerOutcome::Accepted, true));

    let error = invoker.invoke(call("missing")).await.unwrap_err();
    assert_eq!((error.kind, error.code.clone()), (PortErrorKind::NotFound, ErrorCode::FunctionNotFound));
    assert_eq!(error.start, Start::DidNotStart);

    let dry = InvokeRequest { invocation_type: InvocationType::DryRun, ..call("echo") };
    assert_eq!(invoker.invoke(dry).await.unwrap().outcome, AnswerOutcome::Unidentified);
}

#[tokio::test]
async fn without_the_setting_sams_answers_prove_nothing() {
    let server = Server::start(sam).await;
    for function in ["echo", "missing"] {
        let answer = ports(&server.url()).invoker.invoke(call(function)).await.unwrap();
        assert_eq!(answer.outcome, AnswerOutcome::Unidentified, "{function}");
        assert!(answer.origin.unwrap().hint.is_some());
    }
}

#[tokio::test]
async fn the_runtime_interface_emulator_marks_nothing_and_answers_200_to_everything() {
    for (status, body, is_error) in [
        (200, "{\"sum\":3}", false),
        (200, "null", false),
        (200, "", false),
        (200, "{\"errorMessage\":\"no\",\"errorType\":\"E\",\"stackTrace\":[]}", true),
        (200, "Task timed out after 3.00 seconds", true),
        (502, "{\"errorType\":\"Runtime.ExitError\",\"errorMessage\":\"exit status 1\"}", true),
    ] {
        let rie =
            Server::start(move |_: &Received| Reaction::Answer(answer(status, &[], body.as_bytes()))).await;
        let answer = accepting(&rie.url()).invoke(call("function")).await.unwrap();
        assert_eq!(answer.outcome.is_function_error(), is_error, "{status} {body}");
        assert!(is_error || answer.outcome == AnswerOutcome::Returned, "{status} {body}");
        assert!(answer.unmarked && answer.response == body.as_bytes(), "{status} {body}");
        assert_eq!(rie.executions("function"), 1);
    }
}

#[tokio::test]
async fn a_page_is_accepted_by_nobody() {
    for (status, body) in [
        (200, "<!doctype html><p>sign in"),
        (403, "{}"),
        (404, ""),
        (429, "busy"),
        (500, ""),
        (503, "{}"),
        (302, ""),
    ] {
        let server =
            Server::start(move |_: &Received| Reaction::Answer(answer(status, &[], body.as_bytes()))).await;
        let answer = accepting(&server.url()).invoke(call("f")).await.unwrap();
        assert_eq!(answer.outcome, AnswerOutcome::Unidentified, "{status} {body}");
        assert!(!answer.unmarked && answer.origin.unwrap().hint.is_none());
        assert_eq!(server.executions("f"), 1);
    }
}
