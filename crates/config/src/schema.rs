//! The file's JSON Schema, which editors use for completion and checks: the keys that all connections have, and those
//! of each provider.

use crate::{Config, Providers};
use lamplight_ports::ProviderFactory;
use schemars::Schema;
use serde_json::{Map, Value, json};

/// The name of the schema's definition of a connection.
const CONNECTION: &str = "ConnectionConfig";

/// The schema as JSON text that ends with a newline.
pub fn schema(providers: &Providers) -> String {
    let mut schema: Value = schemars::schema_for!(Config).into();
    if let Some(definitions) = schema.get_mut("$defs").and_then(Value::as_object_mut) {
        connections(definitions, providers);
    }
    let mut text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    text.push('\n');
    text
}

/// Adds a definition for the connections of each provider, and lets the definition of connections choose among them by
/// `provider`. Each definition has all valid keys, so that editors complete only those and mark any other.
fn connections(definitions: &mut Map<String, Value>, providers: &Providers) {
    let common = definitions.get(CONNECTION).and_then(|common| common.get("properties")).cloned();
    let common = common.as_ref().and_then(Value::as_object).cloned().unwrap_or_default();
    let mut choice = json!(false);
    let factories: Vec<_> = providers.iter().collect();
    // Backwards, so that the outermost condition is the one of the first provider, which is the default.
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

/// The schema of a provider's connections: common keys and its own. The `$defs` of the provider's schema are moved to
/// `definitions`, with the provider's name as a prefix.
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

/// Adjusts `$ref` values to the moved definitions of the provider.
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

/// Also allows a name without settings as an empty table: `{ instance-profile = {} }` is `"instance-profile"`.
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
