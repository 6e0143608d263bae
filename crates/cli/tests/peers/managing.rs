//! Every operation of managing on both peers, read back by the real `aws`. What a peer cannot do is stated by what it
//! does instead.

use crate::peer::Peer;
use serde_json::{Value, json};

/// A revision that nothing has.
const STALE: &str = "00000000-0000-4000-8000-000000000000";

/// A region of its own, so that the catalogues that other tests look at stay as they are.
pub const REGION: &str = "eu-west-1";

/// Both peers, and whether it is moto.
fn peers() -> [(Peer, bool); 2] {
    [(Peer::ministack().in_region(REGION), false), (Peer::moto().in_region(REGION), true)]
}

/// Runs `lamplight` and expects an exit code; gives its JSON, `null` where it wrote none.
pub fn ends(peer: &Peer, code: i32, arguments: &[&str]) -> Value {
    let output = peer.lamplight(&[arguments, &["-o", "json"]].concat());
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
    if output.stdout.is_empty() { Value::Null } else { serde_json::from_slice(&output.stdout).unwrap() }
}

/// Makes a function of Python code that answers with `answer`.
pub fn create(peer: &Peer, name: &str, answer: u32) -> Value {
    source(peer, answer);
    let role = peer.role();
    ends(
        peer,
        0,
        &[
            "functions",
            "create",
            name,
            "--role",
            &role,
            "--zip-file",
            "code",
            "--runtime",
            "python3.12",
            "--handler",
            "app.handler",
            "--environment",
            "TOKEN=hush",
            "--tags",
            "team=jobs",
            "--wait",
        ],
    )
}

/// Writes code that answers with `answer`.
pub fn source(peer: &Peer, answer: u32) {
    peer.file("code/app.py", &format!("def handler(event, context):\n    return {answer}\n"));
}

fn configuration(peer: &Peer, name: &str) -> Value {
    peer.aws_json(&["get-function-configuration", "--function-name", name])
}

#[test]
fn functions_are_what_the_aws_cli_reads() {
    for (peer, moto) in peers() {
        let name = "managed-functions";
        let made = create(&peer, name, 1);
        assert_eq!(made["outcome"], "made");
        let theirs = configuration(&peer, name);
        assert_eq!(theirs["CodeSha256"], made["code_sha256"]);
        assert_eq!(theirs["Environment"]["Variables"]["TOKEN"], "hush");
        assert!(!made.to_string().contains("hush"), "{made}");
        assert_eq!(create(&peer, name, 1)["outcome"], "unchanged", "a repeat changes nothing");
        assert_eq!(configuration(&peer, name)["RevisionId"], theirs["RevisionId"]);
        source(&peer, 2);
        let role = peer.role();
        let other = ["functions", "create", name, "--role", &role, "--zip-file", "code"];
        let other =
            ends(&peer, 1, &[&other[..], &["--runtime", "python3.12", "--handler", "app.handler"]].concat());
        assert_eq!(other["error"]["code"], "exists_otherwise");
        assert!(other["error"]["message"].as_str().unwrap().contains("code"), "{other}");

        let code = ["functions", "update-code", name, "--zip-file", "code", "--wait"];
        let stale = [&code[..], &["--if-revision", STALE]].concat();
        if moto {
            assert_eq!(ends(&peer, 0, &stale)["outcome"], "made", "moto looks at no revision of code");
            assert_eq!(ends(&peer, 0, &code)["outcome"], "unchanged");
        } else {
            assert_eq!(ends(&peer, 1, &stale)["error"]["code"], "revision_changed");
            assert_eq!(ends(&peer, 0, &code)["outcome"], "made");
        }
        let skipped = ends(&peer, 0, &code);
        assert_eq!(skipped["outcome"], "unchanged", "the code is there already");
        assert_eq!(configuration(&peer, name)["CodeSha256"], skipped["code_sha256"]);

        let settings = ["functions", "update-configuration", name, "--timeout", "9", "--memory-size", "256"];
        assert_eq!(ends(&peer, 0, &[&settings[..], &["--wait"]].concat())["outcome"], "made");
        assert_eq!(ends(&peer, 0, &settings)["outcome"], "unchanged");
        let theirs = configuration(&peer, name);
        assert_eq!((&theirs["Timeout"], &theirs["MemorySize"]), (&9.into(), &256.into()));
        assert_eq!(theirs["Environment"]["Variables"]["TOKEN"], "hush", "what was not named stays");
        let shown = ends(&peer, 0, &["functions", "get", name, "--show-secrets"]);
        assert_eq!(shown["environment"]["TOKEN"], "hush");
        assert_eq!(
            ends(&peer, 0, &["functions", "get-configuration", name])["environment"]["TOKEN"],
            "********"
        );

        let version = ends(&peer, 0, &["functions", "publish-version", name, "--wait"]);
        assert_eq!(version["version"], "1");
        let again = ends(&peer, 0, &["functions", "publish-version", name]);
        assert_eq!(
            again["version"],
            if moto { "2" } else { "1" },
            "moto publishes code that was updated twice"
        );
        let mine = ends(&peer, 0, &["functions", "list-versions", name]);
        let theirs = peer.aws_json(&["list-versions-by-function", "--function-name", name]);
        let numbers = |all: &Value, key: &str| {
            all.as_array().unwrap().iter().map(|one| one[key].clone()).collect::<Vec<_>>()
        };
        assert_eq!(numbers(&mine["versions"], "version"), numbers(&theirs["Versions"], "Version"));

        let gone = ends(&peer, 0, &["functions", "delete", name, "--yes"]);
        assert_eq!(gone["outcome"], "made");
        assert!(!peer.aws(&["get-function", "--function-name", name]).status.success());
        assert_eq!(
            ends(&peer, 6, &["functions", "delete", name, "--yes"])["error"]["code"],
            "function_not_found"
        );
    }
}

