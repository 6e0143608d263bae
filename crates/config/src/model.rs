//! The configuration file as a whole, and its connections.

use crate::{
    ConfigError, Place, Providers, RunsTable, SecretStores, ServerTable, VaultConfig, check, error,
    place::Source, references,
};
use lamplight_domain::{ConnectionName, Hint, InvocationType, Qualifier, Settings, distance};
use schemars::JsonSchema;
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{MapAccess, Visitor},
};
use serde_json::{Map, Value};
use std::{borrow::Cow, collections::BTreeMap, fmt, path::PathBuf};

/// The built-in connection to the simulator; it needs no AWS account.
pub const DEMO: &str = "demo";
/// The built-in connection that takes all its settings from command-line options and environment variables.
pub const AMBIENT: &str = "ambient";

/// The configuration file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(title = "lamplight.toml")]
pub struct Config {
    /// The connection that is used if a command or job does not name one.
    #[schemars(with = "Option<String>")]
    pub default_connection: Option<ConnectionName>,
    /// A file with prices that replaces the built-in table; a relative path starts from the folder of this file.
    pub prices_file: Option<PathBuf>,
    /// How long runs are kept.
    pub runs: RunsTable,
    /// The settings of a server.
    pub server: ServerTable,
    /// The secret stores that references such as `vault:…` are read from.
    pub secrets: SecretStores,
    /// The connections by name: 1-64 letters, digits, dots, dashes and underscores.
    #[schemars(
        with = "BTreeMap<String, ConnectionConfig>",
        extend("propertyNames" = { "pattern": "^[A-Za-z0-9_][A-Za-z0-9._-]{0,63}$" })
    )]
    pub connections: BTreeMap<ConnectionName, ConnectionConfig>,
    /// The folder from which relative paths are resolved.
    #[serde(skip)]
    pub folder: PathBuf,
    /// The file's text, to find the line and column of a key or value.
    #[serde(skip)]
    pub(crate) source: Source,
    /// The file's name as shown in messages.
    #[serde(skip)]
    pub(crate) shown: String,
}

/// A connection: a named set of settings for reaching one provider.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ConnectionConfig {
    /// The provider.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// Labels for sorting and filtering connections; they have no other effect.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// The invocation type, unless a job or run sets its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<InvocationTypeName>")]
    pub invocation_type: Option<InvocationType>,
    /// The version or alias to call, unless a job or run sets its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub qualifier: Option<Qualifier>,
    /// The maximum number of attempts of a run, 1-10, unless a job or run sets its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 10))]
    pub max_attempts: Option<u32>,
    /// Whether to request the end of the function's log, unless a job or run sets its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_tail: Option<bool>,
    /// The provider's own keys.
    #[serde(flatten)]
    #[schemars(skip)]
    pub table: Map<String, Value>,
}

/// How a function is called.
// Only for the schema: the domain's type does not implement `JsonSchema`.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its schema is used")]
enum InvocationTypeName {
    /// Run the function and wait for its response.
    RequestResponse,
    /// Send the event to be run asynchronously, and do not wait for the result.
    Event,
    /// Check parameters and permissions without running the function.
    DryRun,
}

/// Written by hand: with `#[serde(flatten)]`, errors would lose their line and column.
impl<'de> Deserialize<'de> for ConnectionConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Keys;

        impl<'de> Visitor<'de> for Keys {
            type Value = ConnectionConfig;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("struct ConnectionConfig")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<ConnectionConfig, A::Error> {
                let mut own = ConnectionConfig::default();
                while let Some(key) = map.next_key::<String>()? {
                    match key.as_str() {
                        "provider" => own.provider = Some(map.next_value()?),
                        "labels" => own.labels = map.next_value()?,
                        "invocation_type" => own.invocation_type = Some(map.next_value()?),
                        "qualifier" => own.qualifier = Some(map.next_value()?),
                        "max_attempts" => own.max_attempts = Some(map.next_value()?),
                        "log_tail" => own.log_tail = Some(map.next_value()?),
                        _ => {
                            own.table.insert(key, map.next_value()?);
                        }
                    }
                }
                Ok(own)
            }
        }

        deserializer.deserialize_map(Keys)
    }
}

impl ConnectionConfig {
    /// The keys that every connection may have.
    pub const KEYS: [&str; 6] =
        ["provider", "labels", "invocation_type", "qualifier", "max_attempts", "log_tail"];

    /// A connection to `provider` without any other setting.
    pub fn to(provider: impl Into<String>) -> Self {
        Self { provider: Some(provider.into()), ..Self::default() }
    }

    /// The connection's default settings for the functions that are called through it.
    pub fn defaults(&self) -> Settings {
        Settings {
            invocation_type: self.invocation_type,
            qualifier: self.qualifier.clone(),
            max_attempts: self.max_attempts,
            log_tail: self.log_tail,
            client_context: None,
        }
    }
}

