//! The demo connection: what a new user sees first.

use crate::{
    cases::{assert_snapshot, each},
    lamplight::Lamplight,
};
use serde_json::{Value, json};

#[test]
fn the_response_is_on_stdout_and_progress_on_stderr() {
    let done = Lamplight::new().good(&["run", "adder", "-c", "demo", "-p", "a:=2", "-p", "b:=40"]);
    assert_eq!(done.stdout, "{\"sum\":42}");
    assert_snapshot!(done.stderr);
}

#[test]
fn a_quiet_run_says_nothing_on_stderr() {
    let lamplight = Lamplight::new();
    let quiet = lamplight.good(&["run", "mirror", "-c", "demo", "--payload", " [1, 2.50]", "--quiet"]);
    assert_eq!((quiet.stdout.as_str(), quiet.stderr.as_str()), (" [1, 2.50]", ""));
}

/// A run as programs see it: every field, and nothing else on stdout.
fn object(line: &str) -> String {
    let done = Lamplight::new().line(&format!("-c demo -o json {line}"));
    let run: Value = serde_json::from_str(&done.stdout).unwrap();
    format!("{run:#}")
}

#[test]
fn json_of_a_run_that_succeeded() {
    let run = object("run adder -p a:=2 -p b:=40");
    assert_snapshot!(run);
}

#[test]
fn json_of_a_run_that_failed() {
    let run = object("run broken");
    assert_snapshot!(run);
}

/// A run ends with this exit code and state, and is recorded.
fn ends(line: &str, code: i32, state: &str) {
    let lamplight = Lamplight::new();
    let done = lamplight.line(&format!("-c demo -o json {line}"));
    let run: Value = serde_json::from_str(&done.stdout).unwrap();
    assert_eq!((done.code, run["state"].as_str().unwrap()), (code, state), "{}", done.stderr);
    assert_eq!(lamplight.json(&["runs", "list"])["runs"].as_array().unwrap().len(), 1);
}

each! { ends;
    end_of_a_call: "run adder -p a:=1 -p b:=1", 0, "succeeded";
    end_of_a_call_by_alias: "run adder:live -p a:=1 -p b:=1", 0, "succeeded";
    end_of_an_event: "run mirror --invocation-type Event", 0, "accepted";
    end_of_a_dry_run: "run mirror --invocation-type dryrun", 0, "validated";
    end_of_a_function_that_fails: "run broken", 3, "function_failed";
    end_of_a_function_that_times_out: "run sleepy", 3, "function_failed";
    end_of_a_throttled_call: "run busy --max-attempts 1", 5, "rejected";
    end_of_a_call_of_an_unknown_function: "run nosuch", 6, "rejected";
    end_of_a_call_by_an_unknown_qualifier: "run adder --qualifier nosuch", 6, "rejected";
    end_of_a_lost_answer: "run lost", 7, "unknown";
}

#[test]
fn a_function_is_imported_as_a_job_edited_and_run() {
    let lamplight = Lamplight::new();
    let discovered = lamplight.good(&["discover", "-c", "demo", "--import"]);
    assert!(
        discovered.stdout.starts_with("NAME") && discovered.stdout.contains("\ngreeter"),
        "{}",
        discovered.stdout
    );
    assert!(
        discovered.stderr.contains("jobs: 8 created, 0 refreshed, 0 unchanged, 0 skipped"),
        "{}",
        discovered.stderr
    );
    let again = lamplight.good(&["discover", "-c", "demo", "--import"]);
    assert!(again.stderr.contains("0 created, 0 refreshed, 8 unchanged"), "{}", again.stderr);

    let shown = lamplight.good(&["jobs", "show", "greeter"]).stdout;
    assert!(shown.contains("API_TOKEN  string   Input      -        secret"), "{shown}");
    assert!(!shown.contains("not-a-real-token"), "{shown}");

    lamplight.good(&[
        "jobs",
        "edit",
        "greeter",
        "--rename-param",
        "shout=loud",
        "--add-param",
        "who",
        "--add-param",
        "message",
        "--set-direction",
        "message=Output",
        "--add-param",
        "length:integer",
        "--set-direction",
        "length=output",
        "--remove-param",
        "API_TOKEN",
        "--require",
        "who",
        "--description",
        "Greets",
    ]);
    let run = lamplight.json(&["run", "greeter", "-p", "who=Ada"]);
    assert_eq!(run["outputs"], json!({ "message": "Hello, Ada", "length": 3 }));
    assert_eq!(run["job"], "greeter");

    let run_id = run["run_id"].as_str().unwrap();
    let status = lamplight.good(&["status", run_id]).stdout;
    assert!(status.starts_with("Success\n") && status.contains("Hello, Ada"), "{status}");
    let by_key = lamplight.json(&["runs", "show", run["key"].as_str().unwrap()]);
    assert_eq!(by_key, run);
    assert_eq!(lamplight.json(&["runs", "show", "latest"])["run_id"], run["run_id"]);
    let listed = lamplight.good(&["runs", "list", "--job", "greeter"]).stdout;
    assert_eq!(listed.lines().count(), 2, "{listed}");

    let cancelled = lamplight.run(&["cancel", run_id]);
    assert_eq!((cancelled.code, cancelled.stdout.as_str()), (1, "false\n"));
    assert!(cancelled.stderr.contains("the run has ended"), "{}", cancelled.stderr);
    let url = lamplight.good(&["open", "greeter", "--print"]).stdout;
    assert_eq!(
        url,
        "https://us-east-1.console.aws.amazon.com/lambda/home?region=us-east-1#/functions/greeter?tab=monitoring\n"
    );

    lamplight.good(&["jobs", "rm", "greeter", "--yes"]);
    assert_eq!(lamplight.run(&["jobs", "show", "greeter"]).code, 6);
    assert_eq!(lamplight.run(&["jobs", "rm", "adder", "nosuch", "--yes"]).code, 8);
    assert_eq!(lamplight.json(&["runs", "list", "--job", "greeter"])["runs"].as_array().unwrap().len(), 1);
}

