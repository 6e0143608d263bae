//! Schemas that refuse what they do not describe.

use jsonschema::Validator;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// A validator for each view, by its name. The views' own schemas let further keys be, for a later version may add some;
/// these refuse every key that no schema tells of.
pub fn validators() -> BTreeMap<&'static str, Validator> {
    let closed = |schema: fn() -> _| {
        let mut schema = Value::from(schema());
        close(&mut schema);
        jsonschema::validator_for(&schema).unwrap()
    };
    lamplight_views::schemas().map(|(name, schema)| (name, closed(schema))).collect()
}

fn close(schema: &mut Value) {
    let Some(node) = schema.as_object_mut() else { return };
    if tells_of_keys(node) || branches(node).any(tells_of_keys) {
        node.insert("unevaluatedProperties".to_owned(), Value::Bool(false));
    }
    close_within(node);
}

/// Closes what is beneath: the branches of one value describe it together, so they are not closed themselves.
fn close_within(node: &mut Map<String, Value>) {
    for (keyword, inner) in node {
        match (keyword.as_str(), inner) {
            ("properties" | "$defs", Value::Object(named)) => named.values_mut().for_each(close),
            ("items" | "additionalProperties", inner) => close(inner),
            ("allOf" | "anyOf" | "oneOf", Value::Array(branches)) => {
                branches.iter_mut().filter_map(Value::as_object_mut).for_each(close_within);
            }
            _ => {}
        }
    }
}

fn tells_of_keys(node: &Map<String, Value>) -> bool {
    node.contains_key("properties")
}

fn branches(node: &Map<String, Value>) -> impl Iterator<Item = &Map<String, Value>> {
    let lists = ["allOf", "anyOf", "oneOf"].into_iter().filter_map(|keyword| node.get(keyword)?.as_array());
    lists.flatten().filter_map(Value::as_object)
}
