//! Opens connections by name and keeps them open until the configuration changes; opens the store and secret stores.

use crate::{
    Adapters, secrets,
    shared::{Kept, Shared, State, Warn},
};
use async_trait::async_trait;
use lamplight_config::{AMBIENT, Config, ConnectionConfig, Providers};
use lamplight_domain::{ConnectionName, ErrorCode, Hint, RunnerId, SettingName};
use lamplight_ports::{
    Connection, ConnectionDirectory, ConnectionInfo, ConnectionOverrides, Connector, EffectiveSetting,
    PortError, PortErrorKind, RunPorts, SecretResolver, SystemPorts,
};
use lamplight_sqlite_adapter::{SqliteOptions, SqliteStore};
use lamplight_system_adapter::{EnvAndFileSecrets, Environment, Paths, SystemClock, SystemIds, TokioSleeper};
use std::{
    path::PathBuf,
    sync::{Arc, Mutex},
};
use tokio::sync::OnceCell;

/// The maximum number of different overrides for which connections are kept open. It limits the memory of a front whose
/// callers choose regions and addresses. If more are used, all are forgotten and opened again on demand.
const MOST_OVERRIDES: usize = 64;

/// The name of the store's file in the data folder.
const STORE_NAME: &str = "lamplight.db";

/// Values that the caller sets instead of the defaults.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// The configuration file, instead of the one that would be found.
    pub config: Option<PathBuf>,
    /// The folder of the store, instead of the user's data folder.
    pub data_dir: Option<PathBuf>,
    /// Settings that override those of every connection.
    pub connections: ConnectionOverrides,
}

/// Opens connections, the store and secret stores on first use. Clones share them.
///
/// # Guarantees
/// - A connection is opened once and shared, with its session, pools and credentials, as long as the configuration file and
///   the overrides are the same. A changed file is read the next time a connection is opened.
/// - With keys for one call, a connection is opened separately and not kept.
/// - Opening a connection does not call its provider.
#[derive(Debug, Clone)]
pub struct Connections {
    shared: Arc<Shared>,
    overrides: Arc<ConnectionOverrides>,
}

impl Connections {
    /// Opens nothing yet. `warn` receives warnings for the user, such as a file with a secret that other users can read.
    pub fn new(
        adapters: Adapters,
        environment: Environment,
        overrides: Overrides,
        warn: impl Fn(&str) + Send + Sync + 'static,
    ) -> Self {
        let warn = Arc::new(Warn(Box::new(warn)));
        let warn_of_secrets = Arc::clone(&warn);
        let local =
            EnvAndFileSecrets::new(environment.clone()).warning_to(move |text| (warn_of_secrets.0)(text));
        let shared = Shared {
            providers: adapters.providers(),
            adapters,
            system: SystemPorts {
                clock: Arc::new(SystemClock),
                sleeper: Arc::new(TokioSleeper),
                ids: Arc::new(SystemIds),
            },
            local: Arc::new(local),
            warn,
            environment,
            config_file: overrides.config,
            data_dir: overrides.data_dir,
            store: OnceCell::new(),
            state: Mutex::default(),
        };
        Self { shared: Arc::new(shared), overrides: Arc::new(overrides.connections) }
    }

    /// The same connections with other overrides; shares the store and all that is open.
    #[must_use]
    pub fn with_overrides(&self, overrides: ConnectionOverrides) -> Self {
        Self { shared: Arc::clone(&self.shared), overrides: Arc::new(overrides) }
    }

    /// The store, opened on first use.
    pub async fn store(&self) -> Result<Arc<SqliteStore>, PortError> {
        let shared = &self.shared;
        let opened = shared.store.get_or_try_init(|| async {
            let folder = match &shared.data_dir {
                Some(folder) => folder.clone(),
                None => Paths::data_dir(&shared.environment)?,
            };
            let options = SqliteOptions { runner_id: RunnerId(shared.system.ids.run_key().to_string()) };
            Ok::<_, PortError>(Arc::new(SqliteStore::open(&folder.join(STORE_NAME), options).await?))
        });
        opened.await.cloned()
    }

    /// The store, if it exists; it is not created.
    pub async fn existing_store(&self) -> Result<Option<Arc<SqliteStore>>, PortError> {
        let folder = match &self.shared.data_dir {
            Some(folder) => folder.clone(),
            None => Paths::data_dir(&self.shared.environment)?,
        };
        if folder.join(STORE_NAME).exists() { self.store().await.map(Some) } else { Ok(None) }
    }

    /// The ports that runs need.
    pub async fn run_ports(&self) -> Result<RunPorts, PortError> {
        let store = self.store().await?;
        let SystemPorts { clock, sleeper, ids } = self.shared.system.clone();
        Ok(RunPorts { runs: store.clone(), runners: store, clock, sleeper, ids })
    }

    /// The resolver for secret references.
    pub fn secrets(&self) -> Result<Arc<dyn SecretResolver>, PortError> {
        let mut state = self.shared.state();
        let config = self.shared.load(&mut state)?;
        Ok(self.secrets_of(&mut state, &config))
    }

    /// The resolver for secret references; if the configuration cannot be read, only environment variables and files.
    pub fn secrets_or_local(&self) -> Arc<dyn SecretResolver> {
        self.secrets().unwrap_or_else(|_| Arc::clone(&self.shared.local))
    }

