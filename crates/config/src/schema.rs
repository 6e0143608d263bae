//! The file's JSON Schema, which editors complete and check by.

use crate::Config;
use schemars::Schema;
use serde_json::{Value, json};

/// The schema as JSON text with a line end.
pub fn schema() -> String {
    let schema = schemars::schema_for!(Config);
    let mut text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    text.push('\n');
    text
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
