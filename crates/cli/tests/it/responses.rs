//! Responses arrive as they were received.

use crate::{cases::each, lamplight::Lamplight};
use serde_json::{Value, json};

/// A simulator whose function returns this.
fn returning(value: &str) -> Lamplight {
    let lamplight = Lamplight::new();
    lamplight.file("functions.yaml", &format!("functions: {{f: {{answer: {{return: {value}}}}}}}\n"));
    lamplight.file("lamplight.toml", "[connections.sim]\nprovider = \"fake\"\nscript = \"functions.yaml\"\n");
    lamplight
}

/// A response as programs see it.
fn seen(value: &str, kind: &str, response: &Value) {
    let lamplight = returning(value);
    let run = lamplight.json(&["run", "f", "-c", "sim"]);
    assert_eq!((&run["response_kind"], &run["response"]), (&json!(kind), response));
    assert_eq!(lamplight.json(&["runs", "show", "latest"]), run);
}

each! { seen;
    response_null: "null", "json", &Value::Null;
    response_object: "{a: 1}", "json", &json!({ "a": 1 });
    response_text: "hi", "json", &json!("hi");
}

#[test]
fn nothing_is_not_null() {
    let lamplight = Lamplight::new();
    let run = lamplight.json(&["run", "mirror", "-c", "demo", "--invocation-type", "Event"]);
    assert_eq!((&run["response_kind"], &run["response"]), (&json!("none"), &Value::Null));
}

#[test]
fn a_file_gets_the_response_and_stdout_does_not() {
    let lamplight = Lamplight::new();
    let file = lamplight.file("out.json", "what was here before is longer than the response");
    let options = ["run", "mirror", "-c", "demo", "--response-file", "out.json"];
    let done = lamplight.good(&[&options[..], &["--payload", "[1, 2.50]"]].concat());
    assert_eq!((done.stdout.as_str(), std::fs::read_to_string(&file).unwrap().as_str()), ("", "[1, 2.50]"));
    lamplight.good(&[&options[..], &["--invocation-type", "Event"]].concat());
    assert_eq!(std::fs::read(&file).unwrap(), b"", "no response is an empty file");
}

#[test]
fn a_file_that_cannot_be_opened_refuses_the_run() {
    let lamplight = Lamplight::new();
    let refused = lamplight.refused("run mirror -c demo --response-file absent/out.json");
    assert!(refused.contains("could not open absent/out.json"), "{refused}");
    assert!(lamplight.json(&["runs", "list"])["runs"].as_array().unwrap().is_empty());
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_that_cannot_be_written_does_not_change_the_exit_code() {
    let lamplight = Lamplight::new();
    let done =
        lamplight.run(&["run", "mirror", "-c", "demo", "--payload", "1", "--response-file", "/dev/full"]);
    assert_eq!(done.code, 0, "{done:?}");
    assert!(done.stderr.contains("could not write the response to /dev/full"), "{done:?}");
}

#[test]
fn a_deep_response_is_shown_in_every_format() {
    let lamplight = Lamplight::new();
    let deep = format!("{}{}", "[".repeat(20_000), "]".repeat(20_000));
    lamplight.file("deep.json", &deep);
    let options = ["run", "mirror", "-c", "demo", "--payload", "@deep.json"];
    assert_eq!(lamplight.good(&options).stdout, deep);
    for format in ["json", "yaml"] {
        let done = lamplight.good(&[&options[..], &["-o", format]].concat());
        assert!(done.stdout.contains("[[[["), "{format}");
    }
}

#[test]
fn a_response_file_is_not_stdout() {
    let lamplight = Lamplight::new();
    let refused = lamplight.refused("run mirror -c demo -p a=1 --response-file -");
    assert!(
        refused.contains("exit code 2") && refused.contains("--response-file needs the name of a file"),
        "{refused}"
    );
    assert!(!lamplight.path().join("-").exists());
    assert!(lamplight.json(&["runs", "list"])["runs"].as_array().unwrap().is_empty());
}
