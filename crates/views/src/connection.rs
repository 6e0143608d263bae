//! Connections. Only references to secrets are shown; nothing here reads a secret.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// The connections, in the order of the configuration.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ConnectionsView {
    /// The connections.
    pub connections: Vec<ConnectionView>,
}

/// A connection in a list; null means not set.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ConnectionView {
    /// The name of the authentication method.
    pub auth: Option<String>,
    /// Whether it is the default connection.
    pub default: bool,
    /// The endpoint, if it is not the provider's usual one.
    pub endpoint_url: Option<String>,
    /// The labels that people gave it.
    pub labels: BTreeMap<String, String>,
    /// The name of the connection.
    pub name: String,
    /// The provider's name.
    pub provider: String,
    /// The region.
    pub region: Option<String>,
}

/// The settings of a connection.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ConnectionSettingsView<'a> {
    /// The name of the connection.
    pub name: &'a str,
    /// The settings, by key.
    pub settings: Vec<SettingView>,
}

/// A setting of a connection.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SettingView {
    /// The key; keys of nested tables are joined by dots.
    pub key: String,
    /// Where the value comes from: file and line, an environment variable, an option, or `default`.
    pub origin: String,
    /// The value; null if it is not set.
    pub value: Value,
}
