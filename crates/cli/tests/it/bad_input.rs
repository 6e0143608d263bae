//! Bad input: a clear error that names the thing, the place and the rule, its exit code, and nothing half done.

use crate::lamplight::Lamplight;

fn with_jobs() -> Lamplight {
    let lamplight = Lamplight::new();
    lamplight.file(
        "jobs.yaml",
        "name: typed\nconnection: demo\nfunction: mirror\nparameters:\n- {name: count, type: integer, required: true}\n\
         - {name: key, secret: true}\n",
    );
    lamplight.good(&["jobs", "apply", "-f", "jobs.yaml"]);
    lamplight
}

/// Each of these must exit with the code and say all of the parts; nothing is recorded or changed.
fn are_refused(lamplight: &Lamplight, calls: Vec<(Vec<&str>, i32, Vec<&str>)>) {
    for (arguments, code, parts) in calls {
        let done = lamplight.run(&arguments);
        assert_eq!(done.code, code, "{arguments:?}: {done:#?}");
        for part in parts {
            assert!(done.stderr.contains(part), "{arguments:?} lacks {part:?}: {}", done.stderr);
        }
        assert_eq!(done.stdout, "", "{arguments:?}");
        assert!(!done.stderr.contains("hunter2"), "{}", done.stderr);
    }
    assert!(lamplight.json(&["runs", "list"])["runs"].as_array().unwrap().is_empty(), "nothing was recorded");
    assert_eq!(lamplight.json(&["jobs", "list"])["jobs"].as_array().unwrap().len(), 1);
}

#[test]
fn wrong_calls_are_told_what_is_wrong() {
    let lamplight = with_jobs();
    let big = format!("\"{}\"", "x".repeat(7 << 20));
    let big = lamplight.file("big.json", &big);
    let big = format!("@{}", big.to_str().unwrap());
    let calls = vec![
        (vec!["run", "typde"], 6, vec!["job typde not found", "did you mean typed?"]),
        (vec!["jobs", "show", "typde"], 6, vec!["job typde not found", "did you mean typed?"]),
        (
            vec!["run", "typed", "-p", "count=many"],
            2,
            vec!["parameter count: \"many\" is not a valid integer", "not a JSON number"],
        ),
        (
            vec!["run", "typed", "-p", "count:=\"5\""],
            2,
            vec!["parameter count: \"\\\"5\\\"\" is not a valid integer", "JSON of type string"],
        ),
        (vec!["run", "typed"], 2, vec!["parameter count of type integer is required"]),
        (
            vec!["run", "typed", "-p", "count=1", "-p", "COUNT=2"],
            2,
            vec!["parameter COUNT is given more than once"],
        ),
        (
            vec!["run", "typed", "-p", "count=1", "-p", "cuont=2"],
            2,
            vec!["unknown parameter cuont", "count, key"],
        ),
        (vec!["run", "typed", "-p", "count"], 2, vec!["parameter \"count\" has no '='"]),
        (vec!["run", "typed", "-p", "count=@absent.txt"], 6, vec!["absent.txt could not be read"]),
        (
            vec!["run", "mirror", "-c", "demo", "--payload", "{\"a\":}"],
            2,
            vec!["payload is not valid JSON", "line 1 column 6"],
        ),
        (
            vec!["run", "mirror", "-c", "demo", "--payload", &big],
            5,
            vec!["7340034 bytes", "6291456 bytes", "pass a reference"],
        ),
        (
            vec!["run", "mirror", "-c", "demo", "--max-attempts", "99"],
            2,
            vec!["attempts must be 1 to 10, not 99"],
        ),
        (
            vec!["run", "mirror", "-c", "demo", "--client-context", "{"],
            2,
            vec!["client context is not valid JSON"],
        ),
        (
            vec!["run", "mirror", "-c", "demo", "--invocation-type", "Sync"],
            2,
            vec!["RequestResponse, Event or DryRun"],
        ),
        (vec!["run", "mirror", "-c", "demo", "--qualifier", "no good"], 2, vec!["no good"]),
        (vec!["run", "arn:aws:lambda:eu-west-1:1234:function:x", "-c", "demo"], 2, vec!["1234"]),
        (
            vec!["run", "arn:aws:lambda:eu-west-1:123456789012:function:x", "-c", "demo"],
            2,
            vec!["eu-west-1", "us-east-1"],
        ),
        (vec!["discover", "--region", "us-esat-1"], 2, vec!["us-esat-1"]),
        (vec!["discover", "--region", "mars-north-1"], 2, vec!["mars-north-1"]),
        (vec!["discover"], 2, vec!["has no region", "AWS_REGION"]),
        (vec!["discover", "-c", "nosuch"], 6, vec!["there is no connection nosuch", "demo"]),
        (vec!["discover", "-c", "demo", "--max-items", "0"], 2, vec!["number of items must be 1 to 10000"]),
        (vec!["discover", "-c", "demo", "--marker", "mine"], 2, vec!["marker \"mine\""]),
        (
            vec!["discover", "--region", "us-east-1", "--endpoint-url", "nonsense"],
            2,
            vec!["--endpoint-url is not a valid URL"],
        ),
    ];
    are_refused(&lamplight, calls);
}

