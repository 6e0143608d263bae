//! Arguments of managing: which word belongs to which flag, what does not go together, and what is refused unsent.

use crate::lamplight::{Done, Lamplight};
use serde_json::{Value, json};

const CREATE: &str = "functions create made --role arn:aws:iam::000000000000:role/worker";
const ZIP: &str = "--runtime python3.14 --handler app.handler --zip-file code";
const LAYER: &str = "arn:aws:lambda:us-east-1:000000000000:layer:tools:1";

fn demo() -> Lamplight {
    let lamplight = Lamplight::new();
    lamplight.file("code/app.py", "def handler(event, context):\n    return event\n");
    lamplight
}

/// At the demo connection; `''` is an empty word.
fn at_demo(lamplight: &Lamplight, line: &str) -> Done {
    let words: Vec<&str> = line.split(' ').filter(|word| !word.is_empty()).collect();
    let words: Vec<&str> = words.iter().map(|word| word.trim_matches('\'')).collect();
    lamplight.run(&[&["-c", "demo"], &words[..]].concat())
}

/// The body of the request that a dry run shows.
fn body(lamplight: &Lamplight, line: &str) -> Value {
    let done = at_demo(lamplight, &format!("{line} -o json"));
    assert_eq!(done.code, 0, "{line}: {done:#?}");
    let shown: Value = serde_json::from_str(&done.stdout).unwrap();
    assert!(shown["url"].is_string(), "{line}: not a dry run: {shown}");
    shown["body"].clone()
}

/// Each exits with 2, says all of the parts, and writes nothing to stdout.
fn are_refused(lamplight: &Lamplight, calls: &[(String, &[&str])]) {
    for (line, parts) in calls {
        let done = at_demo(lamplight, line);
        assert_eq!(done.code, 2, "{line}: {done:#?}");
        assert_eq!(done.stdout, "", "{line}");
        for part in *parts {
            assert!(done.stderr.contains(part), "{line} lacks {part:?}: {}", done.stderr);
        }
    }
}

#[test]
fn a_flag_of_several_words_takes_one_a_time_and_no_flag_or_name_that_follows() {
    let lamplight = demo();
    let image = "--image-uri 000000000000.dkr.ecr.us-east-1.amazonaws.com/made:1";
    let sent = body(
        &lamplight,
        &format!(
            "{CREATE} {image} --image-entry-point node --image-command server.js --image-command=--port \
             --image-command 80 --dry-run"
        ),
    );
    let config = json!({ "EntryPoint": ["node"], "Command": ["server.js", "--port", "80"] });
    assert_eq!(sent["ImageConfig"], config);

    let sent = body(&lamplight, &format!("functions update-configuration --layers {LAYER} adder --dry-run"));
    assert_eq!(sent["Layers"], json!([LAYER]));
    let network = "--subnet-ids subnet-1a,subnet-2b --subnet-ids subnet-3c --security-group-ids sg-1a";
    let sent = body(&lamplight, &format!("functions update-configuration {network} adder --dry-run"));
    let ids = json!(["subnet-1a", "subnet-2b", "subnet-3c"]);
    assert_eq!(
        (&sent["VpcConfig"]["SubnetIds"], &sent["VpcConfig"]["SecurityGroupIds"]),
        (&ids, &json!(["sg-1a"]))
    );

    let add = "permissions add --statement-id s --principal * --function-url-auth-type NONE \
               --action lambda:InvokeFunctionUrl";
    let sent = body(&lamplight, &format!("{add} --dry-run --invoked-via-function-url adder"));
    assert_eq!(sent["InvokedViaFunctionUrl"], true);
    let sent = body(&lamplight, &format!("{add} --dry-run --invoked-via-function-url=false adder"));
    assert_eq!(sent["InvokedViaFunctionUrl"], false);
}

#[test]
fn what_would_be_ignored_beside_another_flag_is_refused() {
    let lamplight = demo();
    let image = "--image-uri 000000000000.dkr.ecr.us-east-1.amazonaws.com/made:1";
    let zip = format!("{CREATE} {ZIP}");
    let update = "functions update-code adder";
    let configure = "functions update-configuration adder";
    are_refused(
        &lamplight,
        &[
            (format!("{zip} --s3-key k"), &["--s3-key", "--zip-file"]),
            (format!("{zip} --s3-object-version 1"), &["--s3-object-version", "--zip-file"]),
            (format!("{zip} --s3-object-storage-mode COPY"), &["--s3-object-storage-mode", "--zip-file"]),
            (format!("{update} {image} --s3-key k"), &["--s3-key", "--image-uri"]),
            (format!("{update} {image} --s3-object-version 1"), &["--s3-object-version", "--image-uri"]),
            (format!("{update} {image} --s3-object-storage-mode COPY"), &["--s3-object-storage-mode"]),
            (format!("{update} {image} --source-kms-key-arn x"), &["--source-kms-key-arn", "--image-uri"]),
            (format!("{update} --s3-bucket b"), &["--s3-key"]),
            (format!("{update} --s3-key k"), &["--s3-bucket"]),
            (format!("{zip} --image-command x"), &["--image-command", "--zip-file"]),
            (format!("{zip} --image-entry-point x"), &["--image-entry-point", "--zip-file"]),
            (format!("{zip} --image-working-directory /x"), &["--image-working-directory", "--zip-file"]),
            (format!("{CREATE} --s3-bucket b --s3-key k --image-command x"), &["--image-command"]),
            (format!("{zip} --no-environment"), &["--no-environment"]),
            (format!("{zip} --no-layers"), &["--no-layers"]),
            (format!("{zip} --no-vpc"), &["--no-vpc"]),
            (
                format!("{configure} --no-vpc --security-group-ids sg-1"),
                &["--no-vpc", "--security-group-ids"],
            ),
            (format!("{configure} --no-vpc --ipv6-allowed-for-dual-stack true"), &["--no-vpc", "--ipv6"]),
        ],
    );
}

