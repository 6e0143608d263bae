//! Managing at the demo connection: bad input, questions, what would be sent, forms of output, and masks.

use crate::lamplight::{Done, Lamplight};
use serde_json::Value;

const ROLE: &str = "arn:aws:iam::000000000000:role/worker";

fn demo() -> Lamplight {
    let lamplight = Lamplight::new();
    lamplight.file("code/app.py", "def handler(event, context):\n    return event\n");
    lamplight.file("plain.txt", "no zip file");
    lamplight.file("wrong.yaml", "A1: [1]\n");
    lamplight
}

fn at_demo(lamplight: &Lamplight, line: &str) -> Done {
    let words: Vec<&str> = line.split(' ').filter(|word| !word.is_empty()).collect();
    lamplight.run(&[&["-c", "demo"], &words[..]].concat())
}

fn json(lamplight: &Lamplight, line: &str) -> Value {
    let done = at_demo(lamplight, &format!("{line} -o json"));
    serde_json::from_str(&done.stdout).unwrap_or_else(|error| panic!("{line}: {error}: {done:#?}"))
}

/// Each must exit with 2 and say all of the parts, and write nothing to stdout.
#[test]
fn wrong_calls_name_what_is_wrong_and_the_rule() {
    let lamplight = demo();
    let create = format!("functions create made --role {ROLE} --runtime python3.14 --handler app.handler");
    let add = "permissions add adder --statement-id s --principal";
    for (line, parts) in [
        (create.clone(), vec!["--zip-file"]),
        (format!("{create} --zip-file code --image-uri x"), vec!["--zip-file", "--image-uri"]),
        (format!("{create} --s3-bucket b"), vec!["--s3-key"]),
        (format!("{create} --zip-file plain.txt"), vec!["plain.txt", "zip"]),
        (format!("{create} --zip-file code --environment TOKEN"), vec!["KEY=VALUE"]),
        (format!("{create} --zip-file code --environment AWS_REGION=x"), vec!["\"AWS_REGION\" is reserved"]),
        (format!("{create} --zip-file code --environment AA=x --environment AA=y"), vec!["\"AA\"", "twice"]),
        (format!("{create} --zip-file code --environment-file wrong.yaml"), vec!["wrong.yaml", "line 1"]),
        (format!("{create} --zip-file code --environment-from AA=hush"), vec!["--environment-from AA"]),
        (format!("{create} --zip-file code --timeout 0"), vec!["'0' at 'timeout'", "or equal to 1"]),
        (format!("{create} --zip-file code --memory-size 64"), vec!["'64' at 'memorySize'", "equal to 128"]),
        (format!("{create} --zip-file code --file-system efs"), vec!["ARN=PATH"]),
        (format!("{create} --zip-file code --tags team"), vec!["KEY=VALUE"]),
        (format!("{create} --zip-file code --publish --publish-to LATEST_PUBLISHED"), vec!["--publish-to"]),
        ("functions create no/good --role r --zip-file code".to_owned(), vec!["no/good"]),
        ("functions list --function-version 1".to_owned(), vec!["--function-version", "ALL"]),
        ("functions list --master-region us-east-1".to_owned(), vec!["--function-version"]),
        ("functions list --max-items 0".to_owned(), vec!["number of items must be 1 to 10000"]),
        ("functions list --page-size 99999".to_owned(), vec!["page size must be 1 to 10000"]),
        ("functions get a/b".to_owned(), vec!["a/b"]),
        (
            "functions get adder:live --qualifier 1".to_owned(),
            vec!["includes qualifier live, but qualifier 1 is also given"],
        ),
        (
            "functions update-code adder:live --zip-file code".to_owned(),
            vec!["includes qualifier live", "the whole function"],
        ),
        ("functions update-configuration adder".to_owned(), vec!["no change was given"]),
        (
            "functions update-configuration adder --layers x --no-layers".to_owned(),
            vec!["--layers", "--no-layers"],
        ),
        ("functions publish-version adder --publish-to new".to_owned(), vec!["LATEST_PUBLISHED"]),
        ("functions tags set adder team".to_owned(), vec!["KEY=VALUE"]),
        ("functions concurrency put adder many".to_owned(), vec!["RESERVED_CONCURRENT_EXECUTIONS"]),
        ("functions async put adder".to_owned(), vec!["no setting was given", "--maximum-retry-attempts"]),
        (
            "functions async put adder --maximum-retry-attempts 3".to_owned(),
            vec!["'3' at 'maximumRetryAttempts'", "less than or equal to 2"],
        ),
        (
            "functions async update adder --maximum-event-age-in-seconds 59".to_owned(),
            vec!["'59' at 'maximumEventAgeInSeconds'", "greater than or equal to 60"],
        ),
        ("functions async list adder --page-size 51".to_owned(), vec!["page size must be 1 to 50"]),
        ("aliases create adder new".to_owned(), vec!["--function-version"]),
        ("aliases create adder 7 --function-version 1".to_owned(), vec!["digits alone"]),
        (
            "aliases create adder new --function-version 1 --routing 2".to_owned(),
            vec!["--routing", "VERSION=WEIGHT"],
        ),
        ("aliases update adder live --routing 2=10".to_owned(), vec!["--routing", "0.0-1.0"]),
        ("aliases update adder live --routing 2=0.1 --routing 3=0.1".to_owned(), vec!["at most 1"]),
        ("aliases update adder live --routing 2=0.1 --no-routing".to_owned(), vec!["--no-routing"]),
        ("aliases update adder live".to_owned(), vec!["no change was given"]),
        ("aliases list adder:live".to_owned(), vec!["includes qualifier live"]),
        ("permissions add adder --statement-id s".to_owned(), vec!["--principal"]),
        (format!("{add} * --invoked-via-function-url=maybe"), vec!["--invoked-via-function-url"]),
        ("layers list --page-size 51".to_owned(), vec!["page size must be 1 to 50"]),
        ("layers get tools".to_owned(), vec!["does not name a version of a layer"]),
        ("layers get tools 0".to_owned(), vec!["count from 1"]),
        ("layers get tools one".to_owned(), vec!["VERSION"]),
    ] {
        let done = at_demo(&lamplight, &line);
        assert_eq!(done.code, 2, "{line}: {done:#?}");
        for part in parts {
            assert!(done.stderr.contains(part), "{line} lacks {part:?}: {}", done.stderr);
        }
        assert_eq!(done.stdout, "", "{line}");
        assert!(!done.stderr.contains("hush"), "{}", done.stderr);
    }
}