#[test]
fn wrong_names_and_edits_are_told_what_is_wrong() {
    let calls = vec![
        (vec!["status", "adder/1"], 2, vec!["is not a run ID", "'#'"]),
        (vec!["status", "Adder"], 2, vec!["is not a run ID"]),
        (vec!["status", "ffffffff"], 6, vec!["run ffffffff not found"]),
        (vec!["status", "latest"], 6, vec!["run latest not found"]),
        (vec!["runs", "list", "--state", "done"], 2, vec!["\"done\" is no state", "function_failed"]),
        (vec!["jobs", "edit", "typed"], 2, vec!["no change was given"]),
        (
            vec!["jobs", "edit", "typed", "--add-param", "Count"],
            2,
            vec!["parameters count and Count have the same name"],
        ),
        (vec!["jobs", "edit", "typed", "--set-type", "count=float"], 2, vec!["\"float\" is not a data type"]),
        (
            vec!["jobs", "edit", "typed", "--set-default", "key=hunter2"],
            2,
            vec!["must be a reference such as env:NAME"],
        ),
        (
            vec!["jobs", "edit", "typed", "--remove-param", "absent"],
            2,
            vec!["parameter absent does not exist"],
        ),
        (vec!["frobnicate"], 2, vec!["frobnicate"]),
    ];
    are_refused(&with_jobs(), calls);
}

#[test]
fn wrong_files_are_told_with_line_and_column_and_nothing_is_applied() {
    let lamplight = Lamplight::new();
    for (text, parts) in [
        ("name: a\nconnection: [demo\nfunction: x\n", vec!["line 2, column 13"]),
        (
            "name: a\nconnection: demo\nfunction: x\nparameters:\n- {name: p, type: float}\n",
            vec!["line 5", "float"],
        ),
        ("name: a\nconnection: demo\nfunction: x\nfunktion: y\n", vec!["line 4", "funktion"]),
        ("name: a\nconnection: demo\n", vec!["function"]),
        (
            "name: good\nconnection: demo\nfunction: x\n---\nname: bad\nconnection: demo\nfunction: a b\n",
            vec!["job bad"],
        ),
        (
            "name: a\nconnection: demo\nfunction: x\nparameters:\n- {name: p}\n- {name: P}\n",
            vec!["p and P have the same name"],
        ),
        (
            "name: a\nconnection: demo\nfunction: x\n---\nname: a\nconnection: demo\nfunction: y\n",
            vec!["job a", "more than one"],
        ),
        ("", vec!["there is no document"]),
    ] {
        lamplight.file("jobs.yaml", text);
        let done = lamplight.run(&["jobs", "apply", "-f", "jobs.yaml"]);
        assert_eq!(done.code, 2, "{text}: {done:#?}");
        for part in parts {
            assert!(done.stderr.contains(part), "{text} lacks {part:?}: {}", done.stderr);
        }
        assert!(lamplight.json(&["jobs", "list"])["jobs"].as_array().unwrap().is_empty());
    }
    lamplight.file("lamplight.toml", "[connections.a]\nprovider = \"azure\"\n");
    let done = lamplight.run(&["discover", "-c", "a"]);
    assert_eq!(done.code, 2);
    assert!(
        done.stderr.contains("lamplight.toml:2:12: there is no provider of this name"),
        "{}",
        done.stderr
    );
}

#[test]
fn an_error_is_one_object_for_programs() {
    let lamplight = Lamplight::new();
    let error = lamplight.json(&["jobs", "show", "nosuch"]);
    assert_eq!(error["error"]["code"], "job_not_found");
    assert_eq!(error["error"]["message"], "job nosuch not found");
}