#[test]
fn what_may_be_a_secret_is_not_repeated_whatever_is_wrong_with_it() {
    let lamplight = demo();
    for line in [
        "functions update-configuration adder --environment A=1 B=TOPSECRET",
        "functions update-configuration adder B=TOPSECRET --timeout 3",
        "functions update-configuration adder -- --B=TOPSECRET",
        "functions update-configuration adder --timeout B=TOPSECRET",
        "functions B=TOPSECRET",
        "B=TOPSECRET",
        "run adder --invocation-type B=TOPSECRET",
        "functions update-configuration adder --environment B TOPSECRET",
        "functions update-configuration adder --environment-file B=TOPSECRET",
        "run adder -p name TOPSECRET",
    ] {
        let done = at_demo(&lamplight, line);
        assert_eq!(done.code, 2, "{line}: {done:#?}");
        assert!(!done.stderr.contains("TOPSECRET"), "{line}: {}", done.stderr);
        assert!(done.stderr.contains('…'), "{line}: {}", done.stderr);
    }
    let stray = "functions get adder --qualifier 1 wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    assert!(!at_demo(&lamplight, stray).stderr.contains("wJalr"));
    are_refused(
        &lamplight,
        &[
            ("functions update-configuration adder --environment A=1 B=x".to_owned(), &["'B=…'"]),
            ("functions update-configuration adder twice".to_owned(), &["unexpected argument 'twice'"]),
            ("functions update-configuration adder --tiemout 3".to_owned(), &["'--tiemout'", "'--timeout'"]),
            ("functions udpate-code adder".to_owned(), &["'udpate-code'", "update-code"]),
            ("functions get adder -o tabel".to_owned(), &["'tabel'", "table"]),
        ],
    );
}

#[test]
fn a_file_without_variables_takes_none_away() {
    let lamplight = demo();
    for (name, text) in [("empty", ""), ("remarks", "# nothing\n"), ("null", "null\n"), ("braces", "{}\n")] {
        lamplight.file(name, text);
        let line = format!("functions update-configuration adder --environment-file {name}");
        are_refused(&lamplight, &[(line, &["holds no variable", "--no-environment"])]);
    }
    assert_eq!(at_demo(&lamplight, "functions update-configuration adder --no-environment").code, 0);
    are_refused(&lamplight, &[("functions tags remove adder '' --yes".to_owned(), &["one given is empty"])]);
}

#[test]
fn what_is_wrong_is_said_in_words_that_tell_what_to_give() {
    let lamplight = demo();
    let configure = "functions update-configuration adder";
    are_refused(
        &lamplight,
        &[
            (format!("{configure} --timeout x"), &["a whole number of seconds from 1 to 900"]),
            (format!("{configure} --memory-size 1.5"), &["a whole number of MB from 128"]),
            (format!("{configure} --timeout 1000"), &["Value '1000' at 'timeout'", "hint:"]),
            (format!("{configure} --memory-size 64"), &["Value '64' at 'memorySize'", "hint:"]),
            (format!("{configure} --ephemeral-storage 511"), &["Value '511' at 'ephemeralStorage.size'"]),
            (format!("{CREATE} {ZIP} --timeout 1000"), &["Value '1000' at 'timeout'"]),
            ("functions list --max-items many".to_owned(), &["a whole number from 1 to 10000"]),
            ("functions concurrency put adder many".to_owned(), &["a whole number of calls"]),
            ("layers get tools one".to_owned(), &["a whole number from 1"]),
            (format!("{configure} --dead-letter-target-arn"), &["a value is required"]),
            ("functions update-code adder --zip-file ''".to_owned(), &["a value is required"]),
            ("functions update-code adder".to_owned(), &["--zip-file", "--s3-bucket", "--image-uri"]),
            (
                "functions get adder:live --qualifier 3".to_owned(),
                &["includes qualifier live, but qualifier 3 is also given"],
            ),
        ],
    );
    let missing = at_demo(&lamplight, "functions update-code adder --zip-file absent.zip");
    assert_eq!(missing.code, 6, "{missing:#?}");
    assert!(missing.stderr.contains("absent.zip"), "{}", missing.stderr);
}