#[test]
fn functions_are_created_from_s3_objects_and_images() {
    for (peer, moto) in peers() {
        peer.s3_package("managed-packages", "app.zip");
        let (role, image) = (peer.role(), "123456789012.dkr.ecr.us-east-1.amazonaws.com/app:1");
        let new = |name: &'static str| ["functions", "create", name, "--role", &role].map(str::to_owned);
        let stored = [
            &new("managed-s3")[..],
            &[
                "--s3-bucket",
                "managed-packages",
                "--s3-key",
                "app.zip",
                "--runtime",
                "python3.12",
                "--handler",
            ]
            .map(str::to_owned),
            &["app.handler".to_owned()],
        ]
        .concat();
        let stored: Vec<&str> = stored.iter().map(String::as_str).collect();
        let made = ends(&peer, 0, &stored);
        assert_eq!(configuration(&peer, "managed-s3")["CodeSha256"], made["code_sha256"]);
        // What lies in S3 now cannot be compared with what the function was made of.
        let again = ends(&peer, 1, &stored);
        assert_eq!(again["error"]["code"], "exists_otherwise", "{again}");
        let imaged = [&new("managed-image")[..], &["--image-uri".to_owned(), image.to_owned()]].concat();
        let imaged: Vec<&str> = imaged.iter().map(String::as_str).collect();
        assert_eq!(ends(&peer, 0, &imaged)["outcome"], "made", "moto: {moto}");
        let theirs = peer.aws_json(&["get-function", "--function-name", "managed-image"]);
        assert_eq!(theirs["Configuration"]["PackageType"], "Image");
        assert_eq!(theirs["Code"]["ImageUri"], image);
        for name in ["managed-s3", "managed-image"] {
            ends(&peer, 0, &["functions", "delete", name, "--yes"]);
        }
    }
}

#[test]
fn tags_and_reserved_concurrency_are_what_the_aws_cli_reads() {
    for (peer, _) in peers() {
        let name = "managed-tags";
        let arn = create(&peer, name, 1)["reference"].as_str().unwrap().to_owned();
        let theirs = || peer.aws_json(&["list-tags", "--resource", &arn])["Tags"].clone();
        assert_eq!(theirs(), json!({ "team": "jobs" }));
        assert_eq!(ends(&peer, 0, &["functions", "tags", "set", name, "a=b", "team=x"])["outcome"], "made");
        assert_eq!(ends(&peer, 0, &["functions", "tags", "set", name, "a=b"])["outcome"], "unchanged");
        assert_eq!(theirs(), json!({ "team": "x", "a": "b" }));
        ends(&peer, 0, &["functions", "tags", "remove", name, "a", "--yes"]);
        assert_eq!(theirs(), json!({ "team": "x" }));
        assert_eq!(ends(&peer, 0, &["functions", "tags", "list", name])["tags"], theirs());

        ends(&peer, 0, &["functions", "concurrency", "put", name, "3"]);
        let kept = peer.aws_json(&["get-function-concurrency", "--function-name", name]);
        assert_eq!(kept["ReservedConcurrentExecutions"], 3);
        let again = ends(&peer, 0, &["functions", "concurrency", "put", name, "3"]);
        assert_eq!(again["outcome"], "unchanged");
        ends(&peer, 0, &["functions", "concurrency", "delete", name, "--yes"]);
        let kept = ends(&peer, 0, &["functions", "concurrency", "get", name]);
        assert_eq!(kept["reserved_concurrent_executions"], Value::Null);
        ends(&peer, 0, &["functions", "delete", name, "--yes"]);
    }
}

