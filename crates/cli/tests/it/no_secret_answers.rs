//! Servers that repeat what they were asked, as proxies and error pages do, and AWS itself: where a signature is wrong it
//! repeats the canonical request, and the session token is in it. Nothing of that is passed on.

use crate::{
    no_secret_bench::Bench,
    stubs::http::{Answer, Request, decode},
};
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

/// An answer that holds the whole request, as it came and without its encoding.
fn repeating(request: &Request, status: u16, form: Form) -> Answer {
    let raw = String::from_utf8_lossy(&request.raw).into_owned();
    let plain = decode(&raw.replace('+', " ")).unwrap_or_default();
    let words = format!("{raw}\n{plain}");
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

fn try_all(status: u16) {
    let bench = Bench::new();
    for form in [Form::Json, Form::Xml, Form::Page] {
        for host in HOSTS {
            let answer = move |_: &str, request: &Request| Ok(repeating(request, status, form));
            bench.world.https(host, Arc::new(answer));
        }
        for connection in ["session", "token", "idp", "vault", "managed", "workload"] {
            let done = bench.run(&["run", "quiet", "-c", connection, "--output", "json"]);
            assert_ne!(done.code, 0, "{connection}");
            bench.run(&["run", "quiet", "-c", connection]);
            bench.run(&["doctor", "-c", connection]);
        }
    }
    bench.look_at_the_wire(&["session token", "identity token", "client secret", "vault token"]);
}

#[test]
fn no_bad_request_comes_back() {
    try_all(400);
}

#[test]
fn no_denial_comes_back() {
    try_all(403);
}

#[test]
fn no_failure_comes_back() {
    try_all(500);
}
