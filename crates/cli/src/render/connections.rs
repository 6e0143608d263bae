//! Connections, as tables and as JSON. Secrets appear as references alone: nothing here has read one.

use crate::{
    render::table::{or_dash, table},
    wiring::{Layered, Layers, Origin},
};
use lamplight_config::{ConnectionConfig, Provider};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// A line of the list.
#[derive(Debug, Serialize)]
pub struct ConnectionRow {
    name: String,
    provider: Provider,
    region: Option<String>,
    auth: Option<&'static str>,
    endpoint_url: Option<String>,
    default: bool,
    labels: BTreeMap<String, String>,
}

impl ConnectionRow {
    /// The line of one connection.
    pub fn new(name: &str, own: &ConnectionConfig, layers: &Layers<'_>) -> Self {
        let is_aws = own.provider == Provider::Aws;
        let value = |layered: Option<Layered<String>>| layered.map(|layered| layered.value);
        Self {
            name: name.to_owned(),
            provider: own.provider,
            region: value(layers.region()).filter(|_| is_aws),
            auth: is_aws.then(|| own.auth.method()),
            endpoint_url: value(layers.endpoint_url()).filter(|_| is_aws),
            default: layers
                .config
                .default_connection
                .as_ref()
                .is_some_and(|default| default.as_str() == name),
            labels: own.labels.clone(),
        }
    }
}

/// The list.
pub fn connections_table(rows: &[ConnectionRow]) -> String {
    let labels = |row: &ConnectionRow| {
        let pairs: Vec<String> = row.labels.iter().map(|(key, value)| format!("{key}={value}")).collect();
        if pairs.is_empty() { "-".to_owned() } else { pairs.join(",") }
    };
    let provider = |row: &ConnectionRow| match row.provider {
        Provider::Aws => "aws".to_owned(),
        Provider::Fake => "fake".to_owned(),
    };
    table(
        ["NAME", "DEFAULT", "PROVIDER", "REGION", "AUTH", "LABELS"],
        rows.iter().map(|row| {
            [
                row.name.clone(),
                if row.default { "yes" } else { "-" }.to_owned(),
                provider(row),
                or_dash(row.region.as_ref()),
                or_dash(row.auth),
                labels(row),
            ]
        }),
    )
}

/// One setting of a connection.
#[derive(Debug, Serialize)]
pub struct Setting {
    key: String,
    value: Value,
    origin: String,
}

/// What a connection is made of, with where each setting comes from.
pub fn connection_settings(own: &ConnectionConfig, layers: &Layers<'_>) -> Vec<Setting> {
    let mut settings = Vec::new();
    let layered = [
        ("region", layers.region()),
        ("endpoint_url", layers.endpoint_url()),
        ("sts_endpoint_url", layers.sts_endpoint_url()),
    ];
    let is_aws = own.provider == Provider::Aws;
    // Read as the file has it, so that a further key needs no line here.
    let mut written = serde_json::to_value(own).unwrap_or_default();
    let Some(written) = written.as_object_mut() else { return settings };
    written.entry("provider").or_insert_with(|| Value::from("aws"));
    if is_aws {
        written.entry("auth").or_insert_with(|| Value::from("default"));
    }
    for (key, setting) in layered {
        let Some(setting) = setting.filter(|_| is_aws) else { continue };
        written.remove(key);
        settings.push(Setting {
            key: key.to_owned(),
            value: Value::from(setting.value),
            origin: setting.origin.to_string(),
        });
    }
    for (key, value) in written {
        flatten(key, value, &[key], layers, &mut settings);
    }
    settings.sort_by(|a, b| a.key.cmp(&b.key));
    settings
}

fn flatten(key: &str, value: &Value, path: &[&str], layers: &Layers<'_>, into: &mut Vec<Setting>) {
    if let Value::Object(inner) = value
        && !inner.is_empty()
    {
        for (name, value) in inner {
            let path: Vec<&str> = path.iter().copied().chain([name.as_str()]).collect();
            flatten(&format!("{key}.{name}"), value, &path, layers, into);
        }
        return;
    }
    let whole: Vec<&str> = ["connections", layers.name].into_iter().chain(path.iter().copied()).collect();
    let origin = match layers.config.place_of(&whole) {
        Some(place) => Origin::File(format!("{}:{}", layers.config.shown(), place.line)),
        None => Origin::Default,
    };
    into.push(Setting { key: key.to_owned(), value: value.clone(), origin: origin.to_string() });
}

/// The settings as a table.
pub fn settings_table(settings: &[Setting]) -> String {
    let shown = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    table(
        ["SETTING", "VALUE", "FROM"],
        settings.iter().map(|setting| [setting.key.clone(), shown(&setting.value), setting.origin.clone()]),
    )
}
