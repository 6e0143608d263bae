//! Connections, as tables and as JSON. Secrets appear as references alone: nothing here has read one.

use crate::{
    render::table::{or_dash, table},
    wiring::{Layered, Layers, Origin},
};
use lamplight_config::{ConnectionConfig, Provider};
use lamplight_domain::{EffectiveSettings, Settings};
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
    let region = layers.region();
    let layered = [
        // Roles come from the connection's own region unless the file names another one.
        ("sts_region", layers.file("sts_region", own.sts_region.clone()).or_else(|| region.clone())),
        ("region", region),
        ("endpoint_url", layers.endpoint_url()),
        ("sts_endpoint_url", layers.sts_endpoint_url()),
    ];
    let is_aws = own.provider == Provider::Aws;
    // Read as the file has it, so that a further key needs no line here.
    let mut written = serde_json::to_value(own).unwrap_or_default();
    let Some(written) = written.as_object_mut() else { return settings };
    written.entry("provider").or_insert_with(|| Value::from("aws"));
    for (key, value) in call_defaults() {
        written.entry(key).or_insert(value);
    }
    if is_aws {
        written.entry("auth").or_insert_with(|| Value::from("default"));
        for key in ["use_fips", "use_dual_stack"] {
            written.entry(key).or_insert(Value::from(false));
        }
        // Without one nothing can be called, so that its absence is shown too.
        written.entry("region").or_insert(Value::Null);
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

/// What holds for calls where neither the connection nor anybody nearer says otherwise.
fn call_defaults() -> [(&'static str, Value); 3] {
    let nobody = Settings::default();
    let calls = EffectiveSettings::resolve(&nobody, &nobody, &nobody);
    [
        ("invocation_type", serde_json::to_value(calls.invocation_type.value).unwrap_or_default()),
        ("max_attempts", Value::from(calls.max_attempts.value)),
        ("log_tail", Value::from(calls.log_tail.value)),
    ]
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
        Some(place) => Origin::File(format!("{}:{}", layers.config.shown(), place.line)).to_string(),
        None if value.is_null() => "not set".to_owned(),
        None => Origin::Default.to_string(),
    };
    into.push(Setting { key: key.to_owned(), value: value.clone(), origin });
}

/// The settings as a table.
pub fn settings_table(settings: &[Setting]) -> String {
    let shown = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Null => "-".to_owned(),
        other => other.to_string(),
    };
    table(
        ["SETTING", "VALUE", "FROM"],
        settings.iter().map(|setting| [setting.key.clone(), shown(&setting.value), setting.origin.clone()]),
    )
}
