//! Every command and every way to fail, with marked secrets: none is in stdout, stderr, logs at trace level, the store, the
//! configuration or any other file, and on the wire each stands where its protocol wants it and nowhere else.

use crate::{
    lamplight::{Done, done},
    no_secret_bench::{Bench, by_approle},
    stubs::lambda::{Behaviour, Function, Gate},
};

const GOOD: [&str; 9] = ["key", "session", "role", "vault", "managed", "token", "idp", "signed", "workload"];

/// Connections that give no credentials, and the exit code.
const BAD: [&str; 13] = [
    "wrong",
    "wrong-session",
    "absent",
    "refused",
    "vault-closed",
    "vault-absent",
    "managed-closed",
    "managed-absent",
    "stranger",
    "no-token",
    "not-a-token",
    "idp-wrong",
    "not-a-key",
];

#[test]
fn no_way_in_leaves_a_secret() {
    let bench = Bench::new();
    for connection in GOOD.into_iter().chain(["service"]) {
        bench.runs(0, &["run", "quiet", "-c", connection]);
        bench.runs(0, &["discover", "-c", connection]);
        let doctor = bench.runs(0, &["doctor", "-c", connection]);
        assert!(doctor.stderr.contains("a check has ended"), "nothing is logged: {}", doctor.stderr);
    }
    assert!(bench.look_at_files() > 2, "there is a store to look at");
    bench.look_at_the_wire(&[
        "session token",
        "identity token",
        "client secret",
        "vault token",
        "identity header",
    ]);
}

#[test]
fn no_way_that_is_closed_leaves_a_secret() {
    let bench = Bench::new();
    for connection in BAD {
        for arguments in [
            &["run", "quiet", "-c", connection][..],
            &["run", "quiet", "-c", connection, "--output", "json"],
            &["discover", "-c", connection],
            &["doctor", "-c", connection],
            &["connections", "test", connection, "--output", "json"],
        ] {
            let done = bench.run(arguments);
            assert_ne!(done.code, 0, "{arguments:?}: {}", done.stdout);
        }
    }
    bench.look_at_the_wire(&["wrong client secret", "identity token", "vault token"]);
}

#[test]
fn no_sign_in_at_a_vault_leaves_a_secret() {
    let bench = Bench::new();
    for (variable, code) in [("ROLE_SECRET_ID", 0), ("PARAMETER", 4)] {
        let file = bench.keep("approle.toml", &by_approle(variable));
        for verb in [&["run", "quiet"][..], &["discover"], &["doctor"]] {
            bench.runs(code, &[verb, &["-c", "vault", "--config", &file]].concat());
        }
    }
    bench.look_at_the_wire(&["secret id of an AppRole", "token of a sign-in"]);
}

/// Jobs with a secret parameter, by reference and given, and what a function does with it.
#[test]
fn no_run_of_a_job_leaves_a_secret() {
    let bench = Bench::new();
    bench.runs(0, &["discover", "--import"]);
    for (job, code) in [("quiet", 0), ("fails", 3), ("broken", 7), ("denied", 4), ("busy", 5)] {
        bench.runs(0, &["jobs", "edit", job, "--add-param", "token", "--secret", "token"]);
        bench.runs(0, &["jobs", "edit", job, "--set-default", "token=env:PARAMETER", "--max-attempts", "1"]);
        for form in ["text", "json"] {
            bench.runs(code, &["run", job, "--output", form]);
        }
        let given = bench.keep("given.json", &serde_json::json!({ "token": parameter(&bench) }).to_string());
        bench.runs(code, &["run", job, "--params-file", &given]);
    }
    bench.run(&["run", "no-such-function"]);
    bench.run(&["jobs", "edit", "quiet", "--set-default", &format!("token={}", parameter(&bench))]);
    let document =
        bench.runs(0, &["jobs", "export"]).stdout.replace("env:PARAMETER", &yaml(&parameter(&bench)));
    let document = bench.keep("jobs.yaml", &document);
    assert_ne!(bench.run(&["jobs", "apply", "--file", &document]).code, 0);
    bench.look_at_the_wire(&["secret parameter"]);
}

const ACCOUNT: &str = "123456789012";
const USER: &str = "arn:aws:iam::123456789012:user/me";
const DOMAIN: &str = "arn:aws:swf:eu-west-1:123456789012:/domain/d";
const QUIET: &str = "arn:aws:lambda:eu-west-1:123456789012:function:quiet";

