//! The configuration file as a whole, and its connections.

use crate::{
    ConfigError, Place, Providers, SecretStores, VaultConfig, check, error, place::Source, references,
};
use lamplight_domain::{ConnectionName, Hint, InvocationType, Qualifier, Settings, distance};
use schemars::JsonSchema;
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{MapAccess, Visitor},
};
use serde_json::{Map, Value};
use std::{borrow::Cow, collections::BTreeMap, fmt, path::PathBuf};

/// The connection that needs no account.
pub const DEMO: &str = "demo";
/// The connection made of options and environment alone.
pub const AMBIENT: &str = "ambient";

/// The configuration file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(title = "lamplight.toml")]
pub struct Config {
    /// The connection used where none is named.
    #[schemars(with = "Option<String>")]
    pub default_connection: Option<ConnectionName>,
    /// A table of prices in place of the built-in one, beside this file.
    pub prices_file: Option<PathBuf>,
    /// The stores that secret references lead to.
    pub secrets: SecretStores,
    /// The connections by name: 1-64 letters, digits, dots, dashes and underscores.
    #[schemars(
        with = "BTreeMap<String, ConnectionConfig>",
        extend("propertyNames" = { "pattern": "^[A-Za-z0-9_][A-Za-z0-9._-]{0,63}$" })
    )]
    pub connections: BTreeMap<ConnectionName, ConnectionConfig>,
    /// The folder that relative paths start from.
    #[serde(skip)]
    pub folder: PathBuf,
    /// The file's text, for the places of what it says.
    #[serde(skip)]
    pub(crate) source: Source,
    /// The file's name, for people.
    #[serde(skip)]
    pub(crate) shown: String,
}

/// One connection: a named way to one provider.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ConnectionConfig {
    /// The provider.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// What people sort connections by; it is shown and means nothing else.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// How functions are called unless a job or run says otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<InvocationTypeName>")]
    pub invocation_type: Option<InvocationType>,
    /// The version or alias that is called unless a job or run says otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub qualifier: Option<Qualifier>,
    /// How many attempts a run may make unless a job or run says otherwise, 1-10.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 10))]
    pub max_attempts: Option<u32>,
    /// Whether the end of the function's log is asked for unless a job or run says otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_tail: Option<bool>,
    /// The provider's own keys.
    #[serde(flatten)]
    #[schemars(skip)]
    pub table: Map<String, Value>,
}

/// The names of invocation types, for the schema: the domain's own type knows no schema.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its schema is used")]
enum InvocationTypeName {
    /// Wait for the response.
    RequestResponse,
    /// Queue the event and do not wait.
    Event,
    /// Check the permission and call nothing.
    DryRun,
}

/// Not derived: flattening would lose the places of mistakes.
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

    /// A connection to a provider, with nothing set.
    pub fn to(provider: impl Into<String>) -> Self {
        Self { provider: Some(provider.into()), ..Self::default() }
    }

    /// What the connection sets for the functions called through it.
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
    /// Reads the text of a file that people know as `shown`, whose connections lead to these providers.
    ///
    /// # Errors
    /// The first mistake, with its line and column and the nearest name that would be right. No value that may
    /// be a secret is repeated.
    pub fn parse(text: &str, shown: &str, providers: &Providers) -> Result<Self, ConfigError> {
        // Some editors begin a file with this sign.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let parsed = toml_edit::de::from_str::<Self>(text);
        let mut config = parsed.map_err(|mistake| error::of_parser(&mistake, text, shown))?;
        config.source = Source::new(text);
        shown.clone_into(&mut config.shown);
        check::check(&config, providers)?;
        Ok(config)
    }

    /// The text of a file of these bytes that people know as `shown`.
    ///
    /// # Errors
    /// It is no UTF-8; the place is that of the first byte that is not.
    pub fn text_of(bytes: Vec<u8>, shown: &str) -> Result<String, ConfigError> {
        String::from_utf8(bytes).map_err(|error| {
            let good = error.utf8_error().valid_up_to();
            let text = String::from_utf8_lossy(error.as_bytes().get(..good).unwrap_or_default());
            ConfigError {
                shown: shown.to_owned(),
                place: Some(Place::at(&text, good)),
                message: "this is no UTF-8 text".to_owned(),
                hint: Some("save the file as UTF-8".into()),
            }
        })
    }

    /// The same with the folder that its relative paths start from: those of references to secrets of `[secrets]` too.
    /// Those of a connection are the provider's to read.
    #[must_use]
    pub fn in_folder(mut self, folder: PathBuf) -> Self {
        for reference in self.secrets.vault.iter_mut().filter_map(VaultConfig::reference_mut) {
            references::start_from(reference, &folder);
        }
        self.folder = folder;
        self
    }

    /// The name of the file, for people; empty where there is none.
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// Where the file says what stands at `path`; `None` where it does not say it.
    pub fn place_of(&self, path: &[&str]) -> Option<Place> {
        self.source.place_of(path)
    }

    /// A mistake at `path`.
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

    /// Where the file says what stands at `path`, or at the nearest beginning of it.
    pub(crate) fn place_of_nearest(&self, path: &[&str]) -> Option<Place> {
        (1..=path.len()).rev().find_map(|end| self.place_of(path.get(..end)?))
    }

    /// Where the value at the end of `path` begins; for a table that is not there, where the nearest one is.
    pub(crate) fn place_of_value(&self, path: &[&str]) -> Option<Place> {
        self.source.place_of_value(path).or_else(|| self.place_of_nearest(path))
    }

    /// The connections to choose from instead of `wanted`, as a sentence: all of them, or of many the nearest three.
    pub fn choice(&self, wanted: &str) -> String {
        const FEW: usize = 12;
        let mut names: Vec<&str> = self.connection_names().collect();
        if names.len() <= FEW {
            return format!("the connections are: {}", names.join(", "));
        }
        let count = names.len();
        names.sort_by_cached_key(|name| distance(wanted, name));
        names.truncate(3);
        format!("the nearest of {count} connections are: {}", names.join(", "))
    }

    /// The connection of this name: the file's, or a built-in one.
    pub fn connection(&self, name: &str) -> Option<Cow<'_, ConnectionConfig>> {
        let own = self.connections.iter().find(|(own, _)| own.as_str() == name);
        match (own, name) {
            (Some((_, own)), _) => Some(Cow::Borrowed(own)),
            (None, DEMO) => Some(Cow::Owned(ConnectionConfig::to("fake"))),
            (None, AMBIENT) => Some(Cow::Owned(ConnectionConfig::default())),
            (None, _) => None,
        }
    }

    /// The names of all connections, the built-in ones last.
    pub fn connection_names(&self) -> impl Iterator<Item = &str> {
        let own = self.connections.keys().map(ConnectionName::as_str);
        let built_in = [DEMO, AMBIENT].into_iter();
        own.chain(built_in.filter(|name| !self.connections.keys().any(|own| own.as_str() == *name)))
    }
}
