//! Previews show the same request as the change itself, and send nothing.

use super::{CHANGES, Called, TOKEN, call, described};
use crate::{
    functions::{SECRET, SHA256, create, every_setting, package, tags},
    server::{Reaction, Received, Server, answer},
    support::{config, ports},
};
use lamplight_aws_adapter::{AwsConnectionConfig, CredentialsSource, open};
use lamplight_aws_model::Operation;
use lamplight_domain::{FunctionRef, MASK};
use lamplight_ports::{Effect, RequestPreview, TagChange};
use serde_json::{Value, json};

const SHOW: Effect = Effect::Show { secrets: false };
const SHOW_ALL: Effect = Effect::Show { secrets: true };

fn shown(called: impl Into<Called>) -> RequestPreview {
    match called.into() {
        Called::Shown(preview) => preview,
        other => panic!("it was made: {other:?}"),
    }
}

fn json_of(body: &[u8]) -> Option<Value> {
    (!body.is_empty()).then(|| serde_json::from_slice(body).unwrap())
}

/// The text that replaces code.
fn without_code(mut body: Value) -> Value {
    for place in ["/ZipFile", "/Code/ZipFile"] {
        if let Some(code) = body.pointer_mut(place) {
            assert_eq!(*code, json!("UEstemlw"));
            *code = json!(format!("<6 bytes, SHA-256 {SHA256}>"));
        }
    }
    body
}

#[tokio::test]
async fn what_is_shown_is_what_would_be_sent() {
    for operation in CHANGES {
        let body = operation.members().map_or_else(String::new, |_| described(operation).to_string());
        let status = operation.statuses()[0];
        let server = Server::start(move |_: &Received| {
            Reaction::Answer(answer(status, &[crate::server::MARK], body.as_bytes()))
        })
        .await;
        let management = ports(&server.url()).management;
        let preview = shown(call(&management, operation, SHOW_ALL).await.unwrap());
        assert_eq!(server.connections(), 0, "{operation}");

        let outcome = call(&management, operation, Effect::Make).await.unwrap();
        assert!(matches!(outcome, Called::Made), "{operation}: {outcome:?}");
        let requests = server.requests();
        let [sent] = &requests[..] else { panic!("{operation}: {} requests", requests.len()) };
        assert_eq!(preview.operation, operation.name());
        assert_eq!(preview.method, sent.method, "{operation}");
        assert_eq!(preview.url, format!("{}{}", server.url(), sent.target), "{operation}");
        let shown_body = preview.body.and_then(|body| json_of(body.as_bytes()));
        assert_eq!(shown_body, json_of(&sent.body).map(without_code), "{operation}");
    }
}

#[tokio::test]
async fn secrets_are_masked_unless_asked_for() {
    let management = ports("http://127.0.0.1:9").management;
    for effect in [SHOW, SHOW_ALL] {
        let function = management.functions.create(create(package(), every_setting()), effect).await;
        let statement = call(&management, Operation::AddPermission, effect).await;
        for (preview, place, secret) in [
            (shown(function.unwrap()), "/Environment/Variables/PASSWORD", SECRET),
            (shown(statement.unwrap()), "/EventSourceToken", TOKEN),
        ] {
            let body: Value = serde_json::from_str(preview.body.as_deref().unwrap()).unwrap();
            let value = if effect == SHOW { MASK } else { secret };
            assert_eq!(body.pointer(place), Some(&json!(value)));
            assert_eq!(format!("{preview:?}").contains("hunter2"), effect == SHOW_ALL);
        }
    }
}

#[tokio::test]
async fn a_preview_needs_no_credentials_and_no_endpoint() {
    let source = CredentialsSource::Profile("no-such-profile".to_owned());
    let config =
        AwsConnectionConfig { endpoint_url: None, credentials: source, ..config("http://127.0.0.1:9") };
    let management = open(config).unwrap().management;
    for (operation, path) in
        [(Operation::DeleteFunction, ""), (Operation::RemovePermission, "/policy/s3?Qualifier=live")]
    {
        let url = "https://lambda.eu-west-1.amazonaws.com/2015-03-31/functions/\
                   arn%3Aaws%3Alambda%3Aeu-west-1%3A123456789012%3Afunction%3Aadder";
        let expected = RequestPreview {
            operation: operation.name(),
            method: "DELETE".to_owned(),
            url: format!("{url}{path}"),
            body: None,
        };
        assert_eq!(shown(call(&management, operation, SHOW).await.unwrap()), expected);
    }
}

#[tokio::test]
async fn a_preview_of_tags_reads_the_arn_and_changes_nothing() {
    let body = crate::functions::described().to_string();
    let server = Server::start(move |_: &Received| {
        Reaction::Answer(answer(200, &[crate::server::MARK], body.as_bytes()))
    })
    .await;
    let functions = ports(&server.url()).management.functions;
    let by_name = FunctionRef::by_name("adder".parse().unwrap());
    let change = TagChange { set: tags(&[("team", "sums")]), remove: vec!["stage".to_owned()] };
    let preview = shown(functions.tag(&by_name, change, SHOW).await.unwrap());
    assert_eq!((preview.operation, preview.method.as_str()), ("TagResource", "POST"));
    let methods: Vec<String> = server.requests().into_iter().map(|request| request.method).collect();
    assert_eq!(methods, ["GET"]);
}