/// Every verb by the name of its page, with the arguments behind it, after a run of the job `fails`.
const VERBS: [(&str, &[&str]); 26] = [
    ("cancel", &["latest"]),
    ("completions", &["bash"]),
    (
        "connections-add",
        &[
            "more",
            "--region",
            "eu-west-1",
            "--access-key-id",
            "env:SESSION_ID",
            "--secret-access-key",
            "env:SESSION_SECRET",
        ],
    ),
    ("connections-list", &[]),
    ("connections-schema", &[]),
    ("connections-show", &["more"]),
    ("connections-test", &["session"]),
    ("connections-remove", &["more"]),
    ("discover", &[]),
    ("doctor", &["quiet"]),
    ("iam-policy", &["--function", QUIET]),
    ("iam-trust-policy-assume-role", &["--principal", USER]),
    (
        "iam-trust-policy-entra",
        &["--account", ACCOUNT, "--tenant", crate::stubs::entra::TENANT, "--value", "x"],
    ),
    ("iam-trust-policy-github", &["--account", ACCOUNT, "--repository", "acme/jobs"]),
    ("iam-trust-policy-swf", &["--source-arn", DOMAIN]),
    ("jobs-apply", &["--file", "jobs.yaml"]),
    ("jobs-edit", &["quiet", "--description", "says nothing"]),
    ("jobs-export", &[]),
    ("jobs-list", &[]),
    ("jobs-show", &["fails"]),
    ("jobs-rm", &["quiet"]),
    ("open", &["fails", "--print"]),
    ("run", &["fails"]),
    ("runs-list", &[]),
    ("runs-show", &["latest"]),
    ("status", &["latest"]),
];

#[test]
fn no_verb_leaves_a_secret() {
    let bench = Bench::new();
    bench.runs(0, &["discover", "--import"]);
    for job in ["quiet", "fails"] {
        bench.runs(0, &["jobs", "edit", job, "--add-param", "token", "--secret", "token"]);
        bench.runs(0, &["jobs", "edit", job, "--set-default", "token=env:PARAMETER"]);
    }
    bench.runs(3, &["run", "fails"]);
    bench.home.file("jobs.yaml", &bench.runs(0, &["jobs", "export"]).stdout);
    for (verb, arguments) in VERBS {
        // The two that have something to say have it in their exit code.
        let code = match verb {
            "run" => 3,
            "cancel" => 1,
            _ => 0,
        };
        let verb: Vec<&str> = verb.split('-').collect();
        let verb: Vec<&str> = match verb[..] {
            ["iam", "trust", "policy", ..] => vec!["iam", "trust-policy", verb_of(&verb[3..])],
            _ => verb,
        };
        let again = match verb[..] {
            // What is there already cannot be added or removed again.
            ["connections", "add" | "remove"] | ["jobs", "rm"] => &["text"][..],
            _ => &["json", "text"],
        };
        for form in again {
            bench.runs(code, &[&verb[..], arguments, &["--output", form]].concat());
        }
    }
}

/// The last word of a verb whose own words are joined by a hyphen.
fn verb_of(parts: &[&str]) -> &'static str {
    if parts == ["assume", "role"] {
        "assume-role"
    } else {
        ["entra", "github", "swf"].into_iter().find(|word| [*word] == *parts).unwrap()
    }
}

#[test]
fn every_verb_is_tried() {
    let pages = lamplight_cli::pages();
    let mut pages: Vec<&str> = pages.iter().filter_map(|(name, _)| name.strip_suffix(".md")).collect();
    pages.retain(|page| *page != "README");
    let mut tried = VERBS.map(|(verb, _)| verb);
    tried.sort_unstable();
    pages.sort_unstable();
    assert_eq!(pages, tried);
}

#[test]
fn no_key_of_one_call_leaves_itself() {
    let bench = Bench::new();
    let keys = ["--access-key-id", "env:SESSION_ID", "--secret-access-key", "env:SESSION_SECRET"];
    let with_token = [&keys[..], &["--session-token", "env:SESSION_TOKEN"]].concat();
    bench.runs(0, &[&["run", "quiet"], &with_token[..]].concat());
    bench.runs(0, &[&["discover", "--import"], &with_token[..]].concat());
    bench.runs(0, &[&["doctor", "quiet"], &with_token[..]].concat());
    assert_ne!(
        bench.run(&[&["run", "quiet"], &keys[..]].concat()).code,
        0,
        "without its token the key is refused"
    );
    let literal = bench.value("SESSION_SECRET");
    for place in [3, 5] {
        let mut arguments = [&["run", "quiet"], &keys[..]].concat();
        arguments[place] = &literal;
        assert_eq!(bench.run(&arguments).code, 2);
    }
    bench.look_at_the_wire(&["session token"]);
}

