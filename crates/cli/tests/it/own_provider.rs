//! A provider of somebody else behind the command line, from end to end.

use crate::lamplight::Lamplight;

/// The program of `examples/own_provider.rs`, with a connection to its provider in its folder.
fn with_own_provider() -> Lamplight {
    let program = assert_cmd::cargo::cargo_bin!("lamplight").with_file_name("examples").join("own_provider");
    let lamplight = Lamplight::of_program(program);
    lamplight.file(
        "lamplight.toml",
        "default_connection = 'here'\n[connections.here]\nprovider = 'own'\nfunctions = ['greet']\n\
         token = 'op:vault/item'\nlog_tail = false\nlabels.team = 'us'\n",
    );
    lamplight
}

#[test]
fn functions_of_a_custom_provider_are_found_and_run() {
    let lamplight = with_own_provider();
    let found = lamplight.good(&["discover"]).stdout;
    assert!(found.contains("greet"), "{found}");
    let run = lamplight.good(&["run", "greet", "--quiet", "-p", "name=Ada"]);
    assert_eq!(run.stdout.trim(), "{\"name\":\"Ada\"}");
    let runs = lamplight.json(&["runs", "list"]);
    let run = lamplight.json(&["runs", "show", runs["runs"][0]["key"].as_str().unwrap()]);
    assert_eq!(run["connection"], "here", "{run}");
    let checks = lamplight.good(&["doctor", "greet"]).stdout;
    assert!(checks.contains("greet could be called"), "{checks}");
    let absent = lamplight.run(&["run", "absent"]);
    assert_eq!(absent.code, 6, "{absent:#?}");
}

#[test]
fn connections_of_a_custom_provider_are_managed() {
    let lamplight = with_own_provider();
    let list = lamplight.json(&["connections", "list"]);
    let here = &list["connections"][0];
    assert_eq!((&here["name"], &here["provider"]), (&"here".into(), &"own".into()), "{list}");
    assert!(here["region"].is_null() && here["auth"].is_null() && here["default"] == true, "{list}");
    let shown = lamplight.json(&["connections", "show", "here"]);
    let settings = shown["settings"].as_array().unwrap();
    let setting = |key: &str| settings.iter().find(|setting| setting["key"] == key).cloned();
    let functions = setting("functions").unwrap();
    assert_eq!(functions["value"], serde_json::json!(["greet"]));
    assert!(functions["origin"].as_str().unwrap().ends_with("lamplight.toml:4"), "{functions}");
    assert_eq!(setting("token").unwrap()["value"], "op:vault/item");
    assert_eq!(setting("max_attempts").unwrap()["origin"], "default");
    assert_eq!(setting("region"), None);
    lamplight.good(&["connections", "test", "here"]);
    let add = ["connections", "add", "further", "--provider", "own", "--set"];
    lamplight.good(&[add.as_slice(), &["functions=[\"a\", \"b\"]"]].concat());
    assert!(lamplight.good(&["discover", "-c", "further"]).stdout.contains('b'));
    let wrong = lamplight.run(&[&["connections", "add", "third"], &add[3..], &["functoins=[]"]].concat());
    assert!(wrong.code == 2 && wrong.stderr.contains("did you mean \"functions\"?"), "{wrong:#?}");
    lamplight.good(&["connections", "remove", "further", "--yes"]);
}

#[test]
fn settings_that_a_custom_provider_does_not_accept_are_refused() {
    let lamplight = with_own_provider();
    let keys = ["--access-key-id", "env:A", "--secret-access-key", "env:B"];
    let done = lamplight.run(&[&["run", "greet"], keys.as_slice()].concat());
    assert!(done.code == 2 && done.stderr.contains("does not use access keys"), "{done:#?}");
    lamplight.file("lamplight.toml", "[connections.here]\nprovider = 'own'\nfunctions = ['a', 'b c']\n");
    let done = lamplight.run(&["discover", "-c", "here"]);
    assert!(
        done.code == 2 && done.stderr.contains("lamplight.toml:3:1: this is not a function's name"),
        "{done:#?}"
    );
    lamplight.file("lamplight.toml", "[connections.here]\nprovider = 'owm'\n");
    let done = lamplight.run(&["connections", "list"]);
    assert!(done.stderr.contains("the providers are: aws, fake, http, own"), "{done:#?}");
    let schema = lamplight.good(&["connections", "schema"]).stdout;
    assert!(schema.contains("own-connection") && schema.contains("The names of the functions."), "{schema}");
}
