//! The file's JSON Schema, which editors complete and check by.

use crate::Config;

/// Where the schema is published: the `$id` that editors know it by.
const ID: &str = "https://lamplight.dev/schema/lamplight.json";

/// The schema as JSON text with a line end.
pub fn schema() -> String {
    let mut schema = schemars::schema_for!(Config);
    schema.insert("$id".to_owned(), ID.into());
    let mut text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    text.push('\n');
    text
}
