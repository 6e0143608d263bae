//! Changes that remove more than they name: they say what goes, ask, and touch nothing else.

use crate::{cases::each, lamplight::Lamplight, place::Place};
use serde_json::{Value, json};

const ALIAS: &str = "aliases create adder live --function-version 1 --routing 2=10%";
const ASYNC: &str = "functions async put adder --maximum-retry-attempts 1 --on-failure arn:aws:sqs:eu-west-1:123456789012:failed";

/// A Lambda whose function has variables, a network and a description.
fn place() -> Place {
    Place::with(&[
        "functions update-configuration adder --environment KEEP=1 --environment OLD=hunter2 --subnet-ids subnet-1,subnet-2 --security-group-ids sg-1 --description adds --dead-letter-target-arn arn:aws:sqs:eu-west-1:123456789012:dead",
        ALIAS,
        ASYNC,
    ])
}

fn removes(action: &str, line: &str, removed: &[&str]) {
    let place = place();
    let before = place.calls(action);
    let error = place.json(2, line);
    assert_eq!(error["error"]["code"], "not_confirmed", "{error}");
    let message = error["error"]["message"].as_str().unwrap();
    let (shown, done) = place.shown(0, &format!("{line} --dry-run"));
    assert_eq!(place.calls(action), before, "nothing was sent");
    assert_eq!(shown["removes"], json!(removed));
    let made = place.run(&format!("{line} --yes"));
    assert_eq!((made.code, place.calls(action)), (0, before + 1), "{made:#?}");
    for what in removed {
        for text in [message, &done.stderr, &made.stderr] {
            assert!(text.contains(what), "{what}: {text}");
        }
    }
    for text in [message, &shown.to_string(), &done.stderr, &made.stderr, &made.stdout] {
        assert!(!text.contains("hunter2"), "{text}");
    }
    // What is gone cannot go again.
    assert_eq!(place.json(0, line)["outcome"], "unchanged");
}

each! { removes;
    removed_by_environment: UPDATE, "functions update-configuration adder --environment KEEP=2",
        &["environment variable OLD"];
    removed_by_no_environment: UPDATE, "functions update-configuration adder --no-environment",
        &["environment variable KEEP", "environment variable OLD"];
    removed_by_subnets: UPDATE, "functions update-configuration adder --subnet-ids subnet-2", &["subnet subnet-1"];
    removed_by_no_vpc: UPDATE, "functions update-configuration adder --no-vpc",
        &["subnet subnet-1", "subnet subnet-2", "security group sg-1"];
    removed_description: UPDATE, "functions update-configuration adder --description=", &["description adds"];
    removed_target: UPDATE, "functions update-configuration adder --dead-letter-target-arn=",
        &["dead-letter target arn:aws:sqs:eu-west-1:123456789012:dead"];
    removed_routing: "lambda:UpdateAlias", "aliases update adder live --no-routing",
        &["the routing of 10 % to version 2"];
    removed_by_other_routing: "lambda:UpdateAlias", "aliases update adder live --routing 3=10%",
        &["the routing of 10 % to version 2"];
    removed_by_async_put: "lambda:PutFunctionEventInvokeConfig", "functions async put adder --maximum-retry-attempts 0",
        &["destination on failure arn:aws:sqs:eu-west-1:123456789012:failed"];
}

const UPDATE: &str = "lambda:UpdateFunctionConfiguration";

/// A change that removes nothing is made without a question, also with `--yes`.
fn removes_nothing(line: &str) {
    for line in [line.to_owned(), format!("{line} --yes")] {
        let (shown, done) = place().shown(0, &line);
        assert_eq!(shown["outcome"], "made", "{shown}");
        assert!(!done.stderr.contains("removes"), "{}", done.stderr);
    }
}