#[test]
fn jobs_are_exported_and_imported_as_yaml() {
    let lamplight = Lamplight::new();
    lamplight.good(&["discover", "-c", "demo", "--import"]);
    let exported = lamplight.good(&["jobs", "export"]).stdout;
    let file = lamplight.file("jobs.yaml", &exported);
    let applied = lamplight.good(&["jobs", "apply", "-f", file.to_str().unwrap()]).stdout;
    assert_eq!(applied.lines().filter(|line| line.ends_with(" unchanged")).count(), 8, "{applied}");
    let elsewhere = Lamplight::new();
    let applied = elsewhere.good(&["jobs", "apply", "-f", file.to_str().unwrap()]).stdout;
    assert_eq!(applied.lines().filter(|line| line.ends_with(" created")).count(), 8, "{applied}");
    assert_eq!(elsewhere.good(&["jobs", "export"]).stdout, exported);

    let big = "name: big\nconnection: demo\nfunction: mirror\nparameters:\n- name: amount\n  type: number\n  \
               default: 12345678901234567890.10\n";
    let file = elsewhere.file("big.yaml", big);
    elsewhere.good(&["jobs", "apply", "-f", file.to_str().unwrap()]);
    assert_eq!(elsewhere.good(&["run", "big"]).stdout, "{\"amount\":12345678901234567890.10}");
}

#[test]
fn a_marker_continues_the_list() {
    let lamplight = Lamplight::new();
    let first = lamplight.json(&["discover", "-c", "demo", "--max-items", "3", "--page-size", "2"]);
    assert_eq!(first["functions"].as_array().unwrap().len(), 3);
    let marker = first["next_marker"].as_str().unwrap();
    let rest = lamplight.json(&["discover", "-c", "demo", "--marker", marker]);
    assert_eq!(rest["functions"].as_array().unwrap().len(), 5);
    assert_eq!(rest["next_marker"], Value::Null);
}

#[test]
fn values_come_from_flags_files_and_stdin() {
    use std::io::Write;
    let lamplight = Lamplight::new();
    lamplight.file("text.txt", "line 1\nline 2");
    lamplight.file("values.json", "{\"n\": 1.10, \"o\": {\"deep\": [1e400]}}");
    let done = lamplight.good(&[
        "run",
        "mirror",
        "-c",
        "demo",
        "--params-file",
        "values.json",
        "-p",
        "t=@text.txt",
        "-p",
        "j:=[true]",
    ]);
    assert_eq!(done.stdout, "{\"n\":1.10,\"o\":{\"deep\": [1e400]},\"t\":\"line 1\\nline 2\",\"j\":[true]}");
    let mut command = lamplight.command(&["run", "mirror", "-c", "demo", "--payload", "-"]);
    let mut child = command.stdin(std::process::Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"{\"from\":\"stdin\"}").unwrap();
    let done = crate::lamplight::done(child.wait_with_output().unwrap());
    assert_eq!(done.stdout, "{\"from\":\"stdin\"}");
}

#[test]
fn a_run_id_is_decoded_by_anyone() {
    let lamplight = Lamplight::new();
    let status = lamplight.json(&["status", "other/8f507cfc-xmpl-4697-b07a-ac58fc914c95#Failed"]);
    assert_eq!(status["status"], "Failed");
    assert_eq!((&status["recorded"], &status["function"]), (&json!(false), &json!("other")));
    let cancelled = lamplight.json(&["cancel", "other/8f507cfc#Success"]);
    assert_eq!(cancelled["cancelled"], false);
}

#[test]
fn completions_are_printed_and_a_closed_pipe_is_quiet() {
    let lamplight = Lamplight::new();
    for shell in ["bash", "zsh", "fish"] {
        assert!(lamplight.good(&["completions", shell]).stdout.contains("lamplight"), "{shell}");
    }
    let mut child = lamplight.command(&["completions", "bash"]).spawn().unwrap();
    drop(child.stdout.take());
    let done = crate::lamplight::done(child.wait_with_output().unwrap());
    assert_eq!((done.code, done.stderr.as_str()), (0, ""));
}

#[test]
fn a_configured_connection_has_defaults_and_a_script_of_its_own() {
    let lamplight = Lamplight::new();
    lamplight.file("functions.yaml", "functions: {hello: {aliases: {live: '7'}, answer: {return: hi}}}\n");
    lamplight.file(
        "lamplight.toml",
        "default_connection = \"sim\"\nprices_file = \"prices.toml\"\n[connections.sim]\nprovider = \"fake\"\n\
         script = \"functions.yaml\"\nqualifier = \"live\"\n",
    );
    lamplight.file("prices.toml", "request = 1.0\n");
    let run = lamplight.json(&["run", "hello"]);
    assert_eq!((&run["response"], &run["executed_version"]), (&json!("hi"), &json!("7")));
    assert_eq!(run["effective"]["qualifier"], json!({ "value": "live", "level": "connection" }));
    assert_eq!(run["connection"], "sim");
}
