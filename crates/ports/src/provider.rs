//! What a further provider is: a name, a table of settings, and a way to open a connection.

use crate::{Clock, Connection, IdSource, PortError, SecretResolver, Sleeper};
use lamplight_domain::{ConnectionName, SecretRef, Settings, TableError};
use serde_json::{Map, Value};
use std::{fmt, path::Path, sync::Arc};

/// A value that a caller gives in place of the configuration's, and what the caller knows it by.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Given {
    /// The value.
    pub value: String,
    /// What it was given by, in the words of who gave it: an option, a variable, a field of a form. Messages name it.
    pub given_by: String,
}

/// An access key for one call alone, by reference.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CallKeys {
    /// The id of the key.
    pub access_key_id: SecretRef,
    /// Its secret half.
    pub secret_access_key: SecretRef,
    /// The token of a temporary key.
    pub session_token: Option<SecretRef>,
}

/// What a caller sets for every connection that it opens, in place of what the configuration says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct ConnectionOverrides {
    /// The region.
    pub region: Option<Given>,
    /// Where the provider is.
    pub endpoint_url: Option<Given>,
    /// Keys that take the place of the connection's own way to authenticate. Only a provider that
    /// [takes keys](ProviderFactory::takes_keys) is given them.
    pub keys: Option<CallKeys>,
}

/// What the system gives to every adapter.
#[derive(Debug, Clone)]
pub struct SystemPorts {
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Waits.
    pub sleeper: Arc<dyn Sleeper>,
    /// Makes ids.
    pub ids: Arc<dyn IdSource>,
}

/// What a connection is opened with.
#[derive(Clone)]
pub struct OpenConnection<'a> {
    /// Its name.
    pub name: &'a ConnectionName,
    /// What its functions are called with unless a job or run says otherwise: for [`Connection::defaults`].
    pub defaults: Settings,
    /// The provider's own keys of the connection's table.
    pub table: &'a Map<String, Value>,
    /// What the caller sets in place of the table.
    pub overrides: &'a ConnectionOverrides,
    /// The folder that relative paths of the table start from.
    pub folder: &'a Path,
    /// A table of prices in place of the provider's built-in one, where the configuration names a file.
    pub prices_file: Option<&'a Path>,
    /// A variable of the environment; one that is empty counts as not set.
    pub variable: &'a dyn Fn(&str) -> Option<String>,
    /// Reads secrets by reference, when they are needed.
    pub secrets: Arc<dyn SecretResolver>,
    /// Time and ids.
    pub system: SystemPorts,
}

/// The variables may be secret, so they are left out.
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
    /// The caller, by what it calls the setting.
    Given(String),
    /// The connection's table, under the setting's own key or, where it is another one, this.
    Table(Option<&'static str>),
    /// A variable of the environment.
    Variable(&'static str),
    /// Nothing says it: it is what holds then.
    Default,
}

/// A setting of a connection as it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EffectiveSetting {
    /// Its key in the table.
    pub key: String,
    /// Its value; null where it is not set and should be. No secret.
    pub value: Value,
    /// Where it comes from.
    pub origin: SettingOrigin,
}

/// A provider of functions: reads its own keys of `[connections.NAME]` and opens connections.
///
/// # Guarantees
/// - Nothing here calls the provider or reads a secret: that happens at the first call of a port.
/// - A table that [`check`](Self::check) takes can be opened, unless what is outside of it (a variable, a file, an override)
///   is wrong.
/// - No error repeats a value of the table that may be a secret in the wrong place.
pub trait ProviderFactory: fmt::Debug + Send + Sync + 'static {
    /// The name in the configuration: `provider = "…"`. 1-32 lower-case letters, digits and dashes.
    fn name(&self) -> &str;

    /// The JSON Schema of its table: an object with `properties`, and `additionalProperties` false where other keys are
    /// mistakes. It may have `$defs` of its own.
    fn schema(&self) -> Value;

    /// Reads the table and gives the references to secrets that it holds. [`read_table`](lamplight_domain::read_table) does most
    /// of it. A key that no provider knows is told with the nearest one that is known, by whoever has all of them.
    ///
    /// # Errors
    /// The first mistake, with its path in the table.
    fn check(&self, table: &Map<String, Value>) -> Result<Vec<SecretRef>, TableError>;

    /// Whether a caller's keys can take the place of the connection's own way to authenticate.
    fn takes_keys(&self) -> bool {
        false
    }

    /// Every setting of the connection as it holds, for people. Where it is not overridden, that is the table.
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
