//! What is only shown: the same request, and nothing on the wire.

use super::{CHANGES, Called, call, described};
use crate::{
    server::{Reaction, Received, Server, answer},
    support::{config, ports},
};
use lamplight_aws_adapter::{AwsConnectionConfig, CredentialsSource, open};
use lamplight_aws_model::Operation;
use lamplight_domain::MASK;
use lamplight_ports::{Effect, RequestPreview};
use serde_json::Value;

const SHOW: Effect = Effect::Show { secrets: false };

fn shown(called: Called) -> RequestPreview {
    match called {
        Called::Shown(preview) => preview,
        other => panic!("it was made: {other:?}"),
    }
}

#[tokio::test]
async fn what_is_shown_is_what_would_be_sent() {
    for operation in CHANGES {
        let body = operation.members().map_or_else(String::new, |_| described().to_string());
        let status = operation.statuses()[0];
        let server =
            Server::start(move |_: &Received| Reaction::Answer(answer(status, &[], body.as_bytes()))).await;
        let management = ports(&server.url()).management;
        let preview = shown(call(&management, operation, SHOW).await.unwrap());
        assert_eq!(server.connections(), 0, "{operation}");

        let outcome = call(&management, operation, Effect::Make).await.unwrap();
        assert!(matches!(outcome, Called::Made), "{operation}: {outcome:?}");
        let requests = server.requests();
        let [sent] = &requests[..] else { panic!("{operation}: {} requests", requests.len()) };
        assert_eq!(preview.operation, operation.name());
        assert_eq!(preview.method, sent.method, "{operation}");
        assert_eq!(preview.url, format!("{}{}", server.url(), sent.target), "{operation}");
        let json = |body: &[u8]| serde_json::from_slice::<Value>(body).unwrap();
        let mut sent_body = (!sent.body.is_empty()).then(|| json(&sent.body));
        if let Some(token) = sent_body.as_mut().and_then(|body| body.get_mut("EventSourceToken")) {
            *token = MASK.into();
        }
        assert_eq!(preview.body.map(|body| json(body.as_bytes())), sent_body, "{operation}");
    }
}

#[tokio::test]
async fn a_look_needs_no_credentials_and_no_endpoint() {
    let source = CredentialsSource::Profile("no-such-profile".to_owned());
    let config =
        AwsConnectionConfig { endpoint_url: None, credentials: source, ..config("http://127.0.0.1:9") };
    let management = open(config).unwrap().management;
    let preview = shown(call(&management, Operation::RemovePermission, SHOW).await.unwrap());
    assert_eq!(
        preview,
        RequestPreview {
            operation: "RemovePermission",
            method: "DELETE".to_owned(),
            url: "https://lambda.eu-west-1.amazonaws.com/2015-03-31/functions/\
                  arn%3Aaws%3Alambda%3Aeu-west-1%3A123456789012%3Afunction%3Aadder/policy/s3?Qualifier=live"
                .to_owned(),
            body: None,
        }
    );
}
