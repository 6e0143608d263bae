//! Servers that repeat what they were asked, as proxies and error pages do, and AWS itself: where a signature is wrong it
//! repeats the canonical request, and the session token is in it. Nothing of that is passed on.

use crate::no_secret_bench::Bench;
use lamplight_testkit::http::{Answer, Request, decode};
use serde_json::json;
use std::sync::Arc;

const HOSTS: [&str; 6] = [
    "idp.example.com",
    "vault.example.com:8200",
    "login.microsoftonline.com",
    "sts.eu-west-1.amazonaws.com",
    "lambda.eu-west-1.amazonaws.com",
    "secretsmanager.eu-west-1.amazonaws.com",
];

#[derive(Debug, Clone, Copy)]
enum Form {
    Json,
    Xml,
    Page,
}

/// An answer that holds what is secret of a request, first of all since long answers are cut, as it came and without
/// its encoding.
fn repeating(request: &Request, status: u16, form: Form) -> Answer {
    let secrets = ["x-amz-security-token", "x-vault-token", "authorization"];
    let mut words: String = secrets.iter().filter_map(|name| request.header(name)).collect();
    let body = request.text().unwrap_or_default();
    for pair in body.split('&') {
        let value = pair.split_once('=').map_or(pair, |(_, value)| value);
        let plain = decode(&value.replace('+', " ")).unwrap_or_default();
        // The secrets are the long ones.
        if plain.len() > 30 && !plain.starts_with("urn:") {
            words = format!("{words}\n{plain}\n{value}");
        }
    }
    let xml = words.replace('&', "&amp;").replace('<', "&lt;");
    match form {
        Form::Json => {
            let body = json!({
                "error": "invalid_client",
                "error_description": words,
                "errors": [words],
                "message": words,
                "Message": words,
                "__type": "AccessDeniedException",
            });
            Answer::json(status, &body).with("x-amzn-errortype", "InvalidSignatureException")
        }
        Form::Xml => {
            let text = format!(
                "<ErrorResponse><Error><Type>Sender</Type><Code>SignatureDoesNotMatch</Code><Message>{xml}</Message>\
                 </Error><RequestId>x</RequestId></ErrorResponse>"
            );
            Answer::new(status, "text/xml", text)
        }
        Form::Page => Answer::new(status, "text/html", format!("<html><body>{xml}</body></html>")),
    }
}

fn try_all(status: u16, forms: &[Form], verbs: &[&[&str]]) {
    let bench = Bench::new();
    for form in forms.iter().copied() {
        for host in HOSTS {
            let answer = move |_: &str, request: &Request| Ok(repeating(request, status, form));
            bench.world.https(host, Arc::new(answer));
        }
        for connection in ["session", "token", "idp", "vault", "managed", "workload"] {
            for verb in verbs {
                let done = bench.run(&[verb, &["-c", connection][..]].concat());
                assert_ne!(done.code, 0, "{connection}");
            }
        }
    }
    bench.look_at_the_wire(&["session token", "identity token", "client secret", "vault token"]);
}

const VERBS: [&[&str]; 4] = [&["run", "quiet"], &["run", "quiet", "-o", "json"], &["discover"], &["doctor"]];

#[test]
fn no_bad_request_error_leaves_a_secret() {
    try_all(400, &[Form::Json, Form::Page], &VERBS);
}

#[test]
fn no_denial_leaves_a_secret() {
    try_all(403, &[Form::Json, Form::Xml], &VERBS);
}

/// What the SDK asks again takes its time, so there is less of it.
#[test]
fn no_service_failure_leaves_a_secret() {
    try_all(500, &[Form::Json], &[&["run", "quiet"]]);
    try_all(500, &[Form::Xml], &[&["run", "quiet"]]);
}
