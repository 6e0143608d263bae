//! Errors in documents are told in plain words, with their place and without values.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only the errors are looked at")]
struct Pet {
    name: String,
    #[serde(default)]
    kind: Kind,
    #[serde(default)]
    age: u8,
    #[serde(default)]
    tags: Vec<String>,
    #[serde(default)]
    weights: BTreeMap<String, f64>,
    #[serde(default)]
    tame: bool,
    #[serde(default)]
    home: Option<Home>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    #[default]
    Cat,
    Dog,
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "only the errors are looked at")]
struct Home {
    street: String,
}

fn error(text: &str) -> String {
    lamplight_yaml::read::<Pet>(text).unwrap_err().to_string()
}

#[test]
fn each_mistake_is_reported_in_plain_words() {
    let keys = "valid keys: name, kind, age, tags, weights, tame, home";
    for (text, expected) in [
        ("name: a\ncolour: red", format!("line 2, column 1: unknown key \"colour\"; {keys}")),
        ("name: a\nkind: s3cret", "line 2, column 7: unknown value; valid values: cat, dog".to_owned()),
        ("kind: cat", "line 1, column 1: the key name is missing".to_owned()),
        ("name: [s3cret]", "line 1, column 7: expected a text".to_owned()),
        ("name: null", "line 1, column 7: null is not allowed here".to_owned()),
        ("name: a\nage: s3cret", "line 2, column 6: expected a whole number of 0 or more".to_owned()),
        ("name: a\nage: 300", "line 2, column 6: expected a whole number of 0 or more".to_owned()),
        ("name: a\ntags: s3cret", "line 2, column 7: expected a list".to_owned()),
        ("name: a\nweights: s3cret", "line 2, column 10: expected a mapping".to_owned()),
        ("name: a\nweights: {a: s3cret}", "line 2, column 14: expected a number".to_owned()),
        ("name: a\ntame: s3cret", "line 2, column 7: expected true or false".to_owned()),
        ("name: a\nhome: s3cret", "line 2, column 7: expected a mapping".to_owned()),
        ("name: a\nname: b", "line 2, column 1: the key \"name\" is given twice".to_owned()),
        ("s3cret", "line 1, column 1: expected a mapping".to_owned()),
        ("- s3cret", "line 1, column 1: expected a mapping".to_owned()),
    ] {
        assert_eq!(error(text), expected, "{text}");
    }
}

#[test]
fn no_mistake_repeats_a_value_or_names_a_type_of_rust() {
    for text in
        ["\"s3cret", "name: \"s3cret", "name: [", "name: a\ntags: {s3cret", "name: *s3cret", "a: b: s3cret"]
    {
        let error = error(text);
        for word in ["s3cret", "Option", "struct", "enum", "variant", "scalar", "deserialize"] {
            assert!(!error.contains(word), "{text}: {error}");
        }
    }
}
