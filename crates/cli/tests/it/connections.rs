//! Connections kept from the command line: listed, shown, added and removed.

use crate::{cases::each, lamplight::Lamplight};
use serde_json::Value;

pub const FILE: &str = "# Our ways in.\n\n[connections.prod]   # the real one\nregion = \"eu-west-1\"\nlabels = { team = \"payments\" }\n\
                    auth.profile.name = \"prod\"\n";

pub fn with_file() -> Lamplight {
    let lamplight = Lamplight::new();
    lamplight.file("lamplight.toml", FILE);
    lamplight
}

pub fn text(lamplight: &Lamplight) -> String {
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
    assert!(said.contains("added connection sim to lamplight.toml"), "{said}");
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
fn unset_settings_are_shown_with_their_defaults() {
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
    lamplight.good(&["connections", "remove", "deploy", "--yes"]);
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

/// A connection that is added with these options has this way in; removed, it leaves the file as it was.
fn way_in(options: &str, method: &str) {
    let lamplight = with_file();
    let added = lamplight.line(&format!("connections add x {options}"));
    assert_eq!(added.code, 0, "{added:#?}");
    let list = lamplight.json(&["connections", "list"]);
    let own = list["connections"].as_array().unwrap().iter().find(|one| one["name"] == "x").unwrap();
    assert_eq!(own["auth"], method);
    lamplight.good(&["connections", "remove", "x", "--yes"]);
    assert_eq!(text(&lamplight), FILE);
}

each! { way_in;
    default_by_option: "--auth default", "default";
    instance_profile_by_option: "--auth instance-profile", "instance-profile";
    profile_by_option_and_setting: "--auth profile --set auth.profile.name=p", "profile";
    profile_by_setting: r#"--set auth.profile={name="p"}"#, "profile";
    web_identity_by_options_and_setting:
        "--auth web-identity --role-arn arn:aws:iam::123456789012:role/x --set auth.web-identity.token.env=T",
        "web-identity";
    web_identity_by_setting:
        r#"--role-arn arn:aws:iam::123456789012:role/x --set auth.web-identity.token={env="T"}"#, "web-identity";
    role_by_option_and_setting:
        "--external-id 12 --set auth.assume-role.role_arn=arn:aws:iam::123456789012:role/x", "assume-role";
    role_by_options:
        "--role-arn arn:aws:iam::123456789012:role/x --profile p --duration-seconds 900", "assume-role";
    access_key_by_option_and_setting:
        "--access-key-id env:A --set auth.access-key.secret_access_key=env:B", "access-key";
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
                    lamplight.good(&["connections", "remove", &own[0], "--yes"]);
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
    assert!(done.code == 6 && done.stderr.contains("secret file:etc/id not found"), "{done:#?}");
    let keys = ["--access-key-id", "file:id", "--secret-access-key", "file:secret"];
    let done = lamplight.run(&[&run[..], &keys].concat());
    assert!(done.code == 6 && done.stderr.contains("secret file:id not found"), "{done:#?}");
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