each! { removes_nothing;
    kept_by_all_variables: "functions update-configuration adder --environment KEEP=2 --environment OLD=1 --environment NEW=1";
    kept_by_another_description: "functions update-configuration adder --description sums";
    kept_by_more_subnets: "functions update-configuration adder --subnet-ids subnet-1,subnet-2,subnet-3";
    kept_by_another_weight: "aliases update adder live --routing 2=20%";
    kept_by_promotion: "aliases update adder live --function-version 2 --no-routing";
    kept_by_async_update: "functions async update adder --maximum-retry-attempts 0";
    kept_by_merging: "functions update-configuration adder --set-environment NEW=1 --unset-environment OLD";
}

fn variables(place: &Place) -> Value {
    place.json(0, "functions get-configuration adder --show-secrets")["environment"].clone()
}

#[test]
fn variables_are_merged_under_the_revision() {
    let place = place();
    place.json(0, "functions update-configuration adder --set-environment MODE=fast --set-environment-from TOKEN=env:HOME --unset-environment OLD");
    let home = place.home.path().to_str().unwrap();
    let merged = json!({ "KEEP": "1", "MODE": "fast", "TOKEN": home });
    assert_eq!(variables(&place), merged);
    assert_eq!(
        place.json(0, "functions update-configuration adder --set-environment MODE=fast")["outcome"],
        "unchanged"
    );
    let shown = place.json(0, "functions update-configuration adder --set-environment MODE=slow --dry-run");
    assert!(shown["body"]["RevisionId"].is_string(), "{shown}");
    assert_eq!(shown["body"]["Environment"]["Variables"].as_object().unwrap().len(), 3, "{shown}");
    let other =
        "functions update-configuration adder --set-environment MODE=slow --if-revision other --dry-run";
    assert_eq!(place.json(0, other)["body"]["RevisionId"], "other");
}

/// Options that cannot be used together, or are not what they seem.
fn is_refused(line: &str, part: &str) {
    let done = place().run(&format!("functions update-configuration adder {line}"));
    assert_eq!(done.code, 2, "{done:#?}");
    assert!(done.stderr.contains(part), "{}", done.stderr);
}

each! { is_refused;
    set_beside_all: "--set-environment A=1 --environment B=2", "cannot be used with";
    unset_beside_none: "--unset-environment A --no-environment", "cannot be used with";
    set_and_unset: "--set-environment A=1 --unset-environment A", "both set and removed";
    set_twice: "--set-environment A=1 --set-environment A=2", "given twice";
    set_without_value: "--set-environment A", "not written as KEY=VALUE";
    unset_with_value: "--unset-environment A=hunter2", "without a value";
}

#[test]
fn an_alias_is_not_pointed_to_the_version_that_it_routes_to() {
    let place = place();
    let error = place.json(2, "aliases update adder live --function-version 2");
    let message = error["error"]["message"].as_str().unwrap();
    assert!(message.contains("already routes 10 % of its calls to version 2"), "{message}");
    assert_eq!(place.calls("lambda:UpdateAlias"), 0);
}

#[test]
fn the_same_statement_is_unchanged_however_its_principal_is_spelled() {
    for (one, other) in [
        ("123456789012", "arn:aws:iam::123456789012:root"),
        ("arn:aws:iam::123456789012:root", "123456789012"),
        ("arn:aws:iam::123456789012:root", "arn:aws:iam::123456789012:root"),
        ("arn:aws:iam::123456789012:role/caller", "arn:aws:iam::123456789012:role/caller"),
        ("s3.amazonaws.com", "s3.amazonaws.com"),
        ("*", "*"),
    ] {
        for add in ["permissions add adder", "layers add-permission tools 1"] {
            let place = Place::new();
            let add = format!("{add} --statement-id s --principal");
            assert_eq!(place.json(0, &format!("{add} {one}"))["outcome"], "made", "{add} {one}");
            assert_eq!(
                place.json(0, &format!("{add} {other}"))["outcome"],
                "unchanged",
                "{add} {one} {other}"
            );
            assert_eq!(place.json(1, &format!("{add} 210987654321"))["error"]["code"], "exists_otherwise");
        }
    }
}

