//! The file's JSON Schema, which editors complete and check by: the keys that every connection has, and for each provider its
//! own.

use crate::{Config, Providers};
use lamplight_ports::ProviderFactory;
use schemars::Schema;
use serde_json::{Map, Value, json};

/// The definition of a connection in the schema.
const CONNECTION: &str = "ConnectionConfig";

/// The schema as JSON text with a line end.
pub fn schema(providers: &Providers) -> String {
    let mut schema: Value = schemars::schema_for!(Config).into();
    if let Some(definitions) = schema.get_mut("$defs").and_then(Value::as_object_mut) {
        connections(definitions, providers);
    }
    let mut text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    text.push('\n');
    text
}

/// Puts a definition for each provider beside the one of connections, which chooses among them. Each has all keys of its
/// connections, so that every other key is a mistake and an editor completes the right ones.
fn connections(definitions: &mut Map<String, Value>, providers: &Providers) {
    let common = definitions.get(CONNECTION).and_then(|common| common.get("properties")).cloned();
    let common = common.as_ref().and_then(Value::as_object).cloned().unwrap_or_default();
    let mut choice = json!(false);
    let factories: Vec<_> = providers.iter().collect();
    // From the end: the first provider, which need not be named, is asked for first.
    for (number, factory) in factories.iter().enumerate().rev() {
        let name = factory.name();
        let own = definition(&***factory, &common, definitions);
        definitions.insert(format!("{name}-connection"), own);
        let condition = if number == 0 {
            json!({ "properties": { "provider": { "const": name } } })
        } else {
            json!({ "properties": { "provider": { "const": name } }, "required": ["provider"] })
        };
        let own = json!({ "$ref": format!("#/$defs/{name}-connection") });
        choice = json!({ "if": condition, "then": own, "else": choice });
    }
    let Some(connection) = definitions.get_mut(CONNECTION).and_then(Value::as_object_mut) else { return };
    let names: Vec<&str> = providers.names().collect();
    connection.insert("properties".to_owned(), json!({ "provider": provider(&names) }));
    if let Value::Object(choice) = choice {
        connection.extend(choice);
    }
}

fn provider(names: &[&str]) -> Value {
    json!({ "description": "The provider.", "enum": names, "default": names.first() })
}

/// All keys of a provider's connections. What the provider's schema defines beside them is moved to `definitions`, under
/// the provider's name.
fn definition(
    factory: &dyn ProviderFactory,
    common: &Map<String, Value>,
    definitions: &mut Map<String, Value>,
) -> Value {
    let name = factory.name();
    let mut own = factory.schema();
    rename(&mut own, name);
    let Some(table) = own.as_object_mut() else { return json!({ "type": "object", "properties": common }) };
    table.remove("$schema");
    if let Some(Value::Object(defined)) = table.remove("$defs") {
        definitions.extend(defined.into_iter().map(|(key, value)| (format!("{name}-{key}"), value)));
    }
    let properties = table.entry("properties").or_insert_with(|| json!({}));
    if let Some(properties) = properties.as_object_mut() {
        properties.extend(common.clone());
        properties.insert("provider".to_owned(), json!({ "description": "The provider.", "const": name }));
    }
    own
}

/// Leads references to the provider's own definitions to where they are moved.
fn rename(schema: &mut Value, provider: &str) {
    match schema {
        Value::Object(object) => {
            for (key, value) in object {
                let moved = match value.as_str().and_then(|text| text.strip_prefix("#/$defs/")) {
                    Some(name) if key == "$ref" => format!("#/$defs/{provider}-{name}"),
                    _ => {
                        rename(value, provider);
                        continue;
                    }
                };
                *value = Value::String(moved);
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| rename(value, provider)),
        _ => {}
    }
}

/// A name without settings may stand as an empty table too: `{ instance-profile = {} }` is `"instance-profile"`.
pub(crate) fn names_as_tables(schema: &mut Schema) {
    let Some(forms) = schema.get_mut("oneOf").and_then(Value::as_array_mut) else { return };
    let tables: Vec<Value> = forms
        .iter()
        .filter_map(|form| {
            let name = form.get("const")?.as_str()?;
            Some(json!({
                "description": form.get("description"),
                "type": "object",
                "properties": { name: { "type": "object", "maxProperties": 0 } },
                "additionalProperties": false,
                "required": [name],
            }))
        })
        .collect();
    forms.extend(tables);
}