#[test]
fn what_names_another_thing_than_the_verb_is_for_is_not_sent() {
    let lamplight = demo();
    let create = CREATE.replace(" made ", " arn:aws:lambda:us-east-1:123456789012:function:made ");
    let part = CREATE.replace(" made ", " 123456789012:function:made ");
    let refused: &[(String, &[&str])] = &[
        (
            "functions delete adder:live --yes".to_owned(),
            &["no published version", "aliases delete adder live"],
        ),
        ("functions delete adder --qualifier live --dry-run".to_owned(), &["aliases delete adder live"]),
        ("functions delete adder:$LATEST --yes".to_owned(), &["$LATEST", "no published version"]),
        (format!("{create} {ZIP}"), &["not a name alone", "account and region"]),
        (format!("{part} {ZIP} --dry-run"), &["not a name alone"]),
    ];
    are_refused(&lamplight, refused);
    let found = at_demo(&lamplight, "aliases get adder live");
    assert_eq!(found.code, 0, "{found:#?}");
}

#[test]
fn a_version_is_called_the_same_everywhere() {
    let lamplight = demo();
    let listed = at_demo(&lamplight, "functions list");
    let row = listed.stdout.lines().find(|line| line.starts_with("adder")).unwrap();
    assert_eq!(row.split_whitespace().nth(1), Some("$LATEST"), "{row}");
    let shown = at_demo(&lamplight, "functions get adder");
    assert!(shown.stdout.lines().any(|line| line.starts_with("version") && line.ends_with("$LATEST")));
}

/// A connection whose credentials cannot be had: what says that it reads first fails there, and nothing else does.
#[test]
fn a_dry_run_that_reads_first_says_so() {
    let lamplight = demo();
    lamplight.file(
        "lamplight.toml",
        "[connections.closed]\nregion = \"eu-west-1\"\nendpoint_url = \"http://127.0.0.1:9\"\n\
         auth = { profile = { name = \"nosuch\" } }\n",
    );
    for (verb, rest) in [
        (
            "functions create",
            "made --role arn:aws:iam::000000000000:role/worker --runtime python3.14 --handler a.b --zip-file code",
        ),
        ("functions update-code", "adder --zip-file code"),
        ("functions update-configuration", "adder --timeout 9"),
        ("functions publish-version", "adder"),
        ("functions delete", "adder"),
        ("functions tags set", "adder team=jobs"),
        ("functions tags remove", "adder team"),
        ("functions concurrency put", "adder 3"),
        ("functions concurrency delete", "adder"),
        ("functions async put", "adder --maximum-retry-attempts 1"),
        ("functions async update", "adder --maximum-retry-attempts 1"),
        ("functions async delete", "adder"),
        ("aliases create", "adder live --function-version 1"),
        ("aliases update", "adder live --function-version 1"),
        ("aliases delete", "adder live"),
        ("permissions add", "adder --statement-id s --principal 123456789012"),
        ("permissions remove", "adder --statement-id s"),
        ("layers add-permission", "tools 1 --statement-id s --principal 123456789012"),
        ("layers remove-permission", "tools 1 --statement-id s"),
    ] {
        let line = format!("-c closed {verb} {rest} --dry-run");
        let done = lamplight.run(&line.split(' ').collect::<Vec<_>>());
        let help = lamplight.run(&format!("{verb} --help").split(' ').collect::<Vec<_>>());
        let help = help.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        let told = help.contains("read first, which needs credentials");
        assert_eq!(done.code, if told { 4 } else { 0 }, "{line}: {done:#?}");
    }
}

#[test]
fn a_listing_shows_no_more_than_was_asked_for_and_goes_on_after_it() {
    let lamplight = demo();
    for (list, things) in
        [("functions list", "functions"), ("functions list --function-version ALL", "functions")]
    {
        let read = |line: &str| -> Value {
            let done = at_demo(&lamplight, &format!("{line} -o json"));
            assert_eq!(done.code, 0, "{line}: {done:#?}");
            serde_json::from_str(&done.stdout).unwrap()
        };
        let all = read(list)[things].as_array().unwrap().clone();
        let (mut seen, mut more) = (Vec::new(), String::new());
        loop {
            let some = read(&format!("{list} --max-items 2{more}"));
            assert!(some[things].as_array().unwrap().len() <= 2, "{some}");
            seen.extend(some[things].as_array().unwrap().clone());
            let Some(marker) = some["next_marker"].as_str() else { break };
            more = format!(" --marker {marker}");
        }
        assert!(seen == all && all.len() > 2, "{list}");
    }
    are_refused(&lamplight, &[("functions list --marker shown.3.0000".to_owned(), &["marker", "not valid"])]);
}
