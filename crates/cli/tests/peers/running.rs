//! Runs of real Python code, beside the same calls of `aws lambda invoke`.

use crate::peer::Peer;
use serde_json::{Value, json};

#[test]
fn every_handler_ends_as_the_aws_cli_says() {
    let peer = Peer::ministack();
    for (function, event, state, code) in [
        ("adder", r#"{"a":2,"b":40}"#, "succeeded", 0),
        ("adder:live", r#"{"a":1,"b":1}"#, "succeeded", 0),
        ("echo", r#"{"text":"grüße \u00fc \"x\"","n":[1,2.5,null]}"#, "succeeded", 0),
        ("listing", "{}", "succeeded", 0),
        ("raiser", "{}", "function_failed", 3),
        ("thrower", r#"{"order":7}"#, "function_failed", 3),
        ("sleeper", "{}", "function_failed", 3),
        ("slow", r#"{"seconds":1.5}"#, "succeeded", 0),
    ] {
        let output = peer.lamplight(&["run", function, "--payload", event, "-o", "json"]);
        assert_eq!(
            output.status.code(),
            Some(code),
            "{function}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        let run: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(run["state"], state, "{function}");
        assert_eq!(run["attempts"], 1, "{function}");

        let (said, response) = peer.aws_invoke(&["--function-name", function, "--payload", event]);
        assert_eq!(said.get("FunctionError").is_some(), code == 3, "{function}: {said}");
        assert_eq!(run["executed_version"], said["ExecutedVersion"], "{function}");
        if code == 0 {
            let response: Value = serde_json::from_slice(&response).unwrap();
            assert_eq!(run["response"], response, "{function}");
        } else {
            let reported: Value = serde_json::from_slice(&response).unwrap();
            assert_eq!(run["error"]["error_type"], reported["errorType"], "{function}");
            assert_eq!(run["error"]["code"], "function_error");
        }
        let name = function.split(':').next().unwrap();
        let status = if code == 0 { "Success" } else { "Failed" };
        assert_eq!(run["run_id"], format!("{name}/{}#{status}", run["request_id"].as_str().unwrap()));
        assert_eq!(peer.json(&["status", run["run_id"].as_str().unwrap()])["status"], status);
    }
}

#[test]
fn an_error_shows_type_message_stack_and_log_apart() {
    let peer = Peer::ministack();
    let output = peer.lamplight(&["run", "thrower", "-p", "order=7"]);
    let story = String::from_utf8(output.stderr).unwrap();
    for part in ["LookupError: order 7 has no address", "in ship", "hint"] {
        assert!(story.contains(part), "{part}: {story}");
    }
    let run = peer.json(&["run", "raiser"]);
    assert_eq!(run["error"]["message"], "the order has no lines");
}

#[test]
fn the_log_tail_gives_figures_and_a_cost() {
    let peer = Peer::ministack();
    let run = peer.json(&["run", "reported"]);
    assert!(run["log_tail"].as_str().unwrap().contains("counting"), "{run}");
    assert_eq!(
        run["report"],
        json!({ "duration_ms": 102.35, "billed_ms": 583, "memory_mb": 128, "max_memory_mb": 81, "init_ms": 480.25 })
    );
    // 583 ms of 128 MB on x86, and one request.
    let expected = 0.000_000_2 + 0.583 * 0.125 * 0.000_016_666_7;
    assert!((run["cost_usd"].as_f64().unwrap() - expected).abs() < 1e-12, "{run}");
}

#[test]
fn invocation_types_and_refusals_have_their_states() {
    let peer = Peer::ministack();
    for (arguments, state, status, code) in [
        (vec!["run", "echo", "--invocation-type", "Event"], "accepted", "Success", 0),
        (vec!["run", "echo", "--invocation-type", "DryRun"], "validated", "Success", 0),
        (vec!["run", "no-such-function"], "rejected", "Failed", 6),
        (vec!["run", "adder:no-such-alias"], "rejected", "Failed", 6),
    ] {
        let output = peer.lamplight(&[arguments.as_slice(), &["-o", "json"]].concat());
        let run: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!((&run["state"], &run["status"]), (&state.into(), &status.into()), "{arguments:?}: {run}");
        assert_eq!(output.status.code(), Some(code), "{arguments:?}");
    }
}

#[test]
fn names_aliases_and_arns_are_the_same_function() {
    let peer = Peer::ministack();
    let arn = peer.aws_json(&["get-function", "--function-name", "adder"]);
    let arn = arn["Configuration"]["FunctionArn"].as_str().unwrap().to_owned();
    for target in ["adder", &arn, &format!("{arn}:live")] {
        let run = peer.json(&["run", target, "-p", "a:=1", "-p", "b:=2"]);
        assert_eq!(run["response"], json!({ "sum": 3 }), "{target}");
        assert!(run["run_id"].as_str().unwrap().starts_with("adder/"), "{run}");
    }
}

#[test]
fn a_job_of_a_discovered_function_runs_with_its_suggestions() {
    let peer = Peer::ministack();
    assert!(peer.lamplight(&["discover", "--import"]).status.success());
    let job = peer.json(&["jobs", "show", "greeter"]);
    let parameter = |name: &str| {
        job["parameters"].as_array().unwrap().iter().find(|p| p["name"] == name).cloned().unwrap_or_default()
    };
    assert_eq!(
        (&parameter("COUNT")["type"], &parameter("COUNT")["default"]),
        (&"integer".into(), &"5".into())
    );
    assert_eq!(
        (&parameter("API_KEY")["secret"], &parameter("API_KEY")["default"]),
        (&true.into(), &Value::Null)
    );
    let edited = peer.lamplight(&[
        "jobs",
        "edit",
        "greeter",
        "--add-param",
        "name",
        "--add-param",
        "Message",
        "--set-direction",
        "Message=Output",
    ]);
    assert!(edited.status.success(), "{}", String::from_utf8_lossy(&edited.stderr));
    let run = peer.json(&["run", "greeter", "-p", "name=Ada"]);
    assert_eq!(run["outputs"], json!({ "Message": "good morning, Ada!" }));
}
