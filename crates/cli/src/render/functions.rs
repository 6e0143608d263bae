//! Functions as rows and details. Values of environment variables are masked.

use crate::{
    members::Members,
    render::table::{details, one_line, or_dash, table},
};
use lamplight_domain::{Function, Tags};
use lamplight_views::FunctionView;
use serde_json::{
    Value,
    value::{RawValue, to_raw_value},
};

/// The headings of [`function_row`].
pub const FUNCTION_COLUMNS: [&str; 7] =
    ["NAME", "VERSION", "RUNTIME", "TIMEOUT", "MEMORY", "MODIFIED", "DESCRIPTION"];

/// A function as a row.
pub fn function_row(function: &Function) -> [String; 7] {
    let settings = &function.settings;
    [
        function.name.to_string(),
        or_dash(function.version.as_ref()),
        or_dash(settings.runtime.as_ref().or(function.package_type.as_ref())),
        or_dash(settings.timeout_seconds.map(|seconds| format!("{seconds} s"))),
        or_dash(settings.memory_mb.map(|mb| format!("{mb} MB"))),
        or_dash(function.last_modified.as_ref()),
        one_line(settings.description.as_deref().unwrap_or_default()),
    ]
}

/// A function for people: one member of its view per line.
pub fn function_details(function: &Function, secrets: bool) -> String {
    let mut rows: Vec<(String, String)> = Vec::new();
    for (key, value) in members(&FunctionView::new(function, secrets)) {
        let label = key.replace('_', " ");
        match value {
            Value::Object(members) => {
                for (name, member) in &members {
                    rows.push((format!("{label} {name}"), text(member)));
                }
            }
            // Some providers send an empty text for what is not set.
            Value::String(text) if text.is_empty() => {}
            other => rows.push((label, text(&other))),
        }
    }
    let rows: Vec<(&str, String)> =
        rows.iter().map(|(label, value)| (label.as_str(), value.clone())).collect();
    details(&rows)
}

/// The members of a view in their order. Writing one cannot fail; the fallback keeps this function total.
fn members(view: &FunctionView<'_>) -> Vec<(String, Value)> {
    let json = to_raw_value(view).unwrap_or_default();
    let members = serde_json::from_str(json.get()).map_or_else(|_| Vec::new(), |Members(members)| members);
    let read = |(key, value): (String, &RawValue)| Some((key, serde_json::from_str(value.get()).ok()?));
    members.into_iter().filter_map(read).collect()
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => one_line(text),
        Value::Array(items) => items.iter().map(text).collect::<Vec<_>>().join("\n"),
        other => other.to_string(),
    }
}

/// Tags as a table.
pub fn tags_table(tags: &Tags) -> String {
    table(["KEY", "VALUE"], tags.iter().map(|(key, value)| [one_line(key), one_line(value)]))
}
