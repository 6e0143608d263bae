//! Connections. Secrets appear as references alone: nothing here has read one.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// The connections, in the configuration's order.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ConnectionsView {
    /// The connections.
    pub connections: Vec<ConnectionView>,
}

/// A connection in a list; null is what it does not have.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ConnectionView {
    /// The name of the way to authenticate.
    pub auth: Option<String>,
    /// Whether it is used where none is named.
    pub default: bool,
    /// Where the provider is, where that is not its usual address.
    pub endpoint_url: Option<String>,
    /// What people marked it with.
    pub labels: BTreeMap<String, String>,
    /// Its name.
    pub name: String,
    /// The provider's name.
    pub provider: String,
    /// The region.
    pub region: Option<String>,
}

/// What a connection is made of.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ConnectionSettingsView<'a> {
    /// Its name.
    pub name: &'a str,
    /// The settings, by key.
    pub settings: Vec<SettingView>,
}

/// One setting of a connection.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SettingView {
    /// Its key; inner tables are told by dots.
    pub key: String,
    /// Where it comes from: file and line, a variable, an option, or `default`.
    pub origin: String,
    /// Its value; null where it is not set.
    pub value: Value,
}