    /// The configuration file: the one that is named, even if it does not exist, or the one that was found.
    ///
    /// # Errors
    /// It was only found, and other users can change it.
    pub fn config_file(&self) -> Result<Option<PathBuf>, PortError> {
        Ok(self.shared.config_file()?.map(|file| file.path))
    }

    /// The configuration file, if it is in another folder than the user would expect: neither the working folder, nor the
    /// home folder, nor the user's configuration folder.
    pub fn unfamiliar_config_file(&self) -> Option<PathBuf> {
        let file = self.shared.config_file().ok()??;
        (!file.is_familiar(&self.shared.environment)).then_some(file.path)
    }

    /// The current configuration; an empty one if there is no file.
    pub fn config(&self) -> Result<Arc<Config>, PortError> {
        self.shared.load(&mut self.shared.state())
    }

    /// The providers of this build.
    pub fn providers(&self) -> &Providers {
        &self.shared.providers
    }

    /// The JSON Schema of the configuration file with the providers of this build.
    pub fn schema(&self) -> String {
        self.shared.adapters.schema()
    }

    /// The effective settings of a connection, as its provider reports them.
    pub fn describe(
        &self,
        name: &ConnectionName,
        connection: &ConnectionConfig,
        config: &Config,
    ) -> Vec<EffectiveSetting> {
        let Some(factory) = self.shared.providers.get(self.shared.providers.name_of(connection)) else {
            return Vec::new();
        };
        let local = Arc::clone(&self.shared.local);
        self.shared
            .with_opening(name, connection, config, &self.overrides, local, |open| factory.describe(&open))
    }

    /// The error for a connection that is neither configured nor built in.
    pub fn unknown(name: &str, config: &Config) -> PortError {
        let message = format!("connection {name} does not exist");
        PortError::new(PortErrorKind::NotFound, ErrorCode::ConnectionNotFound, message)
            .with_hint(config.choice(name))
    }

    fn open_now(&self, name: Option<&ConnectionName>) -> Result<Connection, PortError> {
        let shared = &self.shared;
        let mut state = shared.state();
        let config = shared.load(&mut state)?;
        let ambient: ConnectionName = AMBIENT.parse()?;
        let name = name.or(config.default_connection.as_ref()).unwrap_or(&ambient);
        let kept = state.kept.get(&*self.overrides).and_then(|kept| kept.connections.get(name));
        if let Some(open) = kept {
            return Ok(open.clone());
        }
        let own = config.connection(name.as_str()).ok_or_else(|| Self::unknown(name.as_str(), &config))?;
        let provider = shared.providers.name_of(&own);
        let factory = shared.providers.get(provider).ok_or_else(|| {
            let message =
                format!("cannot open connection {name}: this build does not include provider {provider}");
            PortError::new(PortErrorKind::Unsupported, ErrorCode::InvalidSetting, message)
        })?;
        if self.overrides.keys.is_some() && !factory.takes_keys() {
            let message =
                format!("connection {name} uses provider {provider}, which does not use access keys");
            return Err(PortError::new(PortErrorKind::InvalidRequest, ErrorCode::InvalidSetting, message)
                .with_hint(
                    Hint::new("leave out ")
                        .setting(SettingName::AccessKey)
                        .text(", or name a connection to AWS"),
                ));
        }
        if let Some(region) = self.overrides.region.as_ref().filter(|_| !factory.takes_region()) {
            (shared.warn.0)(&format!(
                "{} has no effect: connection {name} uses provider {provider}, which has no regions",
                region.given_by
            ));
        }
        let secrets = self.secrets_of(&mut state, &config);
        let open =
            shared.with_opening(name, &own, &config, &self.overrides, secrets, |open| factory.open(open))?;
        if self.overrides.keys.is_none() {
            self.kept(&mut state).connections.insert(name.clone(), open.clone());
        }
        Ok(open)
    }

    /// The resolver for these overrides without the keys for one call: secrets are never read with those keys, so callers
    /// with and without them share the resolver.
    fn secrets_of(&self, state: &mut State, config: &Config) -> Arc<dyn SecretResolver> {
        let kept = self.kept(state);
        let secrets =
            kept.secrets.get_or_insert_with(|| secrets::resolver(&self.shared, config, &self.overrides));
        Arc::clone(secrets)
    }

    fn kept<'a>(&self, state: &'a mut State) -> &'a mut Kept {
        let overrides = ConnectionOverrides { keys: None, ..(*self.overrides).clone() };
        if state.kept.len() >= MOST_OVERRIDES && !state.kept.contains_key(&overrides) {
            state.kept.clear();
        }
        state.kept.entry(overrides).or_default()
    }
}

#[async_trait]
impl Connector for Connections {
    async fn open(&self, name: Option<&ConnectionName>) -> Result<Connection, PortError> {
        self.open_now(name)
    }
}

impl ConnectionDirectory for Connections {
    fn list(&self) -> Result<Vec<ConnectionInfo>, PortError> {
        let config = self.config()?;
        let mut found = Vec::new();
        for name in config.connection_names() {
            let name: ConnectionName = name.parse()?;
            let Some(own) = config.connection(name.as_str()) else { continue };
            found.push(ConnectionInfo {
                provider: self.shared.providers.name_of(&own).to_owned(),
                is_default: config.default_connection.as_ref() == Some(&name),
                labels: own.labels.clone(),
                settings: self.describe(&name, &own, &config),
                name,
            });
        }
        found.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(found)
    }
}
