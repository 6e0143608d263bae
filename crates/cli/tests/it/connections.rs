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

fn parsed(text: &str) -> Result<lamplight_config::Config, lamplight_config::ConfigError> {
    lamplight_config::Config::parse(text, "x", &lamplight_cli::Adapters::default().providers())
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
        "# Connections of Lamplight. `lamplight connections schema` prints a JSON Schema for editors.\n\ndefault_connection = \"sim\"\n\n[connections.sim]\n\
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
            vec!["error: --secret-access-key: ", "by reference"],
        ),
        (vec!["add", "x", "--role-arn", "hunter2"], 2, vec!["error: --role-arn: this is no role ARN"]),
        (vec!["add", "x", "--set", "auth=hunter2"], 2, vec!["error: --set: unknown value\n"]),
        (vec!["add", "x", "--set", "hunter2=1"], 2, vec!["error: --set: unknown key\n"]),
        (
            vec!["add", "x", "--set", "labels.a=b", "--set", "invocation_type=hunter2"],
            2,
            vec!["error: --set (number 2): unknown value\n"],
        ),
        (vec!["add", "x", "--auth", "hunter2"], 2, vec!["invalid value", "'--auth <METHOD>'"]),
        (vec!["add", "x", "--duration-seconds", "hunter2"], 2, vec!["invalid value", "--duration-seconds"]),
        (vec!["add", "demo", "--region", "eu-west-1"], 2, vec!["connection demo: this name is built in"]),
        (vec!["add", "x", "--set", "hunter2"], 2, vec!["--set takes KEY=VALUE"]),
        (
            vec!["add", "x", "--auth", "profile", "--role-arn", "arn:aws:iam::123456789012:role/x"],
            2,
            vec!["--auth"],
        ),
        (vec!["add", "a b"], 2, vec!["a b"]),
        (vec!["remove", "absent"], 6, vec!["no connection absent", "prod, demo, ambient"]),
        (vec!["remove", "demo"], 6, vec!["demo is built in"]),
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

#[test]
fn options_that_do_not_go_together_or_not_alone_are_refused() {
    const ROLE: &str = "arn:aws:iam::123456789012:role/x";
    const MISSING: &str = "the following required arguments were not provided: ";
    let lamplight = with_file();
    for (options, words) in [
        (vec!["--auth", "profile"], "--profile <NAME>"),
        (vec!["--auth", "access-key"], "--access-key-id <ID|REF>, --secret-access-key <REF>"),
        (vec!["--auth", "assume-role"], "--role-arn <ARN>"),
        (vec!["--auth", "web-identity"], "--role-arn <ARN>, <--token-file <FILE>|--token-env <NAME>>"),
        (vec!["--auth", "web-identity", "--role-arn", ROLE], "<--token-file <FILE>|--token-env <NAME>>"),
        (vec!["--external-id", "12"], "--role-arn <ARN>"),
        (vec!["--session-name", "ab"], "--role-arn <ARN>"),
        (vec!["--duration-seconds", "900"], "--role-arn <ARN>"),
        (vec!["--session-token", "env:T"], "--access-key-id <ID|REF>, --secret-access-key <REF>"),
        (vec!["--access-key-id", "env:A"], "--secret-access-key <REF>"),
        (vec!["--role-arn", ROLE, "--session-token", "env:T"], "--access-key-id <ID|REF>, --secret"),
        (vec!["--token-file", "/t"], "--role-arn <ARN>"),
        (vec!["--profile", "p", "--external-id", "12"], "--role-arn <ARN>"),
        (vec!["--auth", "profile", "--set", "auth=x"], "--profile <NAME>"),
    ] {
        refused(&lamplight, &options, &format!("error: {MISSING}{words}"));
    }
    for (options, option, other) in [
        (vec!["--auth", "default", "--role-arn", ROLE], "--role-arn <ARN>", "--auth default"),
        (vec!["--auth", "default", "--external-id", "12"], "--external-id <ID>", "--auth default"),
        (
            vec!["--auth", "instance-profile", "--session-name", "ab"],
            "--session-name <NAME>",
            "--auth instance-profile",
        ),
        (
            vec!["--auth", "profile", "--profile", "p", "--duration-seconds", "900"],
            "--duration-seconds <SECONDS>",
            "--auth profile",
        ),
        (vec!["--profile", "p", "--access-key-id", "env:A"], "--profile <NAME>", "--access-key-id <ID|REF>"),
        (
            vec!["--role-arn", ROLE, "--profile", "p", "--session-token", "env:A"],
            "--profile <NAME>",
            "--session-token <REF>",
        ),
        (
            vec!["--token-file", "/t", "--token-env", "T", "--role-arn", ROLE],
            "--token-file <FILE>",
            "--token-env <NAME>",
        ),
        (
            vec!["--token-env", "T", "--role-arn", ROLE, "--external-id", "12"],
            "--external-id <ID>",
            "--token-env <NAME>",
        ),
        (
            vec!["--token-file", "/t", "--role-arn", ROLE, "--profile", "p"],
            "--profile <NAME>",
            "--token-file <FILE>",
        ),
    ] {
        refused(
            &lamplight,
            &options,
            &format!("error: the argument '{option}' cannot be used with '{other}'"),
        );
    }
    refused(&lamplight, &["--auth", "default", "--set", "auth.profile.name=p"], "error: --set: ");
}

