//! What programs are shown is what the schemas say: every verb is run, and what it writes is held against its view.

use crate::{lamplight::Lamplight, place::Place, views_closed::validators};
use jsonschema::Validator;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// At the simulator: the view and the call, in an order in which each finds what it needs.
const AT_THE_SIMULATOR: &[(&str, &str)] = &[
    ("discovery", "discover --import"),
    ("discovery", "discover --max-items 3"),
    ("jobs", "jobs list"),
    ("job", "jobs show greeter"),
    (
        "job",
        "jobs edit greeter --rename-param SHOUT=loud --add-param who --set-direction who=InputOutput \
         --add-param Length:string --set-direction Length=Output --require GREETING --description Greets \
         --max-attempts 4 --log-tail true --client-context {\"a\":1.10} --idempotent --describe who=Person \
         --qualifier none --invocation-type RequestResponse",
    ),
    ("jobs", "jobs export"),
    ("job", "jobs create made --function adder:live --add-param a:integer"),
    ("applied-jobs", "jobs apply -f jobs.yaml"),
    ("job", "jobs edit listing --add-param first --set-direction first=Output"),
    ("run", "run greeter --payload {\"GREETING\":\"Hi\"}"),
    ("run", "run listing"),
    ("run", "run adder:live -p a=2 -p b:=40"),
    ("run", "run mirror --payload {\"a\":12345678901234567890.10}"),
    ("error", "run mirror --payload text"),
    ("run", "run mirror --invocation-type Event"),
    ("run", "run mirror --invocation-type DryRun"),
    ("run", "run broken"),
    ("run", "run busy --max-attempts 1"),
    ("run", "run nosuch"),
    ("run", "run lost"),
    ("error", "run greeter -p nosuch=1"),
    ("runs", "runs list"),
    ("runs", "runs list --limit 1"),
    ("run", "runs show latest"),
    ("status", "status latest"),
    ("status", "status other/8f507cfc#Failed"),
    ("cancel", "cancel latest"),
    ("monitor", "open greeter --print"),
    ("checks", "doctor greeter"),
    ("checks", "doctor -c nosuch"),
    ("connections", "connections list"),
    ("connection-settings", "connections show here"),
    ("checks", "connections test demo"),
    ("function", "functions wait adder"),
    ("functions", "functions list --max-items 2"),
];

/// At a Lambda that keeps what it is told.
const AT_A_LAMBDA: &[(&str, &str)] = &[
    ("quotas", "account settings"),
    (
        "changed-function",
        "functions create made --role arn:aws:iam::123456789012:role/worker --runtime python3.14 --handler a.b \
         --zip-file code --environment MODE=x --tags team=jobs --log-format JSON --tracing-mode Active",
    ),
    ("changed-function", "functions update-code adder --zip-file code"),
    ("changed-function", "functions update-configuration adder --timeout 9 --description Adds"),
    ("preview", "functions update-configuration adder --timeout 10 --dry-run"),
    ("changed-function", "functions publish-version adder"),
    ("functions", "functions list"),
    ("function", "functions get made --show-secrets"),
    ("function", "functions get-configuration made"),
    ("versions", "functions list-versions adder"),
    ("changed-tags", "functions tags set adder team=jobs zone=b"),
    ("tags", "functions tags list adder"),
    ("changed-tags", "functions tags remove adder team --yes"),
    ("changed-concurrency", "functions concurrency put adder 3"),
    ("concurrency", "functions concurrency get adder"),
    ("changed-concurrency", "functions concurrency delete adder --yes"),
    ("concurrency", "functions concurrency get adder"),
    ("changed-async", "functions async put adder --maximum-retry-attempts 1"),
    ("changed-async", "functions async update adder --maximum-event-age-in-seconds 60"),
    ("async", "functions async get adder"),
    ("async-list", "functions async list adder"),
    ("removed-async", "functions async delete adder --yes"),
    ("changed-alias", "aliases create adder live --function-version 1 --description Serves"),
    ("changed-alias", "aliases update adder live --routing 2=10%"),
    ("alias", "aliases get adder live"),
    ("aliases", "aliases list adder"),
    ("removed-alias", "aliases delete adder live --yes"),
    (
        "changed-permission",
        "permissions add adder --statement-id s --principal s3.amazonaws.com --source-account 123456789012",
    ),
    ("policy", "permissions get adder"),
    ("removed-permission", "permissions remove adder --statement-id s --yes"),
    ("layers", "layers list"),
    ("layer-versions", "layers list-versions tools"),
    ("layer-version", "layers get tools 1"),
    ("changed-permission", "layers add-permission tools 1 --statement-id s --principal 123456789012"),
    ("policy", "layers get-policy tools 1"),
    ("removed-layer-permission", "layers remove-permission tools 1 --statement-id s --yes"),
    ("removed-function", "functions delete adder --yes"),
];