const REMOVALS: [&str; 8] = [
    "functions delete adder",
    "functions tags remove adder team",
    "functions concurrency delete adder",
    "functions async delete adder",
    "aliases delete adder live",
    "permissions remove adder --statement-id s",
    "layers remove-permission tools 1 --statement-id s",
    "functions delete greeter --qualifier 1",
];

#[test]
fn what_takes_away_is_agreed_to_first() {
    let lamplight = demo();
    for line in REMOVALS {
        let done = at_demo(&lamplight, line);
        assert_eq!(done.code, 2, "{line}: {done:#?}");
        assert!(done.stderr.contains("needs --yes") && done.stderr.contains("--dry-run"), "{}", done.stderr);
        assert_eq!(json(&lamplight, line)["error"]["code"], "not_confirmed", "{line}");
        // Without the question the same is done, or is honestly absent.
        let done = at_demo(&lamplight, &format!("{line} --yes"));
        assert!([0, 6].contains(&done.code), "{line}: {done:#?}");
        let done = at_demo(&lamplight, &format!("{line} --dry-run"));
        assert_eq!(done.code, 0, "{line}: {done:#?}");
        // A tag or a reservation that is not there takes no request.
        let is_so_already = line.contains("tags") || line.contains("concurrency");
        assert_eq!(done.stdout.starts_with("DELETE https://"), !is_so_already, "{line}: {}", done.stdout);
    }
}