fn refused(lamplight: &Lamplight, options: &[&str], words: &str) {
    let done = lamplight.run(&[&["connections", "add", "x"], options].concat());
    assert!(done.code == 2 && done.stderr.contains(words), "{options:?}: {done:#?}");
    assert_eq!(text(lamplight), FILE, "{options:?}");
}

#[test]
fn a_way_in_may_be_given_by_options_and_by_settings() {
    const ROLE: &str = "arn:aws:iam::123456789012:role/x";
    let lamplight = with_file();
    for (options, method) in [
        (vec!["--auth", "default"], "default"),
        (vec!["--auth", "instance-profile"], "instance-profile"),
        (vec!["--auth", "profile", "--set", "auth.profile.name=p"], "profile"),
        (vec!["--set", "auth.profile={name='p'}"], "profile"),
        (
            vec!["--auth", "web-identity", "--role-arn", ROLE, "--set", "auth.web-identity.token.env=T"],
            "web-identity",
        ),
        (vec!["--role-arn", ROLE, "--set", "auth.web-identity.token={env='T'}"], "web-identity"),
        (vec!["--external-id", "12", "--set", &format!("auth.assume-role.role_arn={ROLE}")], "assume-role"),
        (vec!["--role-arn", ROLE, "--profile", "p", "--duration-seconds", "900"], "assume-role"),
        (vec!["--access-key-id", "env:A", "--set", "auth.access-key.secret_access_key=env:B"], "access-key"),
    ] {
        lamplight.good(&[&["connections", "add", "x"], options.as_slice()].concat());
        let list = lamplight.json(&["connections", "list"]);
        let own = list["connections"].as_array().unwrap().iter().find(|one| one["name"] == "x").unwrap();
        assert_eq!(own["auth"], method, "{options:?}");
        lamplight.good(&["connections", "remove", "x"]);
        assert_eq!(text(&lamplight), FILE);
    }
}

#[test]
fn connections_that_are_added_at_the_same_time_are_all_kept() {
    const EACH: usize = 8;
    let lamplight = with_file();
    let names: Vec<String> = (0..4 * EACH).map(|number| format!("c{number}")).collect();
    let is_over = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut reads = 0;
            while !is_over.load(std::sync::atomic::Ordering::Relaxed) {
                let text = text(&lamplight);
                assert!(text.starts_with(FILE) && text.ends_with('\n'), "{text}");
                assert!(parsed(&text).is_ok(), "{text}");
                reads += 1;
            }
            reads
        });
        let writers: Vec<_> = names
            .chunks(EACH)
            .map(|own| {
                let lamplight = &lamplight;
                scope.spawn(move || {
                    for name in own {
                        lamplight.good(&["connections", "add", name, "--region", "eu-west-1"]);
                    }
                    lamplight.good(&["connections", "remove", &own[0]]);
                })
            })
            .collect();
        let ended: Vec<_> = writers.into_iter().map(std::thread::ScopedJoinHandle::join).collect();
        is_over.store(true, std::sync::atomic::Ordering::Relaxed);
        assert!(ended.iter().all(Result::is_ok), "a writer failed");
        assert!(reader.join().unwrap() > 0);
    });
    let config = parsed(&text(&lamplight)).unwrap();
    for (number, name) in names.iter().enumerate() {
        let is_there = config.connections.contains_key(&name.parse().unwrap());
        assert_eq!(is_there, number % EACH != 0, "{name}");
    }
    let left: Vec<_> =
        std::fs::read_dir(lamplight.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["lamplight.toml"]);
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_no_configuration() {
    let lamplight = Lamplight::new();
    std::fs::create_dir(lamplight.path().join("lamplight.toml")).unwrap();
    for arguments in [&["connections", "list"][..], &["connections", "add", "x"], &["discover", "-c", "demo"]]
    {
        let done = lamplight.run(arguments);
        assert!(
            done.code == 2 && done.stderr.contains("lamplight.toml is a folder and no file"),
            "{done:#?}"
        );
    }
    let pipe = lamplight.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let done = lamplight.run(&["connections", "list", "--config", "pipe"]);
    assert!(done.code == 2 && done.stderr.contains("pipe is a pipe or a device and no file"), "{done:#?}");
}

