//! What every command gets: the global options, the output, and what `lamplight-wiring` opens.

use crate::{
    args::{CallKeyRefs, Format, GlobalArgs},
    failure::Failure,
    output::{self, Output},
};
use async_trait::async_trait;
use lamplight_domain::{ConnectionName, ErrorCode, StartedBy};
use lamplight_ports::{
    CallKeys, Connection, ConnectionOverrides, Connector, Given, PortError, RunPorts, SecretResolver,
};
use lamplight_system_adapter::Environment;
use lamplight_wiring::{Adapters, Connections, Overrides, SqliteStore};
use std::sync::Arc;

/// What commands are built from. Only what a verb needs is opened.
#[derive(Debug)]
pub struct Wiring {
    /// The global options.
    pub global: GlobalArgs,
    /// Where commands write.
    pub output: Output,
    /// Opens connections, the store and secrets.
    pub connections: Connections,
    environment: Environment,
}

impl Wiring {
    /// Opens nothing yet. Keys for this call override the authentication of every connection. `subject` is what the command
    /// is about, usually a function.
    pub fn new(
        global: GlobalArgs,
        environment: Environment,
        output: Output,
        adapters: Adapters,
        keys: Option<CallKeyRefs>,
        subject: Option<String>,
    ) -> Self {
        let given = |value: Option<&String>, option: &str, variable: &str| {
            // clap has already read the environment variable into the option.
            let value = value?.clone();
            let is_variable = environment.get(variable) == Some(value.as_str());
            let given_by = if is_variable { variable } else { option }.to_owned();
            Some(Given { value, given_by })
        };
        let overrides = Overrides {
            config: global.config.clone(),
            data_dir: global.data_dir.clone(),
            connections: ConnectionOverrides {
                region: given(global.region.as_ref(), "--region", "LAMPLIGHT_REGION"),
                endpoint_url: given(global.endpoint_url.as_ref(), "--endpoint-url", "LAMPLIGHT_ENDPOINT_URL"),
                function: subject,
                allow_http: global.allow_http,
                keys: keys.map(|keys| CallKeys {
                    access_key_id: keys.access_key_id,
                    secret_access_key: keys.secret_access_key,
                    session_token: keys.session_token,
                }),
            },
        };
        // A secret that others can read is no less so where only errors are wanted.
        let warn = |text: &str| output::warn_always(text);
        let connections = Connections::new(adapters, environment.clone(), overrides, warn);
        Self { global, output, connections, environment }
    }

    /// Whether the output format is for programs.
    pub fn json(&self) -> bool {
        self.global.output != Format::Table
    }

    /// Writes data for programs in the requested format.
    pub fn write<T: serde::Serialize>(&self, value: &T) -> Result<(), Failure> {
        output::structured(self.global.output, value)
    }

    /// The store, opened when it is first needed.
    pub async fn store(&self) -> Result<Arc<SqliteStore>, Failure> {
        Ok(self.connections.store().await?)
    }

    /// The ports that a run needs.
    pub async fn run_ports(&self) -> Result<RunPorts, Failure> {
        Ok(self.connections.run_ports().await?)
    }

    /// Reads secrets by reference.
    pub fn secrets(&self) -> Result<Arc<dyn SecretResolver>, Failure> {
        Ok(self.connections.secrets()?)
    }

    /// Names a configuration file that does not come from a folder where the user would look for it, to a person at a
    /// terminal.
    pub fn name_unfamiliar_config(&self) {
        if self.output.stderr_is_terminal
            && let Some(path) = self.connections.unfamiliar_config_file()
        {
            self.output.note(&format!("using the configuration {}", path.display()));
        }
    }

    /// The browser, if the environment names one.
    pub fn browser(&self) -> Option<String> {
        self.environment.get("BROWSER").map(ToString::to_string).filter(|browser| !browser.is_empty())
    }

    /// The name of the user, if the environment has it.
    pub fn user(&self) -> Option<StartedBy> {
        let name = ["USER", "LOGNAME", "USERNAME"].into_iter().find_map(|name| self.environment.get(name));
        name.filter(|name| !name.is_empty()).map(|name| StartedBy::User(name.to_owned()))
    }

    /// The connection named on the command line, if any.
    pub fn named_connection(&self) -> Result<Option<ConnectionName>, Failure> {
        let parse = |name: &String| {
            name.parse().map_err(|error: lamplight_domain::NameError| {
                Failure::usage(ErrorCode::InvalidName, error.to_string())
            })
        };
        self.global.connection.as_ref().map(parse).transpose()
    }
}

#[async_trait]
impl Connector for Wiring {
    async fn open(&self, name: Option<&ConnectionName>) -> Result<Connection, PortError> {
        self.connections.open(name).await
    }
}
