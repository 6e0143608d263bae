//! Which adapters stand behind the ports, by flags, environment and configuration file.

mod credentials;
mod layers;
mod secrets;

pub use layers::{Layered, Layers, Origin};

use crate::{
    args::{CallKeyRefs, Format, GlobalArgs},
    config,
    failure::Failure,
    output::{self, Output},
};
use async_trait::async_trait;
use credentials::WaysIn;
use lamplight_app::RunPorts;
use lamplight_aws_adapter::{AccessKey, AwsConnectionConfig, AwsPorts, CredentialsSource, open};
use lamplight_aws_model::{AwsPlatform, PriceTable, Region};
use lamplight_config::{AMBIENT, Config, ConnectionConfig, DEMO, Provider};
use lamplight_domain::{ConnectionName, ErrorCode, RunnerId, StartedBy};
use lamplight_fake_adapter::{DEMO_SCRIPT, FakeProvider, Script};
use lamplight_http_adapter::HttpClient;
use lamplight_ports::{Connection, Connector, IdSource, PortError, PortErrorKind, SecretResolver};
use lamplight_sqlite_adapter::{SqliteOptions, SqliteStore};
use lamplight_system_adapter::{EnvAndFileSecrets, Environment, Paths, SystemClock, SystemIds, TokioSleeper};
use secrets::AwsSecrets;
use std::{
    path::PathBuf,
    sync::{Arc, OnceLock},
};
use tokio::sync::OnceCell;

/// Everything that commands are wired from. What a verb does not need is not opened.
#[derive(Debug)]
pub struct Wiring {
    /// The options of every verb.
    pub global: GlobalArgs,
    /// Where commands write.
    pub output: Output,
    environment: Environment,
    ids: Arc<SystemIds>,
    store: OnceCell<Arc<SqliteStore>>,
    config: OnceLock<Config>,
    secrets: OnceLock<Arc<dyn SecretResolver>>,
    http: HttpClient,
    /// Keys for this call alone.
    call_keys: Option<CallKeyRefs>,
}

impl Wiring {
    /// Wires nothing yet.
    pub fn new(global: GlobalArgs, environment: Environment, output: Output) -> Self {
        Self {
            global,
            output,
            environment,
            ids: Arc::default(),
            store: OnceCell::new(),
            config: OnceLock::new(),
            secrets: OnceLock::new(),
            http: HttpClient::default(),
            call_keys: None,
        }
    }

    /// The same with keys that take the place of every connection's own way to authenticate.
    #[must_use]
    pub fn with_call_keys(mut self, keys: Option<CallKeyRefs>) -> Self {
        self.call_keys = keys;
        self
    }

    /// Whether data is for programs.
    pub fn json(&self) -> bool {
        self.global.output != Format::Table
    }

    /// Writes data for programs, in the form that was asked for.
    pub fn write<T: serde::Serialize>(&self, value: &T) -> Result<(), Failure> {
        output::structured(self.global.output, value)
    }

    /// The store, opened where it is first needed.
    pub async fn store(&self) -> Result<Arc<SqliteStore>, Failure> {
        let opened = self.store.get_or_try_init(|| async {
            let folder = match &self.global.data_dir {
                Some(folder) => folder.clone(),
                None => Paths::data_dir(&self.environment).map_err(Failure::from)?,
            };
            let options = SqliteOptions { runner_id: RunnerId(self.ids.run_key().to_string()) };
            let store =
                SqliteStore::open(&folder.join("lamplight.db"), options).await.map_err(Failure::from)?;
            Ok::<_, Failure>(Arc::new(store))
        });
        opened.await.cloned()
    }

    /// The ports that a run needs.
    pub async fn run_ports(&self) -> Result<RunPorts, Failure> {
        let store = self.store().await?;
        Ok(RunPorts {
            runs: store.clone(),
            runners: store,
            clock: Arc::new(SystemClock),
            sleeper: Arc::new(TokioSleeper),
            ids: self.ids.clone(),
        })
    }

    /// Reads secrets by reference.
    pub fn secrets(&self) -> Result<Arc<dyn SecretResolver>, Failure> {
        if let Some(secrets) = self.secrets.get() {
            return Ok(Arc::clone(secrets));
        }
        let config = self.config()?;
        let output = self.output;
        let local =
            EnvAndFileSecrets::new(self.environment.clone()).warning_to(move |text| output.warn(text));
        let vault = config.secrets.vault.as_ref();
        let router = secrets::without_aws(local, &self.environment, vault, &self.http);
        let basis: Arc<dyn SecretResolver> = Arc::new(router.clone());
        let aws = AwsSecrets::new(self.secrets_manager(config, &basis));
        let all: Arc<dyn SecretResolver> = Arc::new(router.with_store("aws-sm", Arc::new(aws)));
        Ok(Arc::clone(self.secrets.get_or_init(|| all)))
    }

    /// The same, and where the configuration cannot be read, variables and files alone.
    pub fn secrets_or_local(&self) -> Arc<dyn SecretResolver> {
        self.secrets().unwrap_or_else(|_| Arc::new(EnvAndFileSecrets::new(self.environment.clone())))
    }

