//! Stopping in order, and at once.

use crate::{
    lambda::Lambda,
    process::{Home, Server},
};
use std::time::Duration;

const RUN: &str = r#"{"function":"f","connection":"null","payload":{"n":1}}"#;

/// Starts a run and waits until it is sent.
fn under_way(server: &Server, token: &str, lambda: &Lambda) -> String {
    let made = server.send(token, "POST", "/api/v1/runs", RUN);
    assert_eq!(made.status, 202, "{made:?}");
    while lambda.counts().is_empty() {
        crate::process::pass(Duration::from_millis(10));
    }
    made.json()["key"].as_str().unwrap().to_owned()
}

fn state(home: &Home, token: &str, key: &str) -> String {
    let run = home.start(&[]).send(token, "GET", &format!("/api/v1/runs/{key}"), "");
    run.json()["state"].as_str().unwrap().to_owned()
}

#[test]
fn a_run_under_way_ends_before_the_server_does() {
    let lambda = Lambda::start(Duration::from_secs(1));
    let home = Home::new(&lambda.config());
    let token = home.token();
    let server = home.start(&[]);
    let key = under_way(&server, &token, &lambda);
    server.signal("-TERM");
    server.line("stopping");
    assert_eq!(server.exit_code(), Some(0));
    assert_eq!(
        (state(&home, &token, &key).as_str(), lambda.counts().values().sum::<u32>()),
        ("succeeded", 1)
    );
}

#[test]
fn a_second_signal_ends_at_once_and_leaves_the_truth() {
    let lambda = Lambda::start(Duration::from_secs(20));
    let home = Home::new(&lambda.config());
    let token = home.token();
    let server = home.start(&[]);
    let key = under_way(&server, &token, &lambda);
    server.signal("-TERM");
    server.line("stopping");
    server.signal("-TERM");
    assert_eq!(server.exit_code(), Some(1));
    assert_eq!((state(&home, &token, &key).as_str(), lambda.counts().values().sum::<u32>()), ("unknown", 1));
}
