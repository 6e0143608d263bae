//! Connections kept from the command line, and what the doctor says of them.

use crate::lamplight::Lamplight;
use serde_json::Value;

const FILE: &str = "# Our ways in.\n\n[connections.prod]   # the real one\nregion = \"eu-west-1\"\nlabels = { team = \"payments\" }\n\
                    auth.profile.name = \"prod\"\n";

fn with_file() -> Lamplight {
    let lamplight = Lamplight::new();
    lamplight.file("lamplight.toml", FILE);
    lamplight
}

fn text(lamplight: &Lamplight) -> String {
    std::fs::read_to_string(lamplight.path().join("lamplight.toml")).unwrap()
}

#[test]
fn connections_are_listed_with_the_built_in_ones() {
    let lamplight = with_file();
    let table = lamplight.good(&["connections", "list"]).stdout;
    assert!(table.contains("prod     -        aws       eu-west-1  profile  team=payments"), "{table}");
    let json = lamplight.json(&["connections", "list"]);
    let names: Vec<&str> =
        json["connections"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["prod", "demo", "ambient"]);
    assert_eq!(json["connections"][0]["labels"]["team"], "payments");
}

#[test]
fn a_connection_is_written_into_a_new_file_and_used() {
    let lamplight = Lamplight::new();
    let said = lamplight.good(&["connections", "add", "sim", "--set", "provider=fake", "--default"]).stderr;
    assert!(said.contains("connection sim is in lamplight.toml"), "{said}");
    assert_eq!(
        text(&lamplight),
        "# Connections of Lamplight; `lamplight connections schema` prints the schema that editors complete by.\n\ndefault_connection = \"sim\"\n\n[connections.sim]\n\
         provider = \"fake\"\n"
    );
    assert!(lamplight.good(&["discover"]).stdout.contains("adder"));
    lamplight.good(&["connections", "test", "sim"]);
}

#[test]
fn provider_and_labels_are_given_by_options() {
    let lamplight = Lamplight::new();
    lamplight.good(&["connections", "add", "sim", "--provider", "fake", "--label", "team.name=a=b"]);
    let written = text(&lamplight);
    let own = "[connections.sim]\nprovider = \"fake\"\n\n[connections.sim.labels]\n\"team.name\" = \"a=b\"\n";
    assert!(written.ends_with(own), "{written}");
    assert!(lamplight.good(&["connections", "list"]).stdout.contains("team.name=a=b"));
}

#[test]
fn what_nobody_sets_is_shown_as_a_default() {
    let lamplight = with_file();
    let shown = |name: &str| {
        let json = lamplight.json(&["connections", "show", name]);
        let settings = json["settings"].as_array().unwrap().clone();
        move |key: &str| {
            let one = settings.iter().find(|one| one["key"] == key).unwrap();
            (one["value"].clone(), one["origin"].as_str().unwrap().to_owned())
        }
    };
    let prod = shown("prod");
    for (key, value) in [
        ("use_fips", Value::from(false)),
        ("use_dual_stack", Value::from(false)),
        ("invocation_type", Value::from("RequestResponse")),
        ("max_attempts", Value::from(3)),
        ("log_tail", Value::from(true)),
    ] {
        assert_eq!(prod(key), (value, "default".to_owned()), "{key}");
    }
    assert_eq!(prod("sts_region"), prod("region"));
    assert_eq!(shown("ambient")("region"), (Value::Null, "not set".to_owned()));
    let table = lamplight.good(&["connections", "show", "ambient"]).stdout;
    assert!(table.lines().any(|line| line.split_whitespace().eq(["region", "-", "not", "set"])), "{table}");
}

#[test]
fn the_schema_is_the_one_in_the_documents() {
    let printed = Lamplight::new().good(&["connections", "schema"]).stdout;
    assert_eq!(printed, include_str!("../../../../docs/lamplight.schema.json"));
}

