//! Every command and every way to fail, with marked secrets: none is in stdout, stderr, logs at trace level, the store, the
//! configuration or any other file, and on the wire each stands where its protocol wants it and nowhere else.

use crate::{
    lamplight::{Done, done},
    no_secret_bench::{Bench, by_approle},
};
use lamplight_testkit::lambda::{Behaviour, Function, Gate};

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
fn no_working_connection_leaves_a_secret() {
    let bench = Bench::new();
    for connection in GOOD.into_iter().chain(["service"]) {
        bench.runs(0, &["run", "quiet", "-c", connection]);
        bench.runs(0, &["discover", "-c", connection]);
        let doctor = bench.runs(0, &["doctor", "-c", connection]);
        assert!(doctor.stderr.contains("check finished"), "nothing is logged: {}", doctor.stderr);
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
fn no_failing_connection_leaves_a_secret() {
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
const ROLE: &str = "arn:aws:iam::123456789012:role/worker";
const DOMAIN: &str = "arn:aws:swf:eu-west-1:123456789012:/domain/d";
const QUIET: &str = "arn:aws:lambda:eu-west-1:123456789012:function:quiet";

/// What functions are made of here.
const NEW: [&str; 11] = [
    "made",
    "--role",
    ROLE,
    "--zip-file",
    "code",
    "--runtime",
    "python3.14",
    "--handler",
    "app.handler",
    "--environment-from",
    "TOKEN=env:VARIABLE",
];

/// Every verb by the name of its page, with the arguments behind it, after a run of the job `fails`.
const VERBS: &[(&str, &[&str])] = &[
    ("account-settings", &[]),
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
    ("connections-remove", &["more", "--yes"]),
    ("discover", &[]),
    ("doctor", &["quiet"]),
    ("functions-create", &NEW),
    ("functions-list", &["--function-version", "ALL"]),
    ("functions-get", &["quiet"]),
    ("functions-get-configuration", &["made"]),
    ("functions-wait", &["made"]),
    ("functions-update-code", &["made", "--zip-file", "other"]),
    (
        "functions-update-configuration",
        &["made", "--timeout", "9", "--environment-from", "TOKEN=env:VARIABLE"],
    ),
    ("functions-publish-version", &["made"]),
    ("functions-list-versions", &["made"]),
    ("functions-tags-set", &["made", "team=jobs"]),
    ("functions-tags-list", &["made"]),
    ("functions-tags-remove", &["made", "team", "--yes"]),
    ("functions-concurrency-put", &["made", "3"]),
    ("functions-concurrency-get", &["made"]),
    ("functions-concurrency-delete", &["made", "--yes"]),
    ("functions-async-put", &["made", "--maximum-retry-attempts", "1"]),
    ("functions-async-update", &["made", "--maximum-event-age-in-seconds", "60"]),
    ("functions-async-get", &["made"]),
    ("functions-async-list", &["made"]),
    ("functions-async-delete", &["made", "--yes"]),
    ("aliases-create", &["made", "live", "--function-version", "1"]),
    ("aliases-update", &["made", "live", "--routing", "2=10%"]),
    ("aliases-get", &["made", "live"]),
    ("aliases-list", &["made"]),
    ("permissions-add", &["made:live", "--statement-id", "other", "--principal", ACCOUNT]),
    ("permissions-get", &["made:live"]),
    ("permissions-remove", &["made:live", "--statement-id", "other", "--yes"]),
    ("aliases-delete", &["made", "live", "--yes"]),
    ("functions-delete", &["made", "--yes"]),
    ("iam-policy", &["--function", QUIET]),
    ("iam-trust-policy-assume-role", &["--principal", USER]),
    (
        "iam-trust-policy-entra",
        &["--account", ACCOUNT, "--tenant", lamplight_testkit::entra::TENANT, "--value", "x"],
    ),
    ("iam-trust-policy-github", &["--account", ACCOUNT, "--repository", "acme/jobs"]),
    (
        "iam-trust-policy-oidc",
        &["--account", ACCOUNT, "--issuer", "https://issuer.example.com", "--subject", "jobs"],
    ),
    ("iam-trust-policy-swf", &["--source-arn", DOMAIN]),
    ("jobs-apply", &["--file", "jobs.yaml"]),
    ("jobs-create", &["more", "--function", "quiet"]),
    ("jobs-edit", &["quiet", "--description", "says nothing"]),
    ("jobs-export", &[]),
    ("jobs-list", &[]),
    ("jobs-show", &["fails"]),
    ("jobs-rm", &["quiet", "--yes"]),
    ("layers-list", &[]),
    ("layers-list-versions", &["tools"]),
    ("layers-get", &["tools", "1"]),
    ("layers-add-permission", &["tools", "1", "--statement-id", "other", "--principal", ACCOUNT]),
    ("layers-get-policy", &["tools", "1"]),
    ("layers-remove-permission", &["tools", "1", "--statement-id", "other", "--yes"]),
    ("open", &["fails", "--print"]),
    ("run", &["fails"]),
    ("runs-list", &[]),
    ("runs-prune", &["--keep-days", "9", "--yes"]),
    ("runs-show", &["latest"]),
    ("status", &["latest"]),
    ("runs-rm", &["latest", "--yes"]),
];

/// What is there already cannot be added again, and what is gone not taken away.
const ONCE: [&str; 10] = [
    "connections-add",
    "connections-remove",
    "jobs-create",
    "jobs-rm",
    "aliases-delete",
    "functions-async-delete",
    "functions-delete",
    "permissions-remove",
    "layers-remove-permission",
    "functions-concurrency-delete",
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
    bench.home.file("code/app.py", "def handler(event, context):\n    return event\n");
    bench.home.file("other/app.py", "def handler(event, context):\n    return 42\n");
    let pages = lamplight_cli::pages();
    for (verb, arguments) in VERBS {
        // The two that have something to say have it in their exit code.
        let code = match *verb {
            "run" => 3,
            "cancel" => 1,
            _ => 0,
        };
        let (_, page) = pages.iter().find(|(name, _)| name.strip_suffix(".md") == Some(verb)).unwrap();
        let words = page.lines().next().unwrap().strip_prefix("# lamplight ").unwrap();
        let words: Vec<&str> = words.split(' ').collect();
        let forms = if ONCE.contains(verb) { &["text"][..] } else { &["json", "yaml", "text"] };
        for form in forms {
            bench.runs(code, &[&words[..], arguments, &["--output", form]].concat());
        }
    }
    bench.look_at_the_wire(&["secret variable of a new function"]);
}

#[test]
fn no_dry_run_leaves_a_secret() {
    let bench = Bench::new();
    bench.home.file("code/app.py", "def handler(event, context):\n    return event\n");
    for form in ["text", "json", "yaml"] {
        let shown =
            bench.runs(0, &[&["functions", "create"], &NEW[..], &["--dry-run", "--output", form]].concat());
        assert!(shown.stdout.contains("TOKEN") && shown.stdout.contains("********"), "{}", shown.stdout);
        let change =
            ["functions", "update-configuration", "quiet", "--environment-from", "TOKEN=env:VARIABLE"];
        bench.runs(0, &[&change[..], &["--dry-run", "--output", form]].concat());
    }
}

#[test]
fn secrets_of_functions_are_shown_where_they_are_asked_for() {
    let bench = Bench::new();
    let mut password = bench.world.aws.account().functions["quiet"].environment["DB_PASSWORD"].clone();
    let shown = |arguments: &[&str]| done(bench.command(arguments).output().unwrap()).stdout;
    let text = shown(&["functions", "get", "quiet", "--show-secrets"]);
    assert!(text.contains(&password), "{text}");
    password = serde_json::to_string(&password).unwrap();
    let json = shown(&["functions", "get-configuration", "quiet", "--show-secrets", "--output", "json"]);
    assert!(json.contains(&password), "{json}");
}

#[test]
fn every_verb_is_tried() {
    let pages = lamplight_cli::pages();
    let mut pages: Vec<&str> = pages.iter().filter_map(|(name, _)| name.strip_suffix(".md")).collect();
    pages.retain(|page| *page != "README");
    let mut tried: Vec<&str> = VERBS.iter().map(|(verb, _)| *verb).collect();
    tried.sort_unstable();
    pages.sort_unstable();
    assert_eq!(pages, tried);
}

#[test]
fn no_key_given_for_one_call_is_left_behind() {
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
    bench.runs(0, &["connections", "remove", "new", "--yes"]);
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
fn the_search_finds_planted_secrets() {
    let bench = Bench::new();
    let mut command = bench.command(&["run", "quiet", "-c", "key"]);
    let said = done(command.output().unwrap());
    let leaked = Done { stderr: said.stderr + &bench.value("OWN_SECRET"), ..said };
    let found = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| bench.look("a leak", &leaked)));
    assert!(found.is_err());
}
