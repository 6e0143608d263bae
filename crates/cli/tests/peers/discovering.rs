//! Catalogues of more than a hundred functions, beside the same listing of `aws lambda list-functions`.

use crate::peer::Peer;
use serde_json::Value;
use std::collections::BTreeSet;

fn names(functions: &Value, member: &str) -> BTreeSet<String> {
    let functions = functions.as_array().unwrap();
    let names: BTreeSet<String> = functions.iter().map(|f| f[member].as_str().unwrap().to_owned()).collect();
    assert_eq!(names.len(), functions.len(), "no function stands twice");
    names
}

#[test]
fn all_functions_are_found_on_both_peers() {
    for peer in [Peer::ministack(), Peer::moto()] {
        let listed = peer.aws_json(&["list-functions"]);
        let expected = names(&listed["Functions"], "FunctionName");
        assert!(expected.len() >= 125, "{}", expected.len());
        let found = peer.json(&["discover"]);
        assert_eq!(names(&found["functions"], "name"), expected);
        assert_eq!(found["next_marker"], Value::Null);
        for size in ["1", "7", "50"] {
            let found = peer.json(&["discover", "--page-size", size]);
            assert_eq!(names(&found["functions"], "name"), expected, "pages of {size}");
        }
    }
}

#[test]
fn following_the_markers_finds_every_function_once() {
    let peer = Peer::ministack();
    let expected = names(&peer.aws_json(&["list-functions"])["Functions"], "FunctionName");
    let (mut found, mut marker) = (BTreeSet::new(), None::<String>);
    loop {
        let mut arguments = vec!["discover", "--max-items", "40", "--page-size", "15"];
        if let Some(marker) = &marker {
            arguments.extend(["--marker", marker]);
        }
        let page = peer.json(&arguments);
        for name in names(&page["functions"], "name") {
            assert!(found.insert(name.clone()), "{name} stands twice");
        }
        marker = page["next_marker"].as_str().map(str::to_owned);
        if marker.is_none() {
            break;
        }
    }
    assert_eq!(found, expected);
}

#[test]
fn a_function_is_described_as_the_aws_cli_describes_it() {
    for peer in [Peer::ministack(), Peer::moto()] {
        let found = peer.json(&["discover"]);
        let mine =
            found["functions"].as_array().unwrap().iter().find(|f| f["name"] == "greeter").cloned().unwrap();
        let theirs = peer.aws_json(&["get-function-configuration", "--function-name", "greeter"]);
        for (member, other) in [
            ("reference", "FunctionArn"),
            ("runtime", "Runtime"),
            ("timeout_seconds", "Timeout"),
            ("memory_mb", "MemorySize"),
            ("handler", "Handler"),
            ("description", "Description"),
        ] {
            assert_eq!(mine[member], theirs[other], "{member}");
        }
        let text = found.to_string();
        let secret = theirs["Environment"]["Variables"]["API_KEY"].as_str().unwrap();
        assert!(!text.contains(secret), "an environment value was shown");
    }
}
