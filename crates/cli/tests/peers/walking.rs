//! The way of a team: zip, create, wait, publish, alias, permission, run by alias, shift 10 % of the calls, roll back,
//! delete.

use crate::{
    managing::{REGION, create, ends, source},
    peer::Peer,
};
use serde_json::{Value, json};

/// `runs` says whether the peer runs code.
fn walk(peer: &Peer, runs: bool) {
    let name = "walked";
    let answers = |expected: u32| {
        let run = ends(peer, 0, &["run", "walked:live", "-p", "a:=1"]);
        // A peer that runs no code gives the event back.
        assert_eq!(run["response"], if runs { json!(expected) } else { json!({ "a": 1 }) });
        assert_eq!(run["status"], "Success");
    };
    let theirs = || peer.aws_json(&["get-alias", "--function-name", name, "--name", "live"]);

    assert_eq!(create(peer, name, 1)["state"], "Active");
    ends(peer, 0, &["functions", "wait", name]);
    let first = ends(peer, 0, &["functions", "publish-version", name, "--wait"]);
    assert_eq!(first["version"], "1");
    ends(peer, 0, &["aliases", "create", name, "live", "--function-version", "1"]);
    let permission = ["permissions", "add", "walked:live", "--statement-id", "events"];
    let principal = ["--principal", "events.amazonaws.com", "--source-account", "123456789012"];
    ends(peer, 0, &[&permission[..], &principal].concat());
    answers(1);

    source(peer, 2);
    ends(peer, 0, &["functions", "update-code", name, "--zip-file", "code", "--wait"]);
    let second = ends(peer, 0, &["functions", "publish-version", name, "--wait"]);
    assert_eq!(second["version"], "2");
    assert_ne!(second["code_sha256"], first["code_sha256"]);
    answers(1);

    let shifted = ends(peer, 0, &["aliases", "update", name, "live", "--routing", "2=10%"]);
    assert_eq!(shifted["routing"], json!({ "2": 0.1 }));
    assert_eq!(theirs()["RoutingConfig"]["AdditionalVersionWeights"], json!({ "2": 0.1 }));
    assert_eq!(theirs()["FunctionVersion"], "1");

    let back = ends(peer, 0, &["aliases", "update", name, "live", "--no-routing", "--yes"]);
    assert_eq!(back["routing"], json!({}));
    let left = &theirs()["RoutingConfig"]["AdditionalVersionWeights"];
    assert!(left.is_null() || *left == json!({}), "{left}");
    answers(1);
    let moved = ends(peer, 0, &["aliases", "update", name, "live", "--function-version", "2"]);
    assert_eq!(moved["function_version"], "2");
    answers(2);

    ends(peer, 0, &["permissions", "remove", "walked:live", "--statement-id", "events", "--yes"]);
    ends(peer, 0, &["aliases", "delete", name, "live", "--yes"]);
    ends(peer, 0, &["functions", "delete", name, "--qualifier", "1", "--yes"]);
    let left = peer.aws_json(&["list-versions-by-function", "--function-name", name]);
    let left: Vec<&Value> = left["Versions"].as_array().unwrap().iter().map(|one| &one["Version"]).collect();
    assert_eq!(left, ["$LATEST", "2"]);
    ends(peer, 0, &["functions", "delete", name, "--yes"]);
    assert!(!peer.aws(&["get-function", "--function-name", name]).status.success());
    ends(peer, 6, &["functions", "get", name]);
}

#[test]
fn a_function_is_deployed_shifted_and_rolled_back() {
    walk(&Peer::ministack().in_region(REGION), true);
}

#[test]
fn the_same_steps_work_on_a_peer_that_runs_no_code() {
    walk(&Peer::moto().in_region(REGION), false);
}
