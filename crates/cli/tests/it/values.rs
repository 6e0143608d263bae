//! Values reach the event as they were written.

use crate::{
    cases::{each, snapshots},
    lamplight::{Done, Lamplight},
};

/// The event of a direct call with these options.
fn event(lamplight: &Lamplight, options: &[&str]) -> Done {
    lamplight.good(&[&["run", "mirror", "-c", "demo", "--quiet"], options].concat())
}

/// An option gives this event.
fn gives(parameter: &str, expected: &str) {
    let lamplight = Lamplight::new();
    lamplight.file("text.txt", "\u{feff}[1]");
    assert_eq!(event(&lamplight, &["-p", parameter]).stdout, expected);
}

each! { gives;
    text_that_is_json_is_embedded: "a=[1, 2]", r#"{"a":[1, 2]}"#;
    text_that_is_meant_as_text: "a==[1, 2]", r#"{"a":"[1, 2]"}"#;
    text_that_begins_with_an_equals_sign: "a===1", r#"{"a":"=1"}"#;
    text_that_begins_with_an_at_sign: "a=@@here", r#"{"a":"@here"}"#;
    text_of_a_file: "a=@text.txt", r#"{"a":[1]}"#;
    text_of_a_file_that_is_meant_as_text: "a==@text.txt", r#"{"a":"[1]"}"#;
    json_of_a_file: "a:=@text.txt", r#"{"a":[1]}"#;
    json_number: "a:=1.10", r#"{"a":1.10}"#;
}

#[test]
fn values_override_the_file() {
    let lamplight = Lamplight::new();
    lamplight.file("values.yaml", "a: '1'\nb: null\n");
    lamplight.file("job.yaml", "name: typed\nconnection: demo\nfunction: mirror\nparameters:\n- {name: a}\n- {name: b, type: json}\n");
    lamplight.good(&["jobs", "apply", "-f", "job.yaml"]);
    let options = ["--params-file", "values.yaml", "-p", "A=2"];
    assert_eq!(event(&lamplight, &options).stdout, r#"{"a":"1","b":null,"A":"2"}"#);
    let job = lamplight.good(&[&["run", "typed", "--quiet"], &options[..]].concat());
    assert_eq!(job.stdout, r#"{"a":"2","b":null}"#);
}

#[test]
fn names_that_differ_in_case_are_both_sent_without_a_job() {
    assert_eq!(event(&Lamplight::new(), &["-p", "id=1", "-p", "ID=2"]).stdout, r#"{"id":"1","ID":"2"}"#);
    let both = r#"{"id":1,"ID":2}"#;
    assert_eq!(event(&Lamplight::new(), &["--payload", both]).stdout, both);
}

#[test]
fn a_parameter_of_type_text_is_never_read_as_json() {
    let lamplight = Lamplight::new();
    lamplight.good(&["discover", "-c", "demo", "--import"]);
    lamplight.good(&["jobs", "edit", "mirror", "--add-param", "query:text", "--add-param", "other"]);
    let run = lamplight.good(&["run", "mirror", "--quiet", "-p", "query={\"a\":1}", "-p", "other={\"a\":1}"]);
    assert_eq!(run.stdout, r#"{"query":"{\"a\":1}","other":{"a":1}}"#);
    assert!(lamplight.good(&["jobs", "export", "mirror"]).stdout.contains("type: text"));
}

#[test]
fn forty_thousand_values_are_read_at_once() {
    let lamplight = Lamplight::new();
    let names: Vec<String> = (0..40_000).map(|number| format!("p{number}")).collect();
    let members: Vec<String> = names.iter().map(|name| format!("\"{name}\":1")).collect();
    let json = format!("{{{}}}", members.join(","));
    lamplight.file("values.json", &json);
    assert_eq!(event(&lamplight, &["--params-file", "values.json"]).stdout, json);
    let lines: Vec<String> = names.iter().map(|name| format!("{name}: 1")).collect();
    lamplight.file("values.yaml", &lines.join("\n"));
    assert_eq!(event(&lamplight, &["--params-file", "values.yaml"]).stdout.matches("\"1\"").count(), 40_000);
    let parameters: Vec<String> = names.iter().map(|name| format!("- name: {name}\n")).collect();
    lamplight.file(
        "job.yaml",
        &format!("name: wide\nconnection: demo\nfunction: mirror\nparameters:\n{}", parameters.concat()),
    );
    lamplight.good(&["jobs", "apply", "-f", "job.yaml"]);
    let run = lamplight.good(&["run", "wide", "--params-file", "values.yaml", "--quiet"]);
    assert_eq!(run.stdout.matches("\"1\"").count(), 40_000);
}

/// The error of a run with these options, whose files were written by a Windows or AWS habit.
fn explained(line: &str) -> String {
    let lamplight = Lamplight::new();
    lamplight.file(".env", "# local\nexport A=1\nB=2\n");
    lamplight.file("event.json", "{}");
    lamplight.refused(line)
}

snapshots! { explained;
    payload_as_the_aws_cli_names_it: "run mirror -c demo --payload file://event.json";
    payload_file_as_the_aws_cli_names_it: "run mirror -c demo --payload @file://event.json";
    parameters_as_the_aws_cli_names_them: "run mirror -c demo --params-file file://event.json";
    json_as_the_aws_cli_names_it: "run mirror -c demo -p a:=fileb://event.json";
    parameters_of_an_env_file: "run mirror -c demo --params-file .env";
    handle_that_is_not_a_file: "run mirror -c demo -p author=@octocat";
    client_context_that_is_a_list: "run mirror -c demo --client-context [1]";
    client_context_as_the_aws_cli_names_it: "run mirror -c demo --client-context file://event.json";
}

#[test]
fn a_text_that_looks_like_a_file_of_the_aws_cli_is_sent_and_told() {
    let lamplight = Lamplight::new();
    let done = lamplight.good(&["run", "mirror", "-c", "demo", "-p", "a=file://event.json"]);
    assert_eq!(done.stdout, r#"{"a":"file://event.json"}"#);
    assert!(done.stderr.contains("a=@FILE reads the file"), "{}", done.stderr);
}

#[test]
fn a_client_context_comes_from_a_file_and_what_is_lost_is_said() {
    let lamplight = Lamplight::new();
    lamplight.file("context.json", "\u{feff}{\"custom\": {\"a\": 1}, \"tenant\": \"b\"}");
    let options = ["run", "mirror", "-c", "demo", "--client-context", "@context.json"];
    let done = lamplight.good(&options);
    assert!(done.stderr.contains("outside of \"custom\": tenant"), "{}", done.stderr);
    let done = lamplight.good(&[&options[..], &["--invocation-type", "Event"]].concat());
    assert!(done.stderr.contains("drops the client context of an Event"), "{}", done.stderr);
    let run = lamplight.json(&["runs", "show", "latest"]);
    assert_eq!(run["effective"]["client_context"]["value"], "{\"custom\": {\"a\": 1}, \"tenant\": \"b\"}");
}