#[test]
fn a_dry_run_prints_the_request_and_sends_nothing() {
    let lamplight = demo();
    let create = format!("functions create made --role {ROLE} --runtime python3.14 --handler app.handler");
    for (line, operation, method, path) in [
        (
            format!("{create} --zip-file code --environment AA=hush"),
            "CreateFunction",
            "POST",
            "/2015-03-31/functions",
        ),
        (
            "functions update-code adder --zip-file code".to_owned(),
            "UpdateFunctionCode",
            "PUT",
            "/2015-03-31/functions/adder/code",
        ),
        (
            "functions update-configuration adder --environment AA=hush".to_owned(),
            "UpdateFunctionConfiguration",
            "PUT",
            "/2015-03-31/functions/adder/configuration",
        ),
        (
            "functions publish-version adder".to_owned(),
            "PublishVersion",
            "POST",
            "/2015-03-31/functions/adder/versions",
        ),
        (
            "functions concurrency put adder 3".to_owned(),
            "PutFunctionConcurrency",
            "PUT",
            "/2017-10-31/functions/adder/concurrency",
        ),
        (
            "functions async put adder --maximum-retry-attempts 0".to_owned(),
            "PutFunctionEventInvokeConfig",
            "PUT",
            "/2019-09-25/functions/adder/event-invoke-config",
        ),
        (
            "functions async update adder --maximum-retry-attempts 0".to_owned(),
            "UpdateFunctionEventInvokeConfig",
            "POST",
            "/2019-09-25/functions/adder/event-invoke-config",
        ),
        (
            "aliases create adder new --function-version 1".to_owned(),
            "CreateAlias",
            "POST",
            "/2015-03-31/functions/adder/aliases",
        ),
        (
            "aliases update adder live --routing 2=10%".to_owned(),
            "UpdateAlias",
            "PUT",
            "/2015-03-31/functions/adder/aliases/live",
        ),
        (
            "permissions add adder --statement-id s --principal 123456789012".to_owned(),
            "AddPermission",
            "POST",
            "/2015-03-31/functions/adder/policy",
        ),
        (
            "layers add-permission tools 1 --statement-id s --principal 123456789012".to_owned(),
            "AddLayerVersionPermission",
            "POST",
            "/2018-10-31/layers/tools/versions/1/policy",
        ),
    ] {
        let done = at_demo(&lamplight, &format!("{line} --dry-run"));
        assert_eq!(done.code, 0, "{line}: {done:#?}");
        assert!(done.stdout.starts_with(&format!("{method} https://")), "{line}: {}", done.stdout);
        assert!(done.stdout.lines().next().unwrap().contains(path), "{line}: {}", done.stdout);
        assert!(done.stderr.contains("nothing was sent"), "{}", done.stderr);
        let shown = json(&lamplight, &format!("{line} --dry-run"));
        assert_eq!((&shown["operation"], &shown["method"]), (&operation.into(), &method.into()), "{shown}");
        assert!(shown["url"].as_str().unwrap().contains(path), "{shown}");
        assert!(!done.stdout.contains("hush") && !shown.to_string().contains("hush"), "{line}");
        if line.contains("hush") {
            let done = at_demo(&lamplight, &format!("{line} --dry-run --show-secrets"));
            assert!(done.stdout.contains("hush"), "{line}: {}", done.stdout);
        }
    }
}

#[test]
fn json_and_yaml_say_the_same_and_a_table_is_for_people() {
    let lamplight = demo();
    for (line, heading) in [
        ("functions list", "NAME"),
        ("functions list-versions adder", "NAME"),
        ("functions get greeter", "name"),
        ("functions get-configuration greeter", "name"),
        ("functions wait greeter", "name"),
        ("functions async put adder --maximum-retry-attempts 1", "reference"),
        ("aliases list adder", "NAME"),
        ("aliases get adder live", "name"),
        ("aliases create adder new --function-version 1", "name"),
        ("permissions add adder --statement-id s --principal 123456789012", "STATEMENT"),
        ("account settings", "QUOTA"),
        ("functions concurrency put adder 3", "3"),
    ] {
        let yaml = at_demo(&lamplight, &format!("{line} -o yaml"));
        let mut yaml: Value = serde_saphyr::from_str(&yaml.stdout).unwrap();
        let mut json = json(&lamplight, line);
        // Each process has a demo of its own, and changes it at another time.
        for said in [&mut yaml, &mut json] {
            if let Some(Value::String(time)) = said.get_mut("last_modified") {
                assert!(time.ends_with("+0000"), "{line}: {time}");
                time.clear();
            }
        }
        assert!(json.as_object().is_some_and(|json| !json.contains_key("error")), "{line}: {json}");
        assert_eq!(yaml, json, "{line}");
        let table = at_demo(&lamplight, line);
        assert_eq!(table.code, 0, "{line}: {table:#?}");
        assert!(table.stdout.starts_with(heading), "{line}: {}", table.stdout);
    }
    for line in ["functions tags list adder", "layers list", "functions concurrency get adder"] {
        let done = at_demo(&lamplight, line);
        assert_eq!((done.code, done.stdout.as_str()), (0, ""), "{line}: {}", done.stderr);
        assert!(!done.stderr.is_empty(), "{line}: that there is nothing is said");
    }
}

