//! What a provider consists of: a name, a table of settings, and a function that opens a connection.

use crate::{Clock, Connection, IdSource, PortError, SecretResolver, Sleeper};
use lamplight_domain::{ConnectionName, SecretRef, Settings, TableError};
use serde_json::{Map, Value};
use std::{fmt, path::Path, sync::Arc};

/// A value that a caller gives in place of the one in the configuration, and how it was given.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Given {
    /// The value.
    pub value: String,
    /// How it was given, for messages: the name of an option, an environment variable or a form field.
    pub given_by: String,
}

/// An access key for one call, as references to secrets.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CallKeys {
    /// The access key ID.
    pub access_key_id: SecretRef,
    /// The secret access key.
    pub secret_access_key: SecretRef,
    /// The session token of a temporary key.
    pub session_token: Option<SecretRef>,
}

/// What a caller sets for every connection that it opens, in place of the configuration.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct ConnectionOverrides {
    /// The region.
    pub region: Option<Given>,
    /// The function that the connection is opened for, as the user wrote it. If it is a full reference with a region, that
    /// region is used where neither the caller nor the connection sets one.
    pub function: Option<String>,
    /// The provider's endpoint URL.
    pub endpoint_url: Option<Given>,
    /// Whether plain HTTP to other machines is allowed, whatever the connection says.
    pub allow_http: bool,
    /// Keys that replace the connection's authentication. Only a provider that [takes
    /// keys](ProviderFactory::takes_keys) gets them.
    pub keys: Option<CallKeys>,
}

/// The system ports that every adapter gets.
#[derive(Debug, Clone)]
pub struct SystemPorts {
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Waiting.
    pub sleeper: Arc<dyn Sleeper>,
    /// IDs and jitter.
    pub ids: Arc<dyn IdSource>,
}

/// The arguments to open a connection.
#[derive(Clone)]
pub struct OpenConnection<'a> {
    /// Its name.
    pub name: &'a ConnectionName,
    /// The settings that apply unless a job or a run overrides them, for [`Connection::defaults`].
    pub defaults: Settings,
    /// The provider's own keys in the connection's table.
    pub table: &'a Map<String, Value>,
    /// What the caller overrides.
    pub overrides: &'a ConnectionOverrides,
    /// The folder that relative paths in the table are relative to.
    pub folder: &'a Path,
    /// A file with prices that replace the provider's built-in ones, if the configuration names one.
    pub prices_file: Option<&'a Path>,
    /// Looks up an environment variable. An empty one counts as not set.
    pub variable: &'a dyn Fn(&str) -> Option<String>,
    /// Reads secrets when they are needed.
    pub secrets: Arc<dyn SecretResolver>,
    /// Time, waiting and IDs.
    pub system: SystemPorts,
}

/// Environment variables may be secret, so they are not shown.
impl fmt::Debug for OpenConnection<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenConnection")
            .field("name", &self.name)
            .field("defaults", &self.defaults)
            .field("table", &self.table)
            .field("overrides", &self.overrides)
            .field("folder", &self.folder)
            .finish_non_exhaustive()
    }
}

/// Where a setting comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SettingOrigin {
    /// The caller, who gave it in this way.
    Given(String),
    /// The connection's table: under the key of the setting, or under this key if it is another one.
    Table(Option<&'static str>),
    /// This environment variable.
    Variable(&'static str),
    /// A file of the provider's own tools, as `path:line`.
    File(String),
    /// The default, because it is set nowhere.
    Default,
}

/// An effective setting of a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EffectiveSetting {
    /// The key in the table.
    pub key: String,
    /// The value; null if it is required but not set. Never a secret.
    pub value: Value,
    /// Where the value comes from.
    pub origin: SettingOrigin,
}

/// A provider of functions: reads its own keys in `[connections.NAME]` and opens connections.
///
/// # Guarantees
/// - No method calls the provider or reads a secret: that happens at the first call of a port.
/// - A table that [`check`](Self::check) accepts can be opened, unless something outside it (a variable, a file, an
///   override) is wrong.
/// - No error repeats a value of the table, because it may be a secret in the wrong place.
pub trait ProviderFactory: fmt::Debug + Send + Sync + 'static {
    /// The name in the configuration: `provider = "…"`. 1-32 lower-case letters, digits and dashes.
    fn name(&self) -> &str;

    /// The JSON Schema of the table: an object with `properties`, and `additionalProperties` false if other keys are
    /// mistakes. It may have its own `$defs`.
    fn schema(&self) -> Value;

    /// Checks the table and returns the references to secrets in it. [`read_table`](lamplight_domain::read_table) does
    /// most of the work. The caller suggests the most similar key for an unknown one, because it knows the keys of all
    /// providers.
    ///
    /// # Errors
    /// The first mistake, with its path in the table.
    fn check(&self, table: &Map<String, Value>) -> Result<Vec<SecretRef>, TableError>;

    /// Whether a caller's access keys can replace the connection's authentication.
    fn takes_keys(&self) -> bool {
        false
    }

    /// Whether a caller's region has an effect.
    fn takes_region(&self) -> bool {
        true
    }

    /// The effective settings of the connection, for display. By default these are the entries of the table.
    fn describe(&self, open: &OpenConnection<'_>) -> Vec<EffectiveSetting> {
        let settings = open.table.iter().map(|(key, value)| EffectiveSetting {
            key: key.clone(),
            value: value.clone(),
            origin: SettingOrigin::Table(None),
        });
        settings.collect()
    }

    /// Opens a connection.
    fn open(&self, open: OpenConnection<'_>) -> Result<Connection, PortError>;
}