impl Config {
    /// Parses the text of a configuration file. `shown` is the file's name in messages, and `providers` are those
    /// that its connections may name.
    ///
    /// # Errors
    /// The first error, with its line and column and the most similar valid name. Values that may be secrets are
    /// never repeated.
    pub fn parse(text: &str, shown: &str, providers: &Providers) -> Result<Self, ConfigError> {
        // Some editors write a byte order mark at the beginning of a file.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let parsed = toml_edit::de::from_str::<Self>(text);
        let mut config = parsed.map_err(|mistake| error::from_parser(&mistake, text, shown))?;
        config.source = Source::new(text);
        shown.clone_into(&mut config.shown);
        check::check(&config, providers)?;
        Ok(config)
    }

    /// Decodes the bytes of a file whose name in messages is `shown`.
    ///
    /// # Errors
    /// The bytes are not valid UTF-8; the place is that of the first invalid byte.
    pub fn text_of(bytes: Vec<u8>, shown: &str) -> Result<String, ConfigError> {
        String::from_utf8(bytes).map_err(|error| {
            let good = error.utf8_error().valid_up_to();
            let text = String::from_utf8_lossy(error.as_bytes().get(..good).unwrap_or_default());
            let is_utf16 =
                error.as_bytes().starts_with(b"\xff\xfe") || error.as_bytes().starts_with(b"\xfe\xff");
            ConfigError {
                shown: shown.to_owned(),
                place: Some(Place::at(&text, good)),
                message: format!("the file is {}", if is_utf16 { "UTF-16" } else { "not valid UTF-8" }),
                hint: Some("save the file as UTF-8".into()),
            }
        })
    }

    /// Resolves relative paths from `folder`, also those of the secret references in `[secrets]`. The paths in a
    /// connection's table are resolved by its provider.
    #[must_use]
    pub fn in_folder(mut self, folder: PathBuf) -> Self {
        for reference in self.secrets.vault.iter_mut().filter_map(VaultConfig::reference_mut) {
            references::start_from(reference, &folder);
        }
        self.folder = folder;
        self
    }

    /// The file's name as shown in messages; empty if the configuration was not read from a file.
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// The place of the key at `path`; `None` if the file does not contain it.
    pub fn place_of(&self, path: &[&str]) -> Option<Place> {
        self.source.place_of(path)
    }

    /// An error at `path`.
    pub(crate) fn mistake(
        &self,
        path: &[&str],
        message: impl Into<String>,
        hint: impl Into<Hint>,
    ) -> ConfigError {
        ConfigError {
            shown: self.shown.clone(),
            place: self.place_of(path),
            message: message.into(),
            hint: Some(hint.into()),
        }
    }

    /// The place of the key at `path`, or of its nearest parent that the file contains.
    pub(crate) fn place_of_nearest(&self, path: &[&str]) -> Option<Place> {
        (1..=path.len()).rev().find_map(|end| self.place_of(path.get(..end)?))
    }

    /// The place of the value at `path`; if the file does not contain it, the place of its nearest parent.
    pub(crate) fn place_of_value(&self, path: &[&str]) -> Option<Place> {
        self.source.place_of_value(path).or_else(|| self.place_of_nearest(path))
    }

    /// A sentence that lists the existing connections: up to 12, otherwise the three whose names are most similar to
    /// `wanted`.
    pub fn choice(&self, wanted: &str) -> String {
        const FEW: usize = 12;
        let mut names: Vec<&str> = self.connection_names().collect();
        if names.len() <= FEW {
            return format!("the connections are: {}", names.join(", "));
        }
        let count = names.len();
        names.sort_by_cached_key(|name| distance(wanted, name));
        names.truncate(3);
        format!("the most similar of {count} connections are: {}", names.join(", "))
    }

    /// The connection called `name`, from the file or built in.
    pub fn connection(&self, name: &str) -> Option<Cow<'_, ConnectionConfig>> {
        let own = self.connections.iter().find(|(own, _)| own.as_str() == name);
        match (own, name) {
            (Some((_, own)), _) => Some(Cow::Borrowed(own)),
            (None, DEMO) => Some(Cow::Owned(ConnectionConfig::to("fake"))),
            (None, AMBIENT) => Some(Cow::Owned(ConnectionConfig::default())),
            (None, _) => None,
        }
    }

    /// The names of all connections; the built-in ones come last.
    pub fn connection_names(&self) -> impl Iterator<Item = &str> {
        let own = self.connections.keys().map(ConnectionName::as_str);
        let built_in = [DEMO, AMBIENT].into_iter();
        own.chain(built_in.filter(|name| !self.connections.keys().any(|own| own.as_str() == *name)))
    }
}