    /// Secrets Manager behind the connection that the configuration names for it, with that connection's own keys
    /// even where this call has others.
    fn secrets_manager(
        &self,
        config: &Config,
        basis: &Arc<dyn SecretResolver>,
    ) -> Result<Arc<lamplight_aws_adapter::SecretsManager>, Failure> {
        let wanted = config.secrets.aws_sm.as_ref().and_then(|store| store.connection.as_ref());
        let ambient = ConnectionConfig::default();
        let (name, connection) = match wanted.and_then(|name| config.connections.get_key_value(name)) {
            Some((name, connection)) => (name.as_str(), connection),
            None => (AMBIENT, &ambient),
        };
        Ok(self.aws_ports(name, connection, config, basis, None)?.0.secrets)
    }

    /// The program that shows a web page, where the environment names one.
    pub fn browser(&self) -> Option<String> {
        self.environment.get("BROWSER").map(ToString::to_string).filter(|browser| !browser.is_empty())
    }

    /// The person at the terminal, where the environment names one.
    pub fn user(&self) -> Option<StartedBy> {
        let name = ["USER", "LOGNAME", "USERNAME"].into_iter().find_map(|name| self.environment.get(name));
        name.filter(|name| !name.is_empty()).map(|name| StartedBy::User(name.to_owned()))
    }

    /// The connection named on the command line, where one is.
    pub fn named_connection(&self) -> Result<Option<ConnectionName>, Failure> {
        let parse = |name: &String| {
            name.parse().map_err(|error: lamplight_domain::NameError| {
                Failure::usage(ErrorCode::InvalidName, error.to_string())
            })
        };
        self.global.connection.as_ref().map(parse).transpose()
    }

    /// The configuration file, where there is one or one is named.
    pub fn config_file(&self) -> Option<PathBuf> {
        config::find(self.global.config.as_deref(), &Paths::config_candidates(&self.environment))
    }

    /// The configuration, read where it is first needed.
    pub fn config(&self) -> Result<&Config, Failure> {
        if let Some(config) = self.config.get() {
            return Ok(config);
        }
        let candidates = Paths::config_candidates(&self.environment);
        let config = config::load(self.global.config.as_deref(), &candidates)?;
        Ok(self.config.get_or_init(|| config))
    }

    fn open_connection(&self, name: Option<&ConnectionName>) -> Result<Connection, Failure> {
        let config = self.config()?;
        let name = name.or(config.default_connection.as_ref());
        match name.map(ConnectionName::as_str) {
            Some(text) => match (name.and_then(|name| config.connections.get(name)), text) {
                (Some(connection), _) => self.connect(text, connection, config),
                (None, DEMO) => {
                    let demo = ConnectionConfig { provider: Provider::Fake, ..ConnectionConfig::default() };
                    self.connect(DEMO, &demo, config)
                }
                (None, AMBIENT) => self.connect(AMBIENT, &ConnectionConfig::default(), config),
                (None, unknown) => Err(unknown_connection(unknown, config)),
            },
            None => self.connect(AMBIENT, &ConnectionConfig::default(), config),
        }
    }

    fn connect(&self, name: &str, from: &ConnectionConfig, config: &Config) -> Result<Connection, Failure> {
        let name: ConnectionName = name.parse().map_err(|error: lamplight_domain::NameError| {
            Failure::usage(ErrorCode::InvalidName, error.to_string())
        })?;
        match from.provider {
            Provider::Fake if self.call_keys.is_some() => Err(Failure::usage(
                ErrorCode::InvalidSetting,
                format!("connection {name} is simulated and takes no keys"),
            )
            .with_hint("leave out --access-key-id, or name a connection to AWS")),
            Provider::Fake => self.simulate(name, from, config),
            Provider::Aws => self.reach_aws(name, from, config),
        }
    }

    fn simulate(
        &self,
        name: ConnectionName,
        from: &ConnectionConfig,
        config: &Config,
    ) -> Result<Connection, Failure> {
        let text = match &from.script {
            None => DEMO_SCRIPT.to_owned(),
            Some(file) => {
                let path = config.folder.join(file);
                std::fs::read_to_string(&path).map_err(|error| {
                    Failure::io(format!("the script {} could not be read", path.display()), &error)
                })?
            }
        };
        let script = Script::parse(&text).map_err(|error| Failure {
            causes: std::error::Error::source(&error).map(ToString::to_string).into_iter().collect(),
            ..Failure::usage(ErrorCode::InvalidConfig, format!("connection {name}: {error}"))
        })?;
        let provider = FakeProvider::from_script(script)
            .with_system(Arc::new(TokioSleeper), self.ids.clone())
            .with_clock(Arc::new(SystemClock));
        Ok(provider.connection(name, from.defaults()))
    }

