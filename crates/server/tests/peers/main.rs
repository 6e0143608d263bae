//! The built server with independent programs: real functions behind it, and a real browser, a tester of OpenAPI documents
//! and a Python program in front of it.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and reads where its peers are"
)]

#[path = "../it/process.rs"]
#[expect(dead_code, reason = "shared with the other tests of the server")]
mod process;

use process::{Home, Server};
use std::process::Command;

/// A setting of `cargo xtask peers run`. Without it there is no peer, and the test fails.
fn peer(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set: run this with `cargo xtask peers run`"))
}

/// A server whose connection `ministack` runs real Python functions.
fn start() -> (Home, Server, String) {
    let config = format!(
        "[connections.ministack]\nregion = \"us-east-1\"\nendpoint_url = \"{}\"\nunmarked_answers = true\n\
         [connections.ministack.auth.access-key]\naccess_key_id = \"env:KEY\"\nsecret_access_key = \"env:KEY\"\n",
        peer("LAMPLIGHT_TEST_MINISTACK_URL")
    );
    let home = Home::new(&config);
    let token = home.token();
    let server = home.start(&[]);
    (home, server, token)
}

/// Runs a program of a peer; fails with all that it said.
fn run(mut command: Command) {
    let done = command.output().unwrap();
    let said = String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success(), "{said}\n{}", String::from_utf8_lossy(&done.stderr));
}

fn script(name: &str) -> String {
    format!("{}/tests/peers/{name}", env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn a_person_uses_every_page_in_a_real_browser() {
    let (_home, server, token) = start();
    let lost = r#"{"name":"lost","connection":"demo","function":"lost"}"#;
    assert_eq!(server.send(&token, "POST", "/api/v1/jobs", lost).status, 201);
    for (function, settings) in
        [("mirror", r#"{"invocation_type":"Event"}"#), ("busy", r#"{"max_attempts":1}"#)]
    {
        let body = format!(
            r#"{{"function":"{function}","connection":"demo","payload":{{}},"settings":{settings}}}"#
        );
        assert!(server.send(&token, "POST", "/api/v1/runs?wait=20", &body).status < 300);
    }
    let mut node = Command::new("node");
    node.arg(script("browser.mjs"));
    node.env("BASE", format!("http://{}", server.address)).env("LINK", &server.link);
    node.env("MODULES", peer("LAMPLIGHT_TEST_BROWSER_MODULES"));
    node.env("CONNECTION", "ministack").env("UNKNOWN_JOB", "lost");
    // `SHOTS=docs/ui` renews the pictures in the documentation.
    run(node);
}

#[test]
fn every_answer_is_one_that_the_openapi_document_describes() {
    let (home, server, token) = start();
    let mut schemathesis = Command::new(peer("LAMPLIGHT_TEST_SCHEMATHESIS"));
    schemathesis.args(["run", &format!("http://{}/api/v1/openapi.json", server.address)]);
    schemathesis.args(["--header", &format!("Authorization: Bearer {token}")]);
    // A stream of events never ends.
    schemathesis.args(["--exclude-path", "/api/v1/events"]);
    let checks =
        "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance";
    schemathesis.args(["--checks", checks, "--phases", "coverage,fuzzing", "--max-examples", "8"]);
    schemathesis.args(["--seed", "1", "--no-color", "--request-timeout", "30"]);
    schemathesis.current_dir(home.path());
    run(schemathesis);
}

#[test]
fn a_python_program_reads_exports_and_resumes_events() {
    let (_home, server, token) = start();
    let mut python = Command::new(peer("LAMPLIGHT_TEST_PYTHON"));
    python.arg(script("consumer.py")).args([&format!("http://{}", server.address), &token]);
    run(python);
}