#[test]
fn aliases_are_what_the_aws_cli_reads() {
    for (peer, moto) in peers() {
        let name = "managed-aliases";
        create(&peer, name, 1);
        ends(&peer, 0, &["functions", "publish-version", name]);
        let create = ["aliases", "create", name, "live", "--function-version", "1", "--description", "calls"];
        let made = ends(&peer, 0, &create);
        let theirs = || peer.aws_json(&["get-alias", "--function-name", name, "--name", "live"]);
        assert_eq!(theirs()["AliasArn"], made["reference"]);
        assert_eq!((&theirs()["FunctionVersion"], &theirs()["Description"]), (&"1".into(), &"calls".into()));
        assert_eq!(ends(&peer, 0, &create)["outcome"], "unchanged");
        let other = ends(&peer, 1, &["aliases", "create", name, "live", "--function-version", "$LATEST"]);
        assert_eq!(other["error"]["code"], "exists_otherwise");
        let absent = ["aliases", "create", name, "next", "--function-version", "77"];
        if moto {
            assert_eq!(ends(&peer, 6, &absent)["error"]["code"], "not_found");
        } else {
            assert_eq!(ends(&peer, 0, &absent)["outcome"], "made", "ministack looks for no version");
            ends(&peer, 0, &["aliases", "delete", name, "next", "--yes"]);
        }
        let update = ["aliases", "update", name, "live", "--description", "more calls"];
        let stale = [&update[..], &["--if-revision", STALE]].concat();
        if moto {
            assert_eq!(ends(&peer, 0, &stale)["outcome"], "made", "moto looks at no revision of aliases");
        } else {
            assert_eq!(ends(&peer, 1, &stale)["error"]["code"], "revision_changed");
            assert_eq!(ends(&peer, 0, &update)["outcome"], "made");
        }
        assert_eq!(ends(&peer, 0, &update)["outcome"], "unchanged");
        assert_eq!(theirs()["Description"], "more calls");
        let mine = ends(&peer, 0, &["aliases", "list", name]);
        assert_eq!(mine["aliases"].as_array().unwrap().len(), 1);
        assert_eq!(mine["aliases"][0], ends(&peer, 0, &["aliases", "get", name, "live"]));
        ends(&peer, 0, &["aliases", "delete", name, "live", "--yes"]);
        assert_eq!(peer.aws_json(&["list-aliases", "--function-name", name])["Aliases"], json!([]));
        ends(&peer, 6, &["aliases", "delete", name, "live", "--yes"]);
        ends(&peer, 0, &["functions", "delete", name, "--yes"]);
    }
}

