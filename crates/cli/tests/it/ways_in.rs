//! Every example of `docs/connections.md`, run by the built binary. Nothing of an example is changed but what a test
//! cannot have: files in system folders and addresses of machines. Hosts are the real ones; what answers there checks every
//! signature with the credentials that it issued itself.

use crate::{
    lamplight::{Lamplight, done},
    ways_in_cases::{Arranged, HEADINGS, Stage},
    ways_in_document::{sections, text, trust_of},
};
use lamplight_domain::ErrorCode;
use lamplight_testkit::{World, aws::Call, machine::Container};
use std::{collections::BTreeSet, fs, sync::Arc};

#[test]
fn every_section_has_an_example_and_every_example_a_case() {
    let sections = sections(&text());
    for section in &sections {
        assert!(!section.toml.is_empty(), "{:?} shows no configuration", section.heading);
        let last = section.commands.last().unwrap_or_else(|| panic!("{:?} runs nothing", section.heading));
        assert_eq!(last.arguments[0], "run", "{:?} must end with a call", section.heading);
        assert_eq!(last.stdout, "{\"name\":\"Ada\"}\n", "{:?} must show the answer", section.heading);
    }
    let headings: Vec<&str> = sections.iter().map(|section| section.heading.as_str()).collect();
    assert_eq!(headings, HEADINGS);
}

#[test]
fn every_documented_code_exists() {
    let text = text();
    let known: BTreeSet<&str> = lamplight_cli::error_codes().map(ErrorCode::as_str).collect();
    let table = text.split("## When it does not work").nth(1).unwrap();
    let codes: Vec<&str> =
        table.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    assert!(codes.len() > 10, "{codes:?}");
    for code in codes {
        assert!(known.contains(code), "{code}");
    }
}

/// One call as a case expects it: action, principal and host.
fn shown(call: &Call) -> (String, String, String) {
    (call.action.clone(), call.principal.clone(), call.host.clone())
}

/// Runs the commands of the section with this heading.
pub fn run_example(heading: &str, arrange: fn(&Stage<'_>) -> Arranged) {
    let sections = sections(&text());
    let section = sections.iter().find(|section| section.heading == heading).unwrap();
    let (world, home) = (World::default(), Lamplight::new());
    world.aws.echo();
    if let (Some(role), Some(trust)) = (section.role(), &section.trust) {
        world.aws.role(role, [trust.clone()]);
    }
    let arranged = arrange(&Stage { world: &world, home: &home });
    let mut toml = section.toml.clone();
    let mut ini = section.ini.clone().unwrap_or_default();
    for (from, to) in &arranged.replace {
        assert!(toml.contains(from) || ini.contains(from), "{:?} does not name {from}", section.heading);
        toml = toml.replace(from, to);
        ini = ini.replace(from, to);
    }
    home.file("lamplight.toml", &toml);
    if section.ini.is_some() {
        fs::create_dir_all(home.path().join(".aws")).unwrap();
        home.file(".aws/config", &ini);
    }
    for command in &section.commands {
        let arguments: Vec<&str> = command.arguments.iter().map(String::as_str).collect();
        let mut binary = home.command_in(&world, &arguments);
        binary.envs(arranged.environment.iter().cloned());
        let done = done(binary.output().unwrap());
        let told = format!("{:?}: {arguments:?}: {done:#?}\n{}", section.heading, world.log.told());
        assert_eq!(done.code, 0, "{told}");
        if arguments[0] == "iam" {
            let policy = serde_json::from_str(&done.stdout).unwrap();
            world.aws.role(section.role().unwrap(), [trust_of(&policy)]);
        } else {
            // A response has no line end of its own; the document does.
            let expected = match arguments[0] {
                "run" => command.stdout.trim_end(),
                _ => &command.stdout,
            };
            assert_eq!(done.stdout, expected, "{told}");
        }
    }
    let told = world.log.told();
    let expected: Vec<_> =
        arranged.calls.iter().map(|(a, p, h)| (a.to_string(), p.clone(), h.clone())).collect();
    let calls = world.aws.calls();
    assert_eq!(calls.iter().map(shown).collect::<Vec<_>>(), expected, "{:?}\n{told}", section.heading);
    assert!(world.log.all().iter().all(|seen| seen.refused.is_none()), "{:?}\n{told}", section.heading);
    (arranged.check)(&calls);
}

#[test]
fn ambient_credentials_and_a_region_are_enough_without_a_file() {
    let (world, home) = (World::default(), Lamplight::new());
    world.aws.echo();
    let key = world.aws.user("me");
    let mut command =
        home.command_in(&world, &["run", "echo", "--region", "eu-west-1", "--quiet", "-p", "name=Ada"]);
    command.env("AWS_ACCESS_KEY_ID", &key.id).env("AWS_SECRET_ACCESS_KEY", &key.secret);
    let done = done(command.output().unwrap());
    assert_eq!(done.stdout, "{\"name\":\"Ada\"}", "{done:#?}\n{}", world.log.told());
    assert_eq!(world.aws.calls()[0].principal, key.principal);
}

/// What EKS Pod Identity hands a pod: the endpoint, and the token in a file.
#[test]
fn a_pod_shows_its_endpoint_the_token_in_the_file() {
    let (world, home) = (World::default(), Lamplight::new());
    world.aws.echo();
    home.file("lamplight.toml", "[connections.x]\nregion = \"eu-west-1\"\nauth = \"instance-profile\"\n");
    let (authorization, path) = ("eyJ.the.pod".to_owned(), "/v1/credentials");
    let token = home.file("token", &authorization);
    let key = world.aws.session("pod", "p-1");
    let url = world.http(Arc::new(Container { path, authorization, key: key.clone() }));
    let mut command = home.command_in(&world, &["run", "echo", "-c", "x", "--quiet"]);
    command
        .env("AWS_CONTAINER_CREDENTIALS_FULL_URI", format!("{url}{path}"))
        .env("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", token);
    let done = done(command.output().unwrap());
    assert_eq!(done.code, 0, "{done:#?}\n{}", world.log.told());
    assert_eq!(world.aws.calls()[0].principal, key.principal);
}