#[test]
fn adding_and_removing_leaves_the_file_as_it_was() {
    let lamplight = with_file();
    lamplight.good(&[
        "connections",
        "add",
        "deploy",
        "--region",
        "eu-west-1",
        "--role-arn",
        "arn:aws:iam::123456789012:role/deploy",
        "--external-id",
        "0042",
        "--access-key-id",
        "env:ID",
        "--secret-access-key",
        "file:~/.secret",
        "--duration-seconds",
        "900",
        "--set",
        "auth.assume-role.tags.team=payments",
    ]);
    let written = text(&lamplight);
    assert!(written.starts_with(FILE), "{written}");
    assert!(written.contains("external_id = \"0042\""), "{written}");
    let settings = lamplight.json(&["connections", "show", "deploy"]);
    let setting = |key: &str| -> Value {
        settings["settings"].as_array().unwrap().iter().find(|one| one["key"] == key).unwrap().clone()
    };
    let key = setting("auth.assume-role.source.access-key.secret_access_key");
    assert_eq!(key["value"], "file:~/.secret");
    assert_eq!(setting("auth.assume-role.duration_seconds")["value"], 900);
    assert_eq!(setting("auth.assume-role.tags.team")["value"], "payments");
    lamplight.good(&["connections", "remove", "deploy"]);
    assert_eq!(text(&lamplight), FILE);
}

#[test]
fn each_setting_tells_where_it_comes_from() {
    let lamplight = with_file();
    let origin = |arguments: &[&str], variables: &[(&str, &str)], key: &str| {
        let all = [arguments, &["connections", "show", "prod", "-o", "json"]].concat();
        let output = lamplight.command(&all).envs(variables.iter().copied()).output().unwrap();
        let shown: Value = serde_json::from_slice(&output.stdout).unwrap();
        let setting = shown["settings"].as_array().unwrap().iter().find(|one| one["key"] == key).cloned();
        setting.map(|one| {
            (one["value"].as_str().unwrap().to_owned(), one["origin"].as_str().unwrap().to_owned())
        })
    };
    let region = |value: &str, origin: &str| Some((value.to_owned(), origin.to_owned()));
    let all = [("LAMPLIGHT_REGION", "us-east-1"), ("AWS_REGION", "us-east-2")];
    assert_eq!(origin(&["--region", "us-west-2"], &all, "region"), region("us-west-2", "--region"));
    assert_eq!(origin(&[], &all, "region"), region("us-east-1", "LAMPLIGHT_REGION"));
    let (value, place) = origin(&[], &all[1..], "region").unwrap();
    assert!(value == "eu-west-1" && place.ends_with("lamplight.toml:4"), "{value} {place}");
    let (_, place) = origin(&[], &[], "auth.profile.name").unwrap();
    assert!(place.ends_with("lamplight.toml:6"), "{place}");
    let url = [("AWS_ENDPOINT_URL", "http://127.0.0.1:1")];
    assert_eq!(origin(&[], &url, "endpoint_url"), region("http://127.0.0.1:1", "AWS_ENDPOINT_URL"));
    assert_eq!(origin(&[], &[], "endpoint_url"), None);
}

#[test]
fn what_cannot_be_done_is_told_and_nothing_is_written() {
    let lamplight = with_file();
    for (arguments, code, words) in [
        (
            vec!["add", "prod", "--region", "eu-west-1"],
            2,
            vec!["lamplight.toml:3:", "connection prod already"],
        ),
        (vec!["add", "x", "--region", "eu-wst-1"], 2, vec!["did you mean eu-west-1"]),
        (vec!["add", "x", "--set", "regoin=eu-west-1"], 2, vec!["unknown key \"regoin\"", "\"region\""]),
        (
            vec!["add", "x", "--access-key-id", "AKIDEXAMPLE00000", "--secret-access-key", "hunter2"],
            2,
            vec!["by reference"],
        ),
        (vec!["add", "x", "--set", "hunter2"], 2, vec!["--set takes KEY=VALUE"]),
        (
            vec!["add", "x", "--auth", "profile", "--role-arn", "arn:aws:iam::123456789012:role/x"],
            2,
            vec!["--auth"],
        ),
        (vec!["add", "a b"], 2, vec!["a b"]),
        (vec!["remove", "absent"], 6, vec!["no connection absent", "prod, demo, ambient"]),
        (vec!["remove", "demo"], 6, vec!["no connection demo"]),
        (vec!["show", "absent"], 6, vec!["no connection absent"]),
        (vec!["test", "absent"], 6, vec!["no connection absent"]),
    ] {
        let done = lamplight.run(&[&["connections"], arguments.as_slice()].concat());
        assert_eq!(done.code, code, "{arguments:?}: {done:#?}");
        for word in words {
            assert!(done.stderr.contains(word), "{arguments:?}: {done:#?}");
        }
        assert!(!done.stderr.contains("hunter2"), "{done:#?}");
        assert_eq!(text(&lamplight), FILE);
    }
    lamplight.good(&["connections", "add", "usual", "--region", "eu-west-1", "--default"]);
    let done = lamplight.run(&["connections", "rm", "usual"]);
    assert!(done.code == 2 && done.stderr.contains("--force"), "{done:#?}");
    lamplight.good(&["connections", "rm", "usual", "--force"]);
    assert_eq!(text(&lamplight), FILE);
}