#[test]
fn no_mistake_in_the_file_repeats_a_secret() {
    let bench = Bench::new();
    let literal = bench.value("OWN_SECRET");
    let own = std::fs::read_to_string(bench.home.path().join("lamplight.toml")).unwrap();
    for (number, broken) in [
        format!(
            "[connections.x.auth.access-key]\naccess_key_id = \"AKIA\"\nsecret_access_key = \"{literal}\"\n"
        ),
        format!(
            "[connections.x.auth.access-key]\naccess_key_id = \"{literal}\"\nsecret_access_key = \"env:X\"\n"
        ),
        format!("[connections.x.auth.access-key]\nsecret_access_key = {literal}\n"),
        format!("[connections.x]\nsecret_acess_key = \"{literal}\"\n"),
        format!(
            "[connections.x]\nendpoint_url = \"https://me:{}@example.com\"\n",
            literal.trim_matches(['/', '+'])
        ),
        format!("[secrets.vault]\nauth = {{ token = \"{literal}\" }}\n"),
        format!("[connections.x.auth.web-identity.token]\nenv = \"A={literal}\"\n"),
    ]
    .into_iter()
    .enumerate()
    {
        let file = bench.keep(&format!("broken-{number}.toml"), &broken);
        for arguments in [
            &["run", "quiet", "-c", "x"][..],
            &["connections", "list"],
            &["connections", "show", "x"],
            &["doctor", "-c", "x"],
            &["doctor", "-c", "x", "--output", "json"],
        ] {
            let done = bench.run(&[arguments, &["--config", &file]].concat());
            assert_ne!(done.code, 0, "mistake {number}: {arguments:?}: {}", done.stdout);
        }
    }
    for arguments in [
        &["connections", "add", "new", "--auth", "access-key", "--secret-access-key", &literal][..],
        &["connections", "add", "new", "--auth", "access-key", "--session-token", &literal],
        &["connections", "add", "new", "--set", &format!("auth.access-key.secret_access_key={literal}")],
    ] {
        assert_ne!(bench.run(arguments).code, 0, "{:?}", &arguments[..5]);
    }
    bench.runs(
        0,
        &[
            "connections",
            "add",
            "new",
            "--region",
            "eu-west-1",
            "--auth",
            "access-key",
            "--access-key-id",
            "env:SESSION_ID",
            "--secret-access-key",
            "env:SESSION_SECRET",
            "--session-token",
            "env:SESSION_TOKEN",
        ],
    );
    bench.runs(0, &["run", "quiet", "-c", "new"]);
    bench.runs(0, &["connections", "remove", "new"]);
    assert_eq!(std::fs::read_to_string(bench.home.path().join("lamplight.toml")).unwrap(), own);
}

/// While a call waits its intent is in the store, and the process dies before it can tidy up.
#[test]
fn no_call_in_flight_has_left_a_secret() {
    let bench = Bench::new();
    let (gate, arrivals, release) = Gate::new();
    let waits = Function { behaviour: Behaviour::Waits(gate), ..Function::default() };
    bench.world.aws.account().functions.insert("waits".to_owned(), waits);
    bench.runs(0, &["discover", "--import"]);
    bench.runs(0, &["jobs", "edit", "waits", "--add-param", "token", "--secret", "token"]);
    bench.runs(0, &["jobs", "edit", "waits", "--set-default", "token=env:PARAMETER"]);
    let mut child = bench.command(&["run", "waits"]).spawn().unwrap();
    arrivals.recv().unwrap();
    assert!(bench.look_at_files() > 2, "there is a store to look at");
    child.kill().unwrap();
    let killed = done(child.wait_with_output().unwrap());
    drop(release);
    bench.look("the run that was killed", &killed);
    let shown = bench.runs(0, &["runs", "list"]);
    assert!(shown.stdout.contains("waits"), "{}", shown.stdout);
    bench.look_at_the_wire(&["secret parameter"]);
}

fn parameter(bench: &Bench) -> String {
    bench.value("PARAMETER")
}

fn yaml(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}

#[test]
fn the_search_would_find_what_the_commands_leave() {
    let bench = Bench::new();
    let mut command = bench.command(&["run", "quiet", "-c", "key"]);
    let said = done(command.output().unwrap());
    let leaked = Done { stderr: said.stderr + &bench.value("OWN_SECRET"), ..said };
    let found = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| bench.look("a leak", &leaked)));
    assert!(found.is_err());
}