#[test]
fn permissions_are_what_the_aws_cli_reads() {
    for (peer, moto) in peers() {
        let name = "managed-permissions";
        create(&peer, name, 1);
        if moto {
            assert_eq!(ends(&peer, 6, &["permissions", "get", name])["error"]["code"], "not_found");
        } else {
            let empty = ends(&peer, 0, &["permissions", "get", name]);
            assert_eq!(empty["statements"], json!([]), "ministack has an empty policy from the start");
        }
        let add = ["permissions", "add", name, "--statement-id", "s3", "--principal", "s3.amazonaws.com"];
        let source = ["--source-arn", "arn:aws:s3:::bucket", "--source-account", "123456789012"];
        let add = [&add[..], &source].concat();
        assert_eq!(ends(&peer, 0, &add)["outcome"], "made");
        let policy = peer.aws_json(&["get-policy", "--function-name", name]);
        let policy: Value = serde_json::from_str(policy["Policy"].as_str().unwrap()).unwrap();
        let statement = &policy["Statement"][0];
        assert_eq!(statement["Principal"]["Service"], "s3.amazonaws.com");
        let conditions = statement["Condition"].to_string();
        assert!(
            conditions.contains("arn:aws:s3:::bucket") && conditions.contains("123456789012"),
            "{policy}"
        );
        let mine = ends(&peer, 0, &["permissions", "get", name]);
        assert_eq!(mine["policy"], policy, "the document is told as it is");
        assert_eq!(mine["statements"][0]["source_arn"], "arn:aws:s3:::bucket");
        let other = ["permissions", "add", name, "--statement-id", "s3", "--principal", "123456789012"];
        let remove = ["permissions", "remove", name, "--statement-id", "s3", "--yes"];
        if moto {
            assert_eq!(ends(&peer, 0, &add)["outcome"], "made", "moto takes an id twice");
            assert_eq!(ends(&peer, 0, &other)["outcome"], "made");
            let stale = ends(&peer, 1, &[&remove[..], &["--if-revision", STALE]].concat());
            assert_eq!(stale["error"]["code"], "revision_changed");
        } else {
            assert_eq!(ends(&peer, 0, &add)["outcome"], "unchanged");
            assert_eq!(ends(&peer, 1, &other)["error"]["code"], "exists_otherwise");
        }
        ends(&peer, 0, &remove);
        // Where an id stands several times, moto takes only some of them away at once.
        for _ in 0..if moto { 3 } else { 0 } {
            peer.lamplight(&remove);
        }
        ends(&peer, 6, &remove);
        let theirs = peer.aws(&["get-policy", "--function-name", name]);
        assert!(!String::from_utf8_lossy(&theirs.stdout).contains("s3"));
        ends(&peer, 0, &["functions", "delete", name, "--yes"]);
    }
}

#[test]
fn layers_are_what_the_aws_cli_reads() {
    for (peer, moto) in peers() {
        let layer = "managed-tools";
        let arn = peer.publish_layer(layer, "python3.12");
        let listed = ends(&peer, 0, &["layers", "list"]);
        let found = listed["layers"].as_array().unwrap().iter().find(|one| one["name"] == layer).unwrap();
        assert_eq!(found["newest_version"]["reference"], arn.as_str());
        let theirs = peer.aws_json(&["get-layer-version", "--layer-name", layer, "--version-number", "1"]);
        for wanted in [&["layers", "get", layer, "1"][..], &["layers", "get", &arn]] {
            let mine = ends(&peer, 0, wanted);
            assert_eq!(mine["code_sha256"], theirs["Content"]["CodeSha256"]);
            assert_eq!(mine["compatible_runtimes"], theirs["CompatibleRuntimes"]);
        }
        let versions = ends(&peer, 0, &["layers", "list-versions", layer]);
        assert_eq!(versions["versions"][0]["version"], 1);
        let filtered =
            ends(&peer, 0, &["layers", "list-versions", layer, "--compatible-runtime", "nodejs22.x"]);
        let kept = filtered["versions"].as_array().unwrap().len();
        assert_eq!(kept, usize::from(moto), "moto does not filter");
        ends(&peer, 6, &["layers", "get", layer, "9"]);
        ends(&peer, 6, &["layers", "get-policy", layer, "1"]);

        let share = ["layers", "add-permission", layer, "1", "--statement-id", "a", "--principal"];
        let one = [&share[..], &["123456789012"]].concat();
        assert_eq!(ends(&peer, 0, &one)["outcome"], "made");
        let policy =
            peer.aws_json(&["get-layer-version-policy", "--layer-name", layer, "--version-number", "1"]);
        let policy: Value = serde_json::from_str(policy["Policy"].as_str().unwrap()).unwrap();
        assert_eq!(ends(&peer, 0, &["layers", "get-policy", layer, "1"])["policy"], policy);
        assert!(policy["Statement"][0]["Principal"].to_string().contains("123456789012"), "{policy}");
        let remove = ["layers", "remove-permission", layer, "1", "--statement-id", "a", "--yes"];
        if !moto {
            let said = ends(&peer, 6, &["layers", "get-policy", &arn]);
            assert_eq!(
                said["error"]["code"], "not_found",
                "ministack finds policies by a layer's name alone"
            );
        }
        let stale = ends(&peer, 1, &[&remove[..], &["--if-revision", STALE]].concat());
        assert_eq!(stale["error"]["code"], "revision_changed");
        if moto {
            assert_eq!(ends(&peer, 0, &one)["outcome"], "made", "moto takes an id twice");
        } else {
            assert_eq!(ends(&peer, 0, &one)["outcome"], "unchanged");
            let all = ends(&peer, 1, &[&share[..], &["*"]].concat());
            assert_eq!(all["error"]["code"], "exists_otherwise");
        }
        ends(&peer, 0, &remove);
        let absent = if moto { 0 } else { 6 };
        ends(&peer, absent, &remove);
    }
}