    fn reach_aws(
        &self,
        name: ConnectionName,
        from: &ConnectionConfig,
        config: &Config,
    ) -> Result<Connection, Failure> {
        let secrets = self.secrets()?;
        let (ports, platform) =
            self.aws_ports(name.as_str(), from, config, &secrets, self.call_keys.as_ref())?;
        Ok(Connection {
            defaults: from.defaults(),
            identity: Some(ports.identity),
            reachability: Some(ports.reachability),
            management: Some(ports.management),
            ..Connection::new(name, ports.catalogue, ports.invoker, Arc::new(platform))
        })
    }

    /// The layers of a connection's settings.
    pub fn layers<'a>(
        &'a self,
        name: &'a str,
        connection: &'a ConnectionConfig,
        config: &'a Config,
    ) -> Layers<'a> {
        Layers { global: &self.global, environment: &self.environment, config, name, connection }
    }

    fn aws_ports(
        &self,
        name: &str,
        from: &ConnectionConfig,
        config: &Config,
        secrets: &Arc<dyn SecretResolver>,
        call_keys: Option<&CallKeyRefs>,
    ) -> Result<(AwsPorts, AwsPlatform), Failure> {
        let layers = self.layers(name, from, config);
        let value = |layered: Option<Layered<String>>| layered.map(|layered| layered.value);
        layers.check_endpoints()?;
        let endpoint_url = value(layers.endpoint_url());
        let sts_endpoint_url = value(layers.sts_endpoint_url());
        let Some(text) = value(layers.region()) else {
            return Err(Failure::usage(ErrorCode::RegionMissing, format!("connection {name} has no region"))
                .with_hint(
                    "give --region or set AWS_REGION; `--connection demo` needs neither account nor region",
                ));
        };
        let known = region(&text, endpoint_url.is_some())?;
        let sts_region =
            from.sts_region.as_ref().map(|text| region(text, sts_endpoint_url.is_some())).transpose()?;
        let ways_in = WaysIn {
            environment: &self.environment,
            http: &self.http,
            secrets,
            folder: config.folder.clone(),
        };
        let credentials = match call_keys {
            Some(keys) => CredentialsSource::AccessKey(AccessKey {
                id: keys.access_key_id.clone().into(),
                secret: keys.secret_access_key.clone().into(),
                session_token: keys.session_token.clone().map(Into::into),
            }),
            None => ways_in.credentials(&from.auth)?,
        };
        let ports = open(AwsConnectionConfig {
            endpoint_url,
            sts_endpoint_url,
            secrets_endpoint_url: value(layers.secrets_endpoint_url()),
            sts_region,
            use_fips: from.use_fips.unwrap_or_default(),
            use_dual_stack: from.use_dual_stack.unwrap_or_default(),
            credentials,
            secrets: Arc::clone(secrets),
            http: self.http.clone(),
            ..AwsConnectionConfig::new(known.clone())
        })?;
        Ok((ports, AwsPlatform::new(known, prices(config)?)))
    }
}

/// The configured table of prices, or the built-in one.
fn prices(config: &Config) -> Result<PriceTable, Failure> {
    let Some(file) = &config.prices_file else { return Ok(PriceTable::default()) };
    let path: PathBuf = config.folder.join(file);
    let shown = path.display().to_string();
    let text = std::fs::read_to_string(&path)
        .map_err(|error| Failure::io(format!("the price table {shown} could not be read"), &error))?;
    toml::from_str(&text)
        .map_err(|error| Failure::usage(ErrorCode::InvalidConfig, format!("{shown}: {}", error.message())))
}

/// A region that nobody knows would lead the request to an address that does not exist; with an address of its
/// own a connection may use any name that looks like a region.
fn region(text: &str, has_endpoint: bool) -> Result<Region, Failure> {
    let parsed = if has_endpoint { Region::parse_well_formed(text) } else { Region::parse_known(text) };
    parsed.map_err(|error| {
        Failure::usage(ErrorCode::UnknownRegion, error.to_string())
            .with_hint("a region newer than this build can be used with --endpoint-url")
    })
}

/// A connection that is neither configured nor built in.
pub fn unknown_connection(name: &str, config: &Config) -> Failure {
    Failure {
        exit_code: crate::ExitCode::NotFound,
        code: ErrorCode::ConnectionNotFound,
        message: format!("there is no connection {name}"),
        causes: Vec::new(),
        hint: Some(config.choice(name)),
    }
}

#[async_trait]
impl Connector for Wiring {
    async fn open(&self, name: Option<&ConnectionName>) -> Result<Connection, PortError> {
        self.open_connection(name).map_err(|failure| {
            let kind = match failure.exit_code {
                crate::ExitCode::NotFound => PortErrorKind::NotFound,
                crate::ExitCode::Usage => PortErrorKind::InvalidRequest,
                _ => PortErrorKind::Unavailable,
            };
            let error = PortError::new(kind, failure.code, failure.message);
            let error = match failure.causes.into_iter().next() {
                Some(cause) => error.with_source(cause),
                None => error,
            };
            match failure.hint {
                Some(hint) => error.with_hint(hint),
                None => error,
            }
        })
    }
}