#[test]
fn a_byte_that_is_no_text_is_told_with_its_place() {
    let lamplight = Lamplight::new();
    std::fs::write(lamplight.path().join("lamplight.toml"), b"# \xc3\xa4\n# \xc3\xa4 \xff\n").unwrap();
    let done = lamplight.run(&["connections", "list"]);
    assert!(done.code == 2 && done.stderr.contains("lamplight.toml:2:5: this is no UTF-8 text"), "{done:#?}");
}

#[test]
fn a_variable_that_is_empty_is_not_set() {
    let lamplight = with_file();
    let names = ["CONNECTION", "REGION", "ENDPOINT_URL", "CONFIG", "DATA_DIR", "LOG"];
    let empty = names.map(|name| (format!("LAMPLIGHT_{name}"), ""));
    for arguments in [&["discover", "-c", "demo"][..], &["connections", "list"], &["runs", "list"]] {
        let output = lamplight.command(arguments).envs(empty.clone()).output().unwrap();
        let done = crate::lamplight::done(output);
        assert_eq!(done.code, 0, "{arguments:?}: {done:#?}");
    }
    let shown = lamplight.command(&["connections", "show", "prod"]).envs(empty).output().unwrap();
    let shown = crate::lamplight::done(shown);
    assert!(shown.stdout.contains("eu-west-1") && !shown.stdout.contains("LAMPLIGHT_"), "{shown:#?}");
}

#[test]
fn a_relative_reference_starts_where_it_is_written() {
    let lamplight = Lamplight::new();
    let folder = lamplight.path().join("etc");
    std::fs::create_dir(&folder).unwrap();
    let key = "auth.access-key = { access_key_id = 'file:id', secret_access_key = 'file:secret' }";
    std::fs::write(folder.join("x.toml"), format!("[connections.a]\nregion = 'eu-west-1'\n{key}\n")).unwrap();
    let shown = lamplight.good(&["connections", "show", "a", "--config", "etc/x.toml"]).stdout;
    assert!(shown.contains("file:etc/id") && shown.contains("file:etc/secret"), "{shown}");
    // What the file names is looked for beside it, and what an option names in the working folder.
    let run = ["run", "x", "-c", "a", "--config", "etc/x.toml"];
    let done = lamplight.run(&run);
    assert!(done.code == 6 && done.stderr.contains("there is no secret file:etc/id"), "{done:#?}");
    let keys = ["--access-key-id", "file:id", "--secret-access-key", "file:secret"];
    let done = lamplight.run(&[&run[..], &keys].concat());
    assert!(done.code == 6 && done.stderr.contains("there is no secret file:id"), "{done:#?}");
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
        ["configuration", "credentials", "identity", "endpoint", "list-functions", "get-function", "dry-run"];
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
    for line in
        ["fail     credentials", "hint: looked in the environment", "skipped  identity", "fail     endpoint"]
    {
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
        done.code == 2 && done.stderr.contains("--secret-access-key: a secret must be given by reference"),
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

#[test]
fn an_address_with_a_password_is_refused_and_never_shown() {
    let lamplight = with_file();
    for address in
        ["https://user:hunter2@example.com", "https://user:hunter2/b@example.com/", "https://h:hunter2"]
    {
        for (variable, place) in [
            ("LAMPLIGHT_ENDPOINT_URL", "LAMPLIGHT_ENDPOINT_URL"),
            ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL"),
            ("AWS_ENDPOINT_URL_LAMBDA", "AWS_ENDPOINT_URL_LAMBDA"),
            ("AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL_STS"),
        ] {
            let run = |arguments: &[&str]| {
                let output = lamplight.command(arguments).env(variable, address).output().unwrap();
                let done = crate::lamplight::done(output);
                let told = format!("{}{}", done.stdout, done.stderr);
                assert!(!told.contains("hunter2"), "{arguments:?} {told}");
                (done.code, told)
            };
            let (code, told) = run(&["run", "f", "-c", "prod"]);
            assert!(code == 2 && told.contains(&format!("the address of {place} ")), "{told}");
            run(&["doctor", "-c", "prod"]);
            run(&["connections", "list", "--output", "json"]);
            let (code, told) = run(&["connections", "show", "prod"]);
            assert!(code == 0 && told.contains("(refused: "), "{told}");
        }
    }
}
