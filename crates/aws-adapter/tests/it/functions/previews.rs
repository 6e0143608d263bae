//! What is only shown: the same request, and nothing on the wire.

use super::{CHANGES, SECRET, call, create, described, every_setting, package};
use crate::{
    server::{Reaction, Received, Server, answer},
    support::{config, ports},
};
use lamplight_aws_adapter::{AwsConnectionConfig, CredentialsSource, open};
use lamplight_aws_model::Operation;
use lamplight_domain::{FunctionRef, MASK};
use lamplight_ports::{Changed, Effect, RequestPreview, TagChange};
use serde_json::{Value, json};

const SHOW: Effect = Effect::Show { secrets: false };
const SHOW_ALL: Effect = Effect::Show { secrets: true };

fn shown<T: std::fmt::Debug>(changed: Changed<T>) -> RequestPreview {
    match changed {
        Changed::Shown(preview) => preview,
        Changed::Made(made) => panic!("it was made: {made:?}"),
    }
}

/// What stands in the place of code.
fn without_code(mut body: Value) -> Value {
    for place in ["/ZipFile", "/Code/ZipFile"] {
        if let Some(code) = body.pointer_mut(place) {
            assert_eq!(*code, json!("UEstemlw"));
            *code = json!(format!("<6 bytes, SHA-256 {}>", super::SHA256));
        }
    }
    body
}

#[tokio::test]
async fn what_is_shown_is_what_would_be_sent() {
    for operation in CHANGES {
        let body = operation.members().map_or_else(String::new, |_| described().to_string());
        let status = operation.statuses()[0];
        let server =
            Server::start(move |_: &Received| Reaction::Answer(answer(status, &[], body.as_bytes()))).await;
        let functions = ports(&server.url()).management.functions;
        let preview = shown(call(functions.as_ref(), operation, SHOW_ALL).await.unwrap());
        assert_eq!(server.connections(), 0, "{operation}");

        let Changed::Made(()) = call(functions.as_ref(), operation, Effect::Make).await.unwrap() else {
            panic!("{operation} was not made")
        };
        let requests = server.requests();
        let [sent] = &requests[..] else { panic!("{operation}: {} requests", requests.len()) };
        assert_eq!(preview.operation, operation.name());
        assert_eq!(preview.method, sent.method, "{operation}");
        assert_eq!(preview.url, format!("{}{}", server.url(), sent.target), "{operation}");
        let sent_body = (!sent.body.is_empty()).then(|| serde_json::from_slice(&sent.body).unwrap());
        let shown_body = preview.body.map(|body| serde_json::from_str::<Value>(&body).unwrap());
        assert_eq!(shown_body, sent_body.map(without_code), "{operation}");
    }
}

#[tokio::test]
async fn values_of_the_environment_are_masked_unless_asked_for() {
    let functions = ports("http://127.0.0.1:9").management.functions;
    for (effect, value) in [(SHOW, MASK), (SHOW_ALL, SECRET)] {
        let preview = shown(functions.create(create(package(), every_setting()), effect).await.unwrap());
        let body: Value = serde_json::from_str(preview.body.as_deref().unwrap()).unwrap();
        assert_eq!(body["Environment"]["Variables"]["PASSWORD"], json!(value));
        assert_eq!(body["MemorySize"], json!(256));
        assert_eq!(format!("{preview:?}").contains("hunter2"), value == SECRET);
    }
}

#[tokio::test]
async fn a_look_needs_no_credentials_and_no_endpoint() {
    let source = CredentialsSource::Profile("no-such-profile".to_owned());
    let config =
        AwsConnectionConfig { endpoint_url: None, credentials: source, ..config("http://127.0.0.1:9") };
    let functions = open(config).unwrap().management.functions;
    let preview = shown(call(functions.as_ref(), Operation::DeleteFunction, SHOW).await.unwrap());
    assert_eq!(
        preview,
        RequestPreview {
            operation: "DeleteFunction",
            method: "DELETE".to_owned(),
            url: "https://lambda.eu-west-1.amazonaws.com/2015-03-31/functions/\
                  arn%3Aaws%3Alambda%3Aeu-west-1%3A123456789012%3Afunction%3Aadder"
                .to_owned(),
            body: None,
        }
    );
}

#[tokio::test]
async fn a_look_at_tags_reads_the_arn_and_changes_nothing() {
    let body = described().to_string();
    let server = Server::start(move |_: &Received| Reaction::Answer(answer(200, &[], body.as_bytes()))).await;
    let functions = ports(&server.url()).management.functions;
    let by_name = FunctionRef::by_name("adder".parse().unwrap());
    let change = TagChange { set: super::tags(&[("team", "sums")]), remove: vec!["stage".to_owned()] };
    let preview = shown(functions.tag(&by_name, change, SHOW).await.unwrap());
    assert_eq!((preview.operation, preview.method.as_str()), ("TagResource", "POST"));
    let methods: Vec<String> = server.requests().into_iter().map(|request| request.method).collect();
    assert_eq!(methods, ["GET"]);
}