/// What is not there is told apart from a function, version or alias that is not there.
fn tells_what_is_missing(line: &str, code: &str) {
    let error = Place::new().json(6, line);
    assert_eq!(error["error"]["code"], code, "{error}");
}

each! { tells_what_is_missing;
    policy_of_a_function_without_one: "permissions get adder", "not_found";
    policy_of_no_function: "permissions get nothere", "function_not_found";
    statement_of_a_function_without_one: "permissions remove adder --statement-id s --yes", "not_found";
    statement_of_no_function: "permissions remove nothere --statement-id s --yes", "function_not_found";
    async_settings_of_no_function: "functions async get nothere", "function_not_found";
}

#[test]
fn what_is_local_is_removed_after_a_question_too() {
    let lamplight = Lamplight::new();
    lamplight.file("lamplight.toml", "[connections.staging]\nregion = \"eu-west-1\"\n");
    lamplight.good(&["jobs", "create", "adder", "-c", "demo"]);
    for (line, listed) in [("jobs rm adder", "jobs list"), ("connections remove staging", "connections list")]
    {
        let refused = lamplight.refused(line);
        assert!(refused.starts_with("exit code 2") && refused.contains("needs --yes"), "{refused}");
        let name = line.rsplit(' ').next().unwrap();
        assert!(lamplight.line(listed).stdout.contains(name));
        assert_eq!(lamplight.line(&format!("{line} -y")).code, 0);
        assert!(!lamplight.line(listed).stdout.contains(name));
    }
}

#[test]
fn a_job_is_created_with_its_parameters_and_never_replaced() {
    let lamplight = Lamplight::new();
    let create = "jobs create greet -c demo --function greeter:1 --add-param who --require who --add-param n:integer --set-direction n=Input&Output --description greets";
    let job: Value = serde_json::from_str(&lamplight.line(&format!("{create} -o json")).stdout).unwrap();
    assert_eq!((&job["connection"], &job["description"]), (&json!("demo"), &json!("greets")), "{job}");
    assert_eq!(job["parameters"][0]["required"], true, "{job}");
    assert_eq!(job["parameters"][1]["direction"], "InputOutput", "{job}");
    let again = lamplight.refused(create);
    assert!(again.contains("job greet already exists"), "{again}");
    assert_eq!(lamplight.line("run adder -p a:=1 -p b:=2 -c demo").code, 0);
    lamplight.good(&["jobs", "create", "adder", "-c", "demo"]);
    assert_eq!(lamplight.json(&["jobs", "show", "adder"])["function"], "adder");
    assert!(lamplight.refused("jobs create other -c nosuch").contains("nosuch"));
}

#[test]
fn a_packed_folder_is_shown_and_leaves_out_what_is_not_code() {
    let lamplight = Lamplight::new();
    for name in ["code/app.py", "code/.env", "code/.git/HEAD", "code/__pycache__/app.pyc", "code/notes.log"] {
        lamplight.file(name, "x");
    }
    let create = "functions create made -c demo --role arn:aws:iam::000000000000:role/worker --runtime python3.14 --handler app.handler --zip-file code";
    let shown = |more: &str| lamplight.line(&format!("{create} {more}"));
    let done = shown("--dry-run");
    assert!(done.stderr.contains("packed 2 files of code"), "{}", done.stderr);
    assert!(done.stderr.contains("left out: .env, .git, __pycache__"), "{}", done.stderr);
    let done = shown("--exclude *.log --exclude !.env");
    assert!(
        done.stderr.contains("  .env\n  app.py\nleft out: .git, __pycache__, notes.log"),
        "{}",
        done.stderr
    );
    let done = shown("--exclude a[");
    assert!(done.code == 2 && done.stderr.contains("not a valid pattern"), "{done:#?}");
    assert!(!shown("--quiet").stderr.contains("packed"));
}
