//! The schema accepts what the parser accepts, and rejects syntactic errors.

use crate::{
    examples::EVERYTHING,
    providers::{parse, providers, with_further},
};
use lamplight_config::{Providers, schema};
use serde_json::Value;

fn is_valid(text: &str) -> bool {
    is_valid_with(text, providers())
}

fn is_valid_with(text: &str, providers: &Providers) -> bool {
    let schema: Value = serde_json::from_str(&schema(providers)).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let document: Value = toml_edit::de::from_str(text).unwrap();
    validator.is_valid(&document)
}

#[test]
fn the_schema_takes_every_key_that_is_read() {
    assert!(is_valid(EVERYTHING));
    assert!(is_valid(""));
    for text in [
        "[connections.a]\nauth = { instance-profile = {} }",
        "[connections.a.auth.default]",
        "[connections.a.auth.access-key]\naccess_key_id='k8s:team/aws#id'\nsecret_access_key='gcp-sm:project/key'",
        "[connections.a.auth.assume-role]\nrole_arn = 'arn:aws:iam::123456789012:role/x'\nsource.instance-profile = {}",
    ] {
        parse(text, "x").unwrap();
        assert!(is_valid(text), "{text}");
    }
}

#[test]
fn the_schema_refuses_mistakes_of_form() {
    for text in [
        "colour = 1",
        "[connections.a]\nregoin = 'x'",
        "[connections.a]\nregion = 5",
        "[connections.a]\nauth = 'defualt'",
        "[connections.a]\nauth = {}",
        "[connections.a]\nauth = { instance-profile = { x = 1 } }",
        "[connections.'a b']",
        "[connections.a.auth.asume-role]\nrole_arn = 'arn:aws:iam::123456789012:role/x'",
        "[connections.a.auth.assume-role]\nrole_arn = 'x'",
        "[connections.a.auth.assume-role]\nexternal_id = 'abc'",
        "[connections.a.auth.assume-role]\nrole_arn = 'arn:aws:iam::123456789012:role/x'\nduration_seconds = 60",
        "[connections.a.auth.access-key]\naccess_key_id = 'AKIDEXAMPLE00000'\nsecret_access_key = 'literal'",
        "[connections.a.auth.access-key]\naccess_key_id='env:A'\nsecret_access_key='user:literal'",
        "[connections.a.auth.access-key]\naccess_key_id='env:A'\nsecret_access_key='vault:literal/x'",
        "[connections.a.auth.access-key]\naccess_key_id='env:A'\nsecret_access_key='https://literal/x'",
        "[connections.a.auth]\nprofile = { name = 'a' }\naccess-key = {}",
        "[connections.a]\nmax_attempts = 11",
        "[connections.a]\nprovider = 'unknown'",
        "[connections.a]\nprovider = 5",
        "[connections.a]\nprovider = 'aws'\nscript = 'x.yaml'",
        "[connections.a]\nscript = 'x.yaml'",
        "[connections.a]\nprovider = 'fake'\nauth = 'default'",
        "[connections.a]\nprovider = 'fake'\nmax_attempts = 11",
        "[connections.a]\ninvocation_type = 'Evnt'",
        "[connections.a.auth.web-identity]\nrole_arn = 'arn:aws:iam::123456789012:role/x'\ntoken = { fil = '/x' }",
    ] {
        assert!(!is_valid(text), "{text}");
    }
}

#[test]
fn a_further_provider_has_its_own_keys_in_the_schema() {
    let further = with_further();
    for good in [
        "[connections.a]\nprovider = 'further'\nurl = 'http://x'\nlabels.a = 'x'",
        "[connections.a]\nprovider = 'fake'\nscript = 'x'",
        EVERYTHING,
    ] {
        assert!(is_valid_with(good, &further), "{good}");
    }
    for bad in [
        "[connections.a]\nprovider = 'further'",
        "[connections.a]\nprovider = 'further'\nurl = 'ftp://x'",
        "[connections.a]\nprovider = 'further'\nurl = 'http://x'\nregion = 'eu-west-1'",
        "[connections.a]\nurl = 'http://x'",
    ] {
        assert!(!is_valid_with(bad, &further), "{bad}");
    }
}

#[test]
fn every_key_is_described() {
    fn look(schema: &Value, path: &str, missing: &mut Vec<String>) {
        let Some(object) = schema.as_object() else { return };
        for (name, property) in object.get("properties").and_then(Value::as_object).into_iter().flatten() {
            let described = property.get("description").is_some();
            if !described {
                missing.push(format!("{path}.{name}"));
            }
        }
        for (name, inner) in object.get("$defs").and_then(Value::as_object).into_iter().flatten() {
            look(inner, name, missing);
        }
    }
    let schema: Value = serde_json::from_str(&schema(&with_further())).unwrap();
    let mut missing = Vec::new();
    look(&schema, "", &mut missing);
    assert!(missing.is_empty(), "{missing:?}");
}
