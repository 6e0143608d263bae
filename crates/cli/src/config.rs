//! `lamplight.toml`: named connections and what goes with them.

use crate::{ExitCode, failure::Failure};
use lamplight_domain::{ConnectionName, InvocationType, Qualifier, Settings};
use serde::Deserialize;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// The configuration file.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The connection used where none is named.
    pub default_connection: Option<ConnectionName>,
    /// A table of prices in place of the built-in one, beside this file.
    pub prices_file: Option<PathBuf>,
    /// The connections by name.
    pub connections: BTreeMap<ConnectionName, ConnectionConfig>,
    /// The folder that relative paths start from.
    #[serde(skip)]
    pub folder: PathBuf,
}

/// Which kind of provider a connection leads to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Provider {
    /// Amazon Web Services.
    #[default]
    Aws,
    /// The embedded simulator.
    Fake,
}

/// One connection.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ConnectionConfig {
    /// The kind of provider.
    pub provider: Provider,
    /// The region.
    pub region: Option<String>,
    /// The address of the service, in place of the provider's own.
    pub endpoint_url: Option<String>,
    /// The script of a simulated provider, beside the configuration file; none is the demo's.
    pub script: Option<PathBuf>,
    /// How functions are called unless a job or run says otherwise.
    pub invocation_type: Option<InvocationType>,
    /// The version or alias that is called unless a job or run says otherwise.
    pub qualifier: Option<Qualifier>,
    /// How many attempts a run may make unless a job or run says otherwise, 1-10.
    pub max_attempts: Option<u32>,
    /// Whether the end of the function's log is asked for unless a job or run says otherwise.
    pub log_tail: Option<bool>,
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
    /// Reads the first of `candidates` that exists; a file named `explicit`ly must.
    pub fn load(explicit: Option<&Path>, candidates: &[PathBuf]) -> Result<Self, Failure> {
        let found = match explicit {
            Some(path) => Some(path.to_owned()),
            None => candidates.iter().find(|path| path.is_file()).cloned(),
        };
        let Some(path) = found else { return Ok(Self::default()) };
        let shown = path.display().to_string();
        let text = std::fs::read_to_string(&path)
            .map_err(|error| Failure::io(format!("the configuration {shown} could not be read"), &error))?;
        let mut config = Self::parse(&text, &shown)?;
        config.folder = path.parent().map(Path::to_owned).unwrap_or_default();
        Ok(config)
    }

    fn parse(text: &str, shown: &str) -> Result<Self, Failure> {
        toml::from_str(text).map_err(|error| {
            let place = error.span().map(|span| {
                let before = text.get(..span.start).unwrap_or_default();
                let line = before.matches('\n').count() + 1;
                let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
                format!(":{line}:{column}")
            });
            Failure {
                exit_code: ExitCode::Usage,
                code: "invalid_config".to_owned(),
                message: format!("{shown}{}: {}", place.unwrap_or_default(), error.message()),
                causes: Vec::new(),
                hint: None,
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_has_a_provider_and_defaults() {
        let text = "default_connection = 'a'\n[connections.a]\nregion = 'eu-west-1'\nqualifier = 'live'\n\
                    [connections.b]\nprovider = 'fake'\n";
        let config = Config::parse(text, "x.toml").unwrap();
        let a = &config.connections[&"a".parse().unwrap()];
        assert_eq!(a.region.as_deref(), Some("eu-west-1"));
        assert_eq!(a.defaults().qualifier.unwrap().as_str(), "live");
        assert_eq!(config.connections[&"b".parse().unwrap()].provider, Provider::Fake);
    }

    #[test]
    fn mistakes_are_named_with_line_and_column() {
        for (text, place) in [
            ("[connections.a]\nregoin = 'x'\n", "x.toml:"),
            ("default_connection = 5\n", "x.toml:1:22: "),
            ("[connections.a\n", "x.toml:1:"),
        ] {
            let failure = Config::parse(text, "x.toml").unwrap_err();
            assert!(failure.message.starts_with(place), "{}", failure.message);
            assert_eq!(failure.exit_code, ExitCode::Usage);
        }
    }
}
