//! What the doctor says of connections and jobs.

use crate::lamplight::Lamplight;
use serde_json::Value;

/// The outcome of each check, by name.
fn outcomes(lamplight: &Lamplight, arguments: &[&str]) -> Vec<(String, String)> {
    let json = lamplight.json(arguments);
    let of = |check: &Value, key: &str| check[key].as_str().unwrap().to_owned();
    json["checks"].as_array().unwrap().iter().map(|check| (of(check, "name"), of(check, "outcome"))).collect()
}

fn named(outcome: &[&str; 7]) -> Vec<(String, String)> {
    let names =
        ["configuration", "credentials", "identity", "endpoint", "list-functions", "get-function", "dry-run"];
    names.iter().zip(outcome).map(|(name, outcome)| ((*name).to_owned(), (*outcome).to_owned())).collect()
}

#[test]
fn the_doctor_passes_if_nothing_is_wrong() {
    let lamplight = Lamplight::new();
    assert_eq!(
        outcomes(&lamplight, &["doctor", "-c", "demo"]),
        named(&["pass", "pass", "pass", "pass", "pass", "pass", "skipped"])
    );
    assert_eq!(outcomes(&lamplight, &["doctor", "adder", "-c", "demo"]), named(&["pass"; 7]));
    lamplight.good(&["discover", "--import", "-c", "demo"]);
    let text = lamplight.good(&["doctor", "adder"]).stdout;
    assert!(text.contains("pass     configuration   job adder calls adder on connection demo"), "{text}");
    assert!(lamplight.json(&["runs", "list"])["runs"].as_array().unwrap().is_empty());
}

#[test]
fn the_doctor_says_what_is_wrong_and_what_to_do() {
    let lamplight = Lamplight::new();
    lamplight.file("broken.toml", "[connections.a]\nregoin = 'x'\n");
    let broken = ["doctor", "--config", "broken.toml", "-c", "a"];
    assert_eq!(
        outcomes(&lamplight, &broken),
        named(&["fail", "skipped", "skipped", "skipped", "skipped", "skipped", "skipped"])
    );
    let done = lamplight.run(&broken);
    assert!(done.code == 2 && done.stdout.contains("broken.toml:2:1: unknown key"), "{done:#?}");

    let done = lamplight.run(&["doctor", "-c", "absent"]);
    assert!(done.code == 6 && done.stdout.contains("connection absent does not exist"), "{done:#?}");

    let done = lamplight.run(&["doctor", "-c", "demo", "addr"]);
    assert!(done.code == 6 && done.stdout.contains("hint: did you mean adder?"), "{done:#?}");

    let nobody = ["--region", "eu-west-1", "--endpoint-url", "http://127.0.0.1:9", "doctor"];
    let without = |arguments: &[&str]| {
        let output = lamplight.command(arguments).env("AWS_EC2_METADATA_DISABLED", "true").output().unwrap();
        crate::lamplight::done(output)
    };
    let done = without(&nobody);
    assert_eq!(done.code, 4, "{done:#?}");
    for line in
        ["fail     credentials", "hint: looked in the environment", "skipped  identity", "fail     endpoint"]
    {
        assert!(done.stdout.contains(line), "{line}: {done:#?}");
    }
}