#[test]
fn values_of_the_environment_are_masked_unless_they_are_asked_for() {
    let lamplight = demo();
    for line in [
        "functions get greeter",
        "functions get-configuration greeter",
        "functions list",
        "functions list --function-version ALL",
        "functions list-versions greeter",
        "functions wait greeter",
        "functions publish-version greeter",
        "functions update-configuration greeter --timeout 5",
        "functions update-code greeter --zip-file code",
    ] {
        for form in ["table", "json", "yaml"] {
            let done = at_demo(&lamplight, &format!("{line} -o {form}"));
            assert_eq!(done.code, 0, "{line}: {done:#?}");
            assert!(!done.stdout.contains("not-a-real-token"), "{line}: {}", done.stdout);
        }
    }
    for line in ["functions get greeter", "functions update-configuration greeter --timeout 5"] {
        let done = at_demo(&lamplight, &format!("{line} --show-secrets"));
        assert!(done.stdout.contains("not-a-real-token"), "{line}: {}", done.stdout);
    }
}

#[test]
fn what_is_doubtful_is_warned_of_and_done() {
    let lamplight = demo();
    let add = "permissions add adder --statement-id s --principal";
    for (line, warning) in [
        // Lambda knows its runtimes.
        ("functions update-configuration adder --runtime pyton3.14", None),
        ("functions update-configuration adder --runtime python3.14", None),
        (&format!("{add} s3.amazonaws.com"), Some("s3.amazonaws.com on behalf of any account may use it")),
        (&format!("{add} *"), Some("everybody may use it")),
        (&format!("{add} s3.amazonaws.com --source-arn arn:aws:s3:::bucket"), None),
        (&format!("{add} s3.amazonaws.com --source-account 123456789012"), None),
        (&format!("{add} 123456789012"), None),
    ] {
        let done = at_demo(&lamplight, line);
        assert_eq!(done.code, 0, "{line}: {done:#?}");
        match warning {
            Some(warning) => assert!(done.stderr.contains(warning), "{line}: {}", done.stderr),
            None => assert!(!done.stderr.contains("warning"), "{line}: {}", done.stderr),
        }
        assert_eq!(at_demo(&lamplight, &format!("{line} --quiet")).stderr, "", "{line}");
    }
}

#[test]
fn what_is_absent_is_not_found() {
    let lamplight = demo();
    for line in [
        "functions get nosuch",
        "functions update-code nosuch --zip-file code",
        "functions update-configuration nosuch --timeout 3",
        "functions publish-version nosuch",
        "functions delete nosuch --yes",
        "functions wait nosuch",
        "functions tags list nosuch",
        "functions async get adder",
        "functions async delete adder --yes",
        "aliases get adder nosuch",
        "aliases update adder nosuch --function-version 1",
        "aliases delete adder nosuch --yes",
        "permissions get adder",
        "permissions remove adder --statement-id nosuch --yes",
        "layers get nosuch 1",
        "layers get-policy nosuch 1",
        "layers remove-permission nosuch 1 --statement-id s --yes",
    ] {
        let done = at_demo(&lamplight, line);
        assert_eq!(done.code, 6, "{line}: {done:#?}");
        let code = json(&lamplight, line)["error"]["code"].as_str().unwrap_or_default().to_owned();
        assert!(["not_found", "function_not_found"].contains(&code.as_str()), "{line}: {code}");
    }
}