/// Verbs that write no view: what they do is told to the person alone, or they print a document of another's form.
const WITHOUT_A_VIEW: &[&str] = &[
    "completions",
    "connections add",
    "connections remove",
    "connections schema",
    "iam policy",
    "iam trust-policy assume-role",
    "iam trust-policy entra",
    "iam trust-policy github",
    "iam trust-policy oidc",
    "iam trust-policy swf",
    "jobs rm",
    "runs prune",
    "runs rm",
];

fn simulator() -> Lamplight {
    let lamplight = Lamplight::new();
    lamplight.file(
        "lamplight.toml",
        "[connections.here]\nprovider = \"fake\"\nqualifier = \"live\"\nlabels = { stage = \"test\" }\n\
         [connections.cloud]\nregion = \"eu-west-1\"\n",
    );
    lamplight.file("jobs.yaml", "name: own\nconnection: demo\nfunction: mirror\n");
    lamplight
}

/// What a call at the simulator writes.
fn at_the_simulator(lamplight: &Lamplight, line: &str) -> Value {
    let words: Vec<&str> = line.split(' ').collect();
    lamplight.json(&[&["-c", "demo"], &words[..]].concat())
}

#[test]
fn the_output_of_every_command_matches_its_schema() {
    let validators = validators();
    let (lamplight, place) = (simulator(), Place::new());
    let mut mistakes = Vec::new();
    for (view, line) in AT_THE_SIMULATOR {
        mistakes.extend(misfits(&validators[view], line, &at_the_simulator(&lamplight, line)));
    }
    for (view, line) in AT_A_LAMBDA {
        mistakes.extend(misfits(&validators[view], line, &place.json(0, line)));
    }
    assert!(mistakes.is_empty(), "{}", mistakes.join("\n"));
}

fn misfits(validator: &Validator, line: &str, shown: &Value) -> Vec<String> {
    validator.iter_errors(shown).map(|error| format!("{line}: {}: {error}", error.instance_path())).collect()
}

#[test]
fn every_command_and_every_view_is_checked() {
    let verbs: BTreeSet<String> = verbs().collect();
    let calls = || AT_THE_SIMULATOR.iter().chain(AT_A_LAMBDA);
    let of_a_call = |line: &str| {
        let is_it = |verb: &&String| line == *verb || line.starts_with(&format!("{verb} "));
        verbs.iter().filter(is_it).max_by_key(|verb| verb.len()).cloned().unwrap_or_else(|| panic!("{line}"))
    };
    let looked_at = calls().map(|(_, line)| of_a_call(line));
    let looked_at: BTreeSet<String> =
        looked_at.chain(WITHOUT_A_VIEW.iter().map(|verb| (*verb).to_owned())).collect();
    assert_eq!(looked_at, verbs);
    let views: BTreeSet<&str> = lamplight_views::schemas().map(|(name, _)| name).collect();
    assert_eq!(calls().map(|(view, _)| *view).collect::<BTreeSet<_>>(), views);
}

/// The verbs of the command line, as its own index of pages lists them.
fn verbs() -> impl Iterator<Item = String> {
    let (_, index) = lamplight_cli::pages().into_iter().find(|(name, _)| name == "README.md").unwrap();
    let verb = |line: &str| Some(line.strip_prefix("- [`lamplight ")?.split_once('`')?.0.to_owned());
    index.lines().filter_map(verb).collect::<Vec<_>>().into_iter()
}

/// The test above would see a key that a view's schema does not tell of, and one that is missing.
#[test]
fn the_schemas_reject_extra_and_missing_keys() {
    let (validators, lamplight) = (validators(), simulator());
    at_the_simulator(&lamplight, "discover --import");
    at_the_simulator(&lamplight, "jobs edit listing --add-param first --set-direction first=Output");
    let run = at_the_simulator(&lamplight, "run listing");
    let status = at_the_simulator(&lamplight, "status latest");
    for (view, shown, place) in [
        ("run", &run, ""),
        ("run", &run, "/evidence"),
        ("run", &run, "/effective/qualifier"),
        ("run", &run, "/report"),
        ("run", &run, "/warnings/0"),
        ("status", &status, "/run/warnings/0"),
    ] {
        assert!(validators[view].is_valid(shown), "{view}");
        let mut more = shown.clone();
        more.pointer_mut(place).unwrap()["of_the_future"] = json!(1);
        assert!(!validators[view].is_valid(&more), "{view} {place}");
        let keys = shown.pointer(place).unwrap().as_object().unwrap();
        // What need not be there is left out where it is not known.
        for key in keys.keys().filter(|key| !["code", "http_status"].contains(&key.as_str())) {
            let mut fewer = shown.clone();
            fewer.pointer_mut(place).unwrap().as_object_mut().unwrap().remove(key);
            assert!(!validators[view].is_valid(&fewer), "{view} {place} without {key}");
        }
    }
}
