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