#[cfg(unix)]
#[test]
fn a_linked_file_stays_a_link_and_keeps_its_mode() {
    use std::os::unix::fs::PermissionsExt;
    let lamplight = Lamplight::new();
    let real = lamplight.file("real.toml", FILE);
    std::fs::set_permissions(&real, std::fs::Permissions::from_mode(0o640)).unwrap();
    let link = lamplight.path().join("lamplight.toml");
    std::os::unix::fs::symlink(&real, &link).unwrap();
    lamplight.good(&["connections", "add", "x", "--region", "eu-west-1"]);
    assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
    assert!(std::fs::read_to_string(&real).unwrap().contains("[connections.x]"));
    assert_eq!(std::fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o640);
    let left: Vec<_> =
        std::fs::read_dir(lamplight.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "{left:?}");
}

#[cfg(unix)]
#[test]
fn a_link_to_a_file_that_is_not_there_yet_is_followed() {
    let lamplight = Lamplight::new();
    std::fs::create_dir(lamplight.path().join("dotfiles")).unwrap();
    let link = lamplight.path().join("lamplight.toml");
    std::os::unix::fs::symlink("dotfiles/own.toml", &link).unwrap();
    lamplight.good(&["connections", "add", "x", "--region", "eu-west-1"]);
    assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
    let real = std::fs::read_to_string(lamplight.path().join("dotfiles/own.toml")).unwrap();
    assert!(real.contains("[connections.x]"), "{real}");
}

/// The outcome of each check, by name.
fn outcomes(lamplight: &Lamplight, arguments: &[&str]) -> Vec<(String, String)> {
    let json = lamplight.json(arguments);
    let of = |check: &Value, key: &str| check[key].as_str().unwrap().to_owned();
    json["checks"].as_array().unwrap().iter().map(|check| (of(check, "name"), of(check, "outcome"))).collect()
}

fn named(outcome: &[&str; 7]) -> Vec<(String, String)> {
    let names =
        ["configuration", "credentials", "identity", "region", "list-functions", "get-function", "dry-run"];
    names.iter().zip(outcome).map(|(name, outcome)| ((*name).to_owned(), (*outcome).to_owned())).collect()
}

#[test]
fn the_doctor_finds_nothing_wrong_where_nothing_is() {
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
    assert!(done.code == 6 && done.stdout.contains("no connection absent"), "{done:#?}");

    let nobody = ["--region", "eu-west-1", "--endpoint-url", "http://127.0.0.1:9", "doctor"];
    let without = |arguments: &[&str]| {
        let output = lamplight.command(arguments).env("AWS_EC2_METADATA_DISABLED", "true").output().unwrap();
        crate::lamplight::done(output)
    };
    let done = without(&nobody);
    assert_eq!(done.code, 4, "{done:#?}");
    for line in ["fail     credentials", "hint: set AWS_PROFILE", "skipped  identity", "fail     region"] {
        assert!(done.stdout.contains(line), "{line}: {done:#?}");
    }
}

#[test]
fn keys_for_one_call_are_references_and_for_aws_alone() {
    let lamplight = Lamplight::new();
    let done = lamplight.run(&[
        "discover",
        "--region",
        "eu-west-1",
        "--access-key-id",
        "env:A",
        "--secret-access-key",
        "hunter2",
    ]);
    assert!(
        done.code == 2 && done.stderr.contains("--secret-access-key: a secret is given by reference"),
        "{done:#?}"
    );
    assert!(!done.stderr.contains("hunter2"));
    let both = ["--access-key-id", "env:A", "--secret-access-key", "env:B"];
    let done = lamplight.run(&[&["run", "adder", "-c", "demo"], both.as_slice()].concat());
    assert!(done.code == 2 && done.stderr.contains("takes no keys"), "{done:#?}");
    let done = lamplight.run(&["run", "x", "--access-key-id", "env:A"]);
    assert!(done.code == 2 && done.stderr.contains("--secret-access-key"), "{done:#?}");
    let done = lamplight.run(&[&["run", "x", "--region", "eu-west-1"], both.as_slice()].concat());
    assert!(done.code == 6 && done.stderr.contains("there is no secret env:A"), "{done:#?}");
}
