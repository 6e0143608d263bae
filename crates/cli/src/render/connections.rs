//! Connections, as tables and as views. Secrets appear only as references.

use crate::render::table::{or_dash, table};
use lamplight_config::{Config, ConnectionConfig};
use lamplight_domain::{EffectiveSettings, Settings};
use lamplight_ports::{EffectiveSetting, SettingOrigin};
use lamplight_views::{ConnectionView, SettingView};
use serde_json::Value;

/// A connection with the settings in force.
#[derive(Debug)]
pub struct Described<'a> {
    pub name: &'a str,
    /// The provider's name.
    pub provider: &'a str,
    /// The connection in the file.
    pub own: &'a ConnectionConfig,
    /// The file.
    pub config: &'a Config,
    /// The settings that the provider declares.
    pub settings: Vec<EffectiveSetting>,
}

impl Described<'_> {
    fn setting(&self, key: &str) -> Option<&Value> {
        self.settings.iter().find(|setting| setting.key == key).map(|setting| &setting.value)
    }

    fn text(&self, key: &str) -> Option<String> {
        self.setting(key).and_then(Value::as_str).map(str::to_owned)
    }

    /// Where the value at `path` of the connection comes from: a line of the file, or the default.
    fn place(&self, path: &[&str]) -> Option<String> {
        let whole: Vec<&str> = ["connections", self.name].into_iter().chain(path.iter().copied()).collect();
        let place = self.config.place_of(&whole)?;
        Some(format!("{}:{}", self.config.shown(), place.line))
    }
}

/// A connection as a row.
pub fn connection_view(described: &Described<'_>) -> ConnectionView {
    let default = described.config.default_connection.as_ref();
    ConnectionView {
        auth: described.setting("auth").and_then(method),
        default: default.is_some_and(|default| default.as_str() == described.name),
        endpoint_url: described.text("endpoint_url"),
        labels: described.own.labels.clone(),
        name: described.name.to_owned(),
        provider: described.provider.to_owned(),
        region: described.text("region"),
    }
}

/// The name of an authentication method, which is a text or the only key of a table.
fn method(auth: &Value) -> Option<String> {
    match auth {
        Value::String(name) => Some(name.clone()),
        Value::Object(table) => table.keys().next().cloned(),
        _ => None,
    }
}

/// The connections as a list.
pub fn connections_table(rows: &[ConnectionView]) -> String {
    let labels = |row: &ConnectionView| {
        let pairs: Vec<String> = row.labels.iter().map(|(key, value)| format!("{key}={value}")).collect();
        if pairs.is_empty() { "-".to_owned() } else { pairs.join(",") }
    };
    table(
        ["NAME", "DEFAULT", "PROVIDER", "REGION", "AUTH", "LABELS"],
        rows.iter().map(|row| {
            [
                row.name.clone(),
                if row.default { "yes" } else { "-" }.to_owned(),
                row.provider.clone(),
                or_dash(row.region.as_ref()),
                or_dash(row.auth.as_ref()),
                labels(row),
            ]
        }),
    )
}

/// The settings of a connection, and where each comes from.
pub fn connection_settings(described: &Described<'_>) -> Vec<SettingView> {
    let mut settings = Vec::new();
    // Taken from the file as it is, so that a new key needs no code here.
    let common = ConnectionConfig { table: serde_json::Map::default(), ..described.own.clone() };
    let mut written = serde_json::to_value(common).unwrap_or_default();
    let Some(written) = written.as_object_mut() else { return settings };
    written.entry("provider").or_insert_with(|| Value::from(described.provider));
    for (key, value) in call_defaults() {
        written.entry(key).or_insert(value);
    }
    for (key, value) in written {
        flatten(key, value, &[key], described, &mut settings);
    }
    for EffectiveSetting { key, value, origin } in &described.settings {
        let origin = match origin {
            SettingOrigin::Table(None) => {
                flatten(key, value, &[key], described, &mut settings);
                continue;
            }
            SettingOrigin::Table(Some(other)) => described.place(&[other]).unwrap_or_else(default),
            SettingOrigin::Given(name) => name.clone(),
            SettingOrigin::Variable(name) => (*name).to_owned(),
            SettingOrigin::File(place) => place.clone(),
            SettingOrigin::Default if value.is_null() => "not set".to_owned(),
            SettingOrigin::Default => default(),
        };
        settings.push(SettingView { key: key.clone(), origin, value: value.clone() });
    }
    settings.sort_by(|a, b| a.key.cmp(&b.key));
    settings
}

fn default() -> String {
    "default".to_owned()
}

/// The defaults for calls.
fn call_defaults() -> [(&'static str, Value); 3] {
    let nobody = Settings::default();
    let calls = EffectiveSettings::resolve(&nobody, &nobody, &nobody);
    [
        ("invocation_type", serde_json::to_value(calls.invocation_type.value).unwrap_or_default()),
        ("max_attempts", Value::from(calls.max_attempts.value)),
        ("log_tail", Value::from(calls.log_tail.value)),
    ]
}

fn flatten(key: &str, value: &Value, path: &[&str], described: &Described<'_>, into: &mut Vec<SettingView>) {
    if let Value::Object(inner) = value
        && !inner.is_empty()
    {
        for (name, value) in inner {
            let path: Vec<&str> = path.iter().copied().chain([name.as_str()]).collect();
            flatten(&format!("{key}.{name}"), value, &path, described, into);
        }
        return;
    }
    let origin = described.place(path).unwrap_or_else(default);
    into.push(SettingView { key: key.to_owned(), origin, value: value.clone() });
}

/// The settings as a table.
pub fn settings_table(settings: &[SettingView]) -> String {
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
