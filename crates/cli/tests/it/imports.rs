//! Importing functions, and importing them again.

use crate::lamplight::Lamplight;
use serde_json::json;

/// A simulator with one function that has these variables.
fn place(variables: &str) -> Lamplight {
    let lamplight = Lamplight::new();
    lamplight.file("lamplight.toml", "[connections.sim]\nprovider = \"fake\"\nscript = \"functions.yaml\"\n");
    change(&lamplight, variables);
    lamplight
}

fn change(lamplight: &Lamplight, variables: &str) {
    let script = format!("functions: {{loader: {{environment: {{{variables}}}, answer: echo}}}}\n");
    lamplight.file("functions.yaml", &script);
}

const IMPORT: [&str; 4] = ["discover", "-c", "sim", "--import"];

#[test]
fn a_text_that_would_change_stays_a_text() {
    let variables = "VERSION: '1.10', ACCOUNT: '012345678901', NUMBER: '123456789012', FLAG: 'True', WAIT: '1e5', \
                     COUNT: '5', RATE: '1.5', DEBUG: 'true'";
    let lamplight = place(variables);
    lamplight.good(&IMPORT);
    let event = lamplight.good(&["run", "loader", "--quiet"]).stdout;
    let event: serde_json::Value = serde_json::from_str(&event).unwrap();
    assert_eq!(
        event,
        json!({
            "VERSION": "1.10", "ACCOUNT": "012345678901", "NUMBER": "123456789012", "FLAG": "True", "WAIT": "1e5",
            "COUNT": 5, "RATE": 1.5, "DEBUG": true,
        })
    );
}

#[test]
fn the_first_command_still_works_after_an_import() {
    let lamplight = Lamplight::new();
    let first = ["run", "adder", "--connection", "demo", "-p", "a:=2", "-p", "b:=40"];
    assert_eq!(lamplight.good(&first).stdout, "{\"sum\":42}");
    lamplight.good(&["discover", "-c", "demo", "--import"]);
    let again = lamplight.good(&first);
    assert_eq!(again.stdout, "{\"sum\":42}");
    assert_eq!(again.stderr.matches("does not declare a, b").count(), 1, "{}", again.stderr);
}

#[test]
fn a_list_is_open_until_it_is_edited_or_closed() {
    let lamplight = place("A: '1'");
    let more = ["run", "loader", "-p", "more=1"];
    lamplight.good(&IMPORT);
    lamplight.good(&more);
    lamplight.good(&["jobs", "edit", "loader", "--description", "Loads", "--max-attempts", "2"]);
    lamplight.good(&more);
    lamplight.good(&["jobs", "edit", "loader", "--set-default", "A=2"]);
    assert_eq!(lamplight.run(&more).code, 2);
    lamplight.good(&["jobs", "edit", "loader", "--open"]);
    lamplight.good(&more);
    lamplight.good(&["jobs", "edit", "loader", "--closed"]);
    assert_eq!(lamplight.run(&more).code, 2);
    let closed = place("A: '1'");
    closed.good(&[&IMPORT[..], &["--closed"]].concat());
    assert_eq!(closed.run(&more).code, 2);
}

#[test]
fn a_second_import_follows_the_function_and_keeps_edits() {
    let lamplight = place("A: '1', B: b, C: c, D: d");
    lamplight.good(&IMPORT);
    lamplight.good(&["jobs", "edit", "loader", "--set-default", "A=100", "--remove-param", "C"]);
    change(&lamplight, "A: '2', B: b2, C: c2, E: e");
    let before = lamplight.json(&["jobs", "show", "loader"]);
    let preview = lamplight.good(&[&IMPORT[..], &["--dry-run"]].concat());
    assert_eq!(
        preview.stdout,
        "job loader\n= A default: kept as edited; in the function: 1 -> 2\n~ B default: b -> b2\n\
         - D: string = d\n+ E: string = e\n"
    );
    assert!(
        preview.stderr.contains("dry run, nothing was changed; jobs: 0 created, 1 refreshed"),
        "{preview:?}"
    );
    assert_eq!(lamplight.json(&["jobs", "show", "loader"]), before);
    let done = lamplight.good(&IMPORT);
    assert!(done.stderr.contains("~ B default: b -> b2"), "{}", done.stderr);
    let job = lamplight.json(&["jobs", "show", "loader"]);
    let parameters: Vec<_> =
        job["parameters"].as_array().unwrap().iter().map(|p| (&p["name"], &p["default"])).collect();
    assert_eq!(
        parameters,
        [(&json!("A"), &json!("100")), (&json!("B"), &json!("b2")), (&json!("E"), &json!("e"))]
    );
    let again = lamplight.json(&IMPORT);
    assert_eq!(
        (&again["imported"][0]["outcome"], &again["imported"][0]["changes"]),
        (&json!("unchanged"), &json!([]))
    );
}

#[test]
fn a_dry_run_of_a_first_import_shows_what_is_new() {
    let lamplight = place("A: '1', API_TOKEN: not-a-real-token");
    let preview = lamplight.good(&[&IMPORT[..], &["--dry-run"]].concat());
    assert_eq!(preview.stdout, "job loader (new)\n+ A: integer = 1\n+ API_TOKEN: string, secret\n");
    assert_eq!(lamplight.run(&["jobs", "show", "loader"]).code, 6);
}

#[test]
fn a_document_is_an_edit() {
    let lamplight = place("A: '1', B: b");
    lamplight.good(&IMPORT);
    lamplight.file(
        "job.yaml",
        "name: loader\nconnection: sim\nfunction: loader\nparameters:\n- {name: A, default: mine}\n",
    );
    lamplight.good(&["jobs", "apply", "-f", "job.yaml"]);
    change(&lamplight, "A: '2', B: b2, C: c");
    lamplight.good(&IMPORT);
    let job = lamplight.json(&["jobs", "show", "loader"]);
    let names: Vec<_> =
        job["parameters"].as_array().unwrap().iter().map(|p| (&p["name"], &p["default"])).collect();
    assert_eq!(names, [(&json!("A"), &json!("mine")), (&json!("C"), &json!("c"))]);
    assert_eq!(job["open"], json!(null), "a document says whether the list is open");
}
