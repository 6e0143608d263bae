//! The configuration file as a whole, and its connections.

use crate::{
    Auth, ConfigError, HttpUrl, Place, SecretStores, VaultConfig, check, error, place::Source, references,
};
use lamplight_domain::{ConnectionName, InvocationType, Qualifier, Settings};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, path::PathBuf};

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

/// Which kind of provider a connection leads to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Provider {
    /// Amazon Web Services.
    #[default]
    Aws,
    /// The embedded simulator, which needs no account.
    Fake,
}

/// One connection: a named way into one account and region.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ConnectionConfig {
    /// The kind of provider.
    #[serde(skip_serializing_if = "is_default")]
    pub provider: Provider,
    /// The region, such as `eu-west-1`; else `AWS_REGION`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// How the connection authenticates.
    #[serde(skip_serializing_if = "is_default")]
    pub auth: Auth,
    /// What people sort connections by; it is shown and means nothing else.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// The address of the services, in place of AWS's own: an emulator's, or a private one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>", url)]
    pub endpoint_url: Option<HttpUrl>,
    /// The address of STS, where it is another one than `endpoint_url`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>", url)]
    pub sts_endpoint_url: Option<HttpUrl>,
    /// The region whose STS gives the credentials of roles; the connection's own unless set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sts_region: Option<String>,
    /// Whether the endpoints with FIPS 140 validated cryptography are used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub use_fips: Option<bool>,
    /// Whether the endpoints that are reached over IPv6 as well are used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub use_dual_stack: Option<bool>,
    /// The script of a simulated provider, beside the configuration file; none is the demo's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub script: Option<PathBuf>,
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

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl ConnectionConfig {
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
    /// Reads the text of a file that people know as `shown`.
    ///
    /// # Errors
    /// The first mistake, with its line and column and the nearest name that would be right. No value that may
    /// be a secret is repeated.
    pub fn parse(text: &str, shown: &str) -> Result<Self, ConfigError> {
        // Some editors begin a file with this sign.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let parsed = toml_edit::de::from_str::<Self>(text);
        let mut config = parsed.map_err(|mistake| error::of_parser(&mistake, text, shown))?;
        config.source = Source::new(text);
        shown.clone_into(&mut config.shown);
        check::check(&config)?;
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

    /// The same with the folder that its relative paths start from: those of references to secrets too.
    #[must_use]
    pub fn in_folder(mut self, folder: PathBuf) -> Self {
        let methods = self.connections.values_mut().flat_map(|connection| connection.auth.references_mut());
        let logins = self.secrets.vault.iter_mut().filter_map(VaultConfig::references_mut);
        for reference in methods.chain(logins) {
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

    /// The connections to choose from instead of `wanted`, as a sentence: all of them, or of many the nearest three.
    pub fn choice(&self, wanted: &str) -> String {
        const FEW: usize = 12;
        let mut names: Vec<&str> = self.connection_names().collect();
        if names.len() <= FEW {
            return format!("the connections are: {}", names.join(", "));
        }
        let count = names.len();
        names.sort_by_cached_key(|name| error::distance(wanted, name));
        names.truncate(3);
        format!("the nearest of {count} connections are: {}", names.join(", "))
    }

    /// The names of all connections, the built-in ones last.
    pub fn connection_names(&self) -> impl Iterator<Item = &str> {
        let own = self.connections.keys().map(ConnectionName::as_str);
        let built_in = [DEMO, AMBIENT].into_iter();
        own.chain(built_in.filter(|name| !self.connections.keys().any(|own| own.as_str() == *name)))
    }
}