#[test]
fn async_settings_are_what_the_aws_cli_reads() {
    for (peer, moto) in peers() {
        let name = "managed-async";
        create(&peer, name, 1);
        ends(&peer, 6, &["functions", "async", "get", name]);
        let queue = peer.queue("managed-failures");
        let put =
            ["functions", "async", "put", name, "--maximum-retry-attempts", "1", "--on-failure", &queue];
        assert_eq!(ends(&peer, 0, &put)["outcome"], "made");
        let theirs = || peer.aws_json(&["get-function-event-invoke-config", "--function-name", name]);
        assert_eq!(theirs()["MaximumRetryAttempts"], 1);
        assert_eq!(theirs()["DestinationConfig"]["OnFailure"]["Destination"], queue);
        let mine = ends(&peer, 0, &["functions", "async", "get", name]);
        assert_eq!(
            (&mine["maximum_retry_attempts"], &mine["on_failure"]),
            (&1.into(), &queue.clone().into())
        );
        let update = ["functions", "async", "update", name, "--maximum-event-age-in-seconds", "120"];
        if moto {
            let said = ends(&peer, 7, &update);
            assert_eq!(said["error"]["code"], "change_unknown", "moto answers an update with no JSON");
            // Nor does it answer a listing with JSON.
            ends(&peer, 1, &["functions", "async", "list", name]);
        } else {
            let said = ends(&peer, 6, &update);
            assert_eq!(said["error"]["code"], "not_found", "ministack knows no update");
            let all = ends(&peer, 0, &["functions", "async", "list", name]);
            assert_eq!(all["configurations"].as_array().unwrap().len(), 1);
            let live = [&put[..], &["--qualifier", "1"]].concat();
            ends(&peer, 0, &["functions", "publish-version", name]);
            ends(&peer, 0, &live);
            let all = ends(&peer, 0, &["functions", "async", "list", name]);
            assert_eq!(all["configurations"].as_array().unwrap().len(), 2);
        }
        ends(&peer, 0, &["functions", "async", "delete", name, "--yes"]);
        assert!(!peer.aws(&["get-function-event-invoke-config", "--function-name", name]).status.success());
        ends(&peer, 6, &["functions", "async", "delete", name, "--yes"]);
        ends(&peer, 0, &["functions", "delete", name, "--yes"]);
    }
}

#[test]
fn listings_and_the_account_are_what_the_aws_cli_reads() {
    for (peer, moto) in [(Peer::ministack(), false), (Peer::moto(), true)] {
        let mut found = std::collections::BTreeSet::new();
        let mut marker = None::<String>;
        loop {
            let more: Vec<&str> = marker.iter().flat_map(|marker| ["--marker", marker]).collect();
            let page = ends(
                &peer,
                0,
                &[&["functions", "list", "--max-items", "40", "--page-size", "15"], &more[..]].concat(),
            );
            for function in page["functions"].as_array().unwrap() {
                found.insert(function["name"].as_str().unwrap().to_owned());
            }
            marker = page["next_marker"].as_str().map(ToOwned::to_owned);
            if marker.is_none() {
                break;
            }
        }
        assert!((0..120).all(|number| found.contains(&format!("page-{number:03}"))), "{found:?}");
        let all = ends(&peer, 0, &["functions", "list", "--function-version", "ALL"]);
        let adders = |version: &str| {
            all["functions"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|function| function["name"] == "adder" && function["version"] == version)
                .count()
        };
        // ministack lists no published versions beside the functions.
        assert_eq!((adders("$LATEST"), adders("1")), (1, usize::from(moto)));
        if moto {
            // moto has no account settings: its web server answers with a page.
            let said = ends(&peer, 1, &["account", "settings"]);
            assert_eq!(said["error"]["code"], "unidentified_answer");
        } else {
            let mine = ends(&peer, 0, &["account", "settings"]);
            let theirs = peer.aws_json(&["get-account-settings"]);
            let quota = |name: &str| {
                mine["quotas"].as_array().unwrap().iter().find(|quota| quota["name"] == name).unwrap().clone()
            };
            assert_eq!(quota("total-code")["limit"], theirs["AccountLimit"]["TotalCodeSize"]);
            assert_eq!(
                quota("concurrent-executions")["limit"],
                theirs["AccountLimit"]["ConcurrentExecutions"]
            );
        }
    }
}
