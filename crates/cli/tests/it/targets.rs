//! What `run` calls: a job or a function, and on which connection.

use crate::lamplight::Lamplight;
use serde_json::json;

/// A simulator with two connections; `greeter` on the first is a job.
fn two_connections() -> Lamplight {
    let lamplight = Lamplight::new();
    lamplight.file("functions.yaml", "functions: {greeter: {environment: {A: '1'}, answer: echo}}\n");
    lamplight.file(
        "lamplight.toml",
        "[connections.one]\nprovider = \"fake\"\nscript = \"functions.yaml\"\n[connections.two]\nprovider = \"fake\"\n\
         script = \"functions.yaml\"\n",
    );
    lamplight.good(&["discover", "-c", "one", "--import"]);
    lamplight
}

#[test]
fn a_run_says_what_it_calls() {
    let lamplight = two_connections();
    let told = |line: &str| lamplight.line(line).stderr.lines().next().unwrap_or_default().to_owned();
    assert_eq!(told("run greeter"), "running job greeter: function greeter on connection one");
    assert_eq!(told("run greeter --function -c one"), "running function greeter on connection one");
    assert_eq!(
        told("run greeter -c two"),
        "running job greeter: function greeter on connection two, not on its own, one"
    );
    lamplight.good(&["jobs", "rm", "greeter", "--yes"]);
    assert_eq!(
        told("run greeter -c one"),
        "running function greeter on connection one; no job is named greeter"
    );
    assert!(lamplight.good(&["run", "greeter", "-c", "one", "--quiet"]).stderr.is_empty());
}

#[test]
fn a_script_can_demand_a_job() {
    let lamplight = two_connections();
    assert_eq!(lamplight.json(&["run", "--job", "greeter"])["job"], "greeter");
    assert_eq!(lamplight.json(&["run", "greeter", "--function", "-c", "one"])["job"], json!(null));
    lamplight.good(&["jobs", "rm", "greeter", "--yes"]);
    let done = lamplight.run(&["run", "greeter", "--job", "-c", "one"]);
    assert_eq!(done.code, 6, "{done:?}");
    assert_eq!(lamplight.run(&["run", "greeter", "--job", "--function"]).code, 2);
}

#[test]
fn a_job_runs_on_another_connection_with_its_parameters() {
    let lamplight = two_connections();
    let run = lamplight.json(&["run", "greeter", "-c", "two"]);
    assert_eq!((&run["job"], &run["connection"]), (&json!("greeter"), &json!("two")));
    assert_eq!(run["response"], json!({ "A": 1 }));
}

#[test]
fn two_jobs_that_may_be_meant_are_asked_about() {
    let lamplight = two_connections();
    lamplight.good(&["discover", "-c", "two", "--import"]);
    let refused = lamplight.refused("run greeter -c two");
    assert!(refused.starts_with("exit code 2\nerror: two jobs may be meant: greeter"), "{refused}");
    assert!(refused.contains("two.greeter") && refused.contains("`--job`"), "{refused}");
    assert_eq!(lamplight.json(&["run", "greeter", "-c", "two", "--job"])["job"], "greeter");
    assert_eq!(lamplight.json(&["run", "two.greeter", "-c", "two"])["job"], "two.greeter");
}

#[cfg(unix)]
#[test]
fn a_person_chooses_between_two_jobs() {
    let lamplight = two_connections();
    lamplight.good(&["discover", "-c", "two", "--import"]);
    let command = lamplight.command(&["run", "greeter", "-c", "two"]);
    let (seen, code) = crate::pty::answered(command, "which job?", b"\x1b[B\r");
    assert_eq!(code, 0, "{seen}");
    assert!(seen.contains("running job two.greeter"), "{seen}");
}
