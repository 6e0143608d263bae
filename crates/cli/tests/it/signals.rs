//! A process that is stopped or killed in the middle of a run.

use crate::{
    cases::each,
    lamplight::{Lamplight, done},
};
use std::{
    io::Read,
    net::TcpListener,
    process::{Child, Command},
};

const SLOW: &str = "functions: {slow: {timeout_seconds: 900, delay_ms: 60000, answer: echo}}\n";

/// Starts a run that takes a minute and returns when its intent is recorded.
fn start(lamplight: &Lamplight) -> (Child, String) {
    lamplight.file("functions.yaml", SLOW);
    lamplight.file("lamplight.toml", "[connections.sim]\nprovider = \"fake\"\nscript = \"functions.yaml\"\n");
    let mut child = lamplight.command(&["run", "slow", "-c", "sim"]).spawn().unwrap();
    let key = seen_running(lamplight, &mut child);
    (child, key)
}

fn stop(child: &Child, signal: &str) {
    let id = child.id().to_string();
    assert!(Command::new("kill").args([&format!("-{signal}"), &id]).status().unwrap().success());
}

/// The key of the run that the child makes, once its intent is recorded.
fn seen_running(lamplight: &Lamplight, child: &mut Child) -> String {
    // Each look is a process of its own, so this loop cannot spin idly; it ends with the child at the latest.
    loop {
        assert!(child.try_wait().unwrap().is_none(), "the run ended before its intent was seen");
        let runs = lamplight.json(&["runs", "list", "--state", "running"]);
        if let Some(run) = runs["runs"].as_array().and_then(|runs| runs.first()) {
            return run["key"].as_str().unwrap().to_owned();
        }
    }
}

#[test]
fn a_killed_run_is_later_reported_as_unknown() {
    let lamplight = Lamplight::new();
    let (mut child, key) = start(&lamplight);
    let cancelled = lamplight.run(&["cancel", &key]);
    assert_eq!(cancelled.code, 1);
    assert!(cancelled.stderr.contains("cannot be stopped"), "{}", cancelled.stderr);
    child.kill().unwrap();
    child.wait().unwrap();
    let status = lamplight.json(&["status", &key]);
    assert_eq!((&status["state"], &status["status"]), (&"unknown".into(), &"Unknown".into()));
    assert_eq!(status["run"]["evidence"]["kind"], "runner_gone");
    assert_eq!(status["run"]["attempts"], 1, "the call may have been made");
    assert_eq!(status["run_id"], format!("slow/local-{key}#Unknown"));
    let listed = lamplight.json(&["runs", "list", "--state", "unknown"]);
    assert_eq!(listed["runs"].as_array().unwrap().len(), 1);
}

fn a_run_stopped_while_its_credentials_are_awaited_did_not_start(signal: &str) {
    let lamplight = Lamplight::new();
    // The program ends with the one who started it.
    let profile = "[profile slow]\ncredential_process = /usr/bin/tail --pid=$PPID -f /dev/null\n";
    lamplight.file("profiles", profile);
    lamplight.file(
        "lamplight.toml",
        "[connections.aws]\nregion = \"eu-west-1\"\nendpoint_url = \"http://127.0.0.1:9\"\n\
         auth = { profile = { name = \"slow\" } }\n",
    );
    let mut child = lamplight
        .command(&["run", "f", "-c", "aws"])
        .env("AWS_CONFIG_FILE", lamplight.path().join("profiles"))
        .spawn()
        .unwrap();
    let key = seen_running(&lamplight, &mut child);
    stop(&child, signal);
    let done = done(child.wait_with_output().unwrap());
    assert_eq!(done.code, 130, "{done:#?}");
    assert!(done.stderr.contains("stopped before anything was sent"), "{}", done.stderr);
    let run = lamplight.json(&["runs", "show", &key]);
    assert_eq!((&run["state"], &run["evidence"]["kind"]), (&"rejected".into(), &"not_sent".into()));
    assert_eq!((&run["status"], &run["error"]["code"]), (&"Failed".into(), &"interrupted".into()));
}

each! { a_run_stopped_while_its_credentials_are_awaited_did_not_start;
    stopped_while_credentials_are_awaited_by_interrupt: "INT";
    stopped_while_credentials_are_awaited_by_termination: "TERM";
    stopped_while_credentials_are_awaited_by_hangup: "HUP";
}

fn a_stopped_run_is_recorded_as_interrupted(signal: &str) {
    let lamplight = Lamplight::new();
    let (child, key) = start(&lamplight);
    stop(&child, signal);
    let done = done(child.wait_with_output().unwrap());
    assert_eq!(done.code, 130, "{done:#?}");
    assert!(done.stderr.contains("the caller stopped waiting"), "{}", done.stderr);
    let run = lamplight.json(&["runs", "show", &key]);
    assert_eq!((&run["state"], &run["evidence"]["kind"]), (&"unknown".into(), &"interrupted".into()));
}

each! { a_stopped_run_is_recorded_as_interrupted;
    stopped_run_by_interrupt: "INT";
    stopped_run_by_termination: "TERM";
    stopped_run_by_hangup: "HUP";
}

fn a_change_stopped_before_its_answer_may_have_been_made(signal: &str) {
    let lamplight = Lamplight::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let arguments = ["aliases", "create", "adder", "live", "--function-version", "1", "--output", "json"];
    let child = lamplight
        .command(&arguments)
        .envs([("AWS_ENDPOINT_URL", address.as_str()), ("AWS_REGION", "eu-west-1")])
        .envs([("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"), ("AWS_SECRET_ACCESS_KEY", "made-up")])
        .spawn()
        .unwrap();
    // The request is there, and nobody answers it.
    let (mut connection, _) = listener.accept().unwrap();
    connection.read_exact(&mut [0; 16]).unwrap();
    stop(&child, signal);
    let done = done(child.wait_with_output().unwrap());
    assert_eq!(done.code, 130, "{done:#?}");
    let said: serde_json::Value = serde_json::from_str(&done.stdout).unwrap();
    assert_eq!(said["error"]["code"], "interrupted", "{said}");
    assert!(said["error"]["message"].as_str().unwrap().contains("may have been made"), "{said}");
}

each! { a_change_stopped_before_its_answer_may_have_been_made;
    stopped_change_by_interrupt: "INT";
    stopped_change_by_termination: "TERM";
    stopped_change_by_hangup: "HUP";
}
