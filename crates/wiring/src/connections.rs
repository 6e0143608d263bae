//! Opening what fronts need: connections by name, kept while the configuration is the same; the store; secrets.

use crate::{
    Adapters, file, secrets,
    shared::{Kept, Shared, State},
};
use async_trait::async_trait;
use lamplight_config::{AMBIENT, Config, ConnectionConfig, Providers};
use lamplight_domain::{ConnectionName, ErrorCode, Hint, RunnerId, SettingName};
use lamplight_ports::{
    Connection, ConnectionOverrides, Connector, EffectiveSetting, PortError, PortErrorKind, RunPorts,
    SecretResolver, SystemPorts,
};
use lamplight_sqlite_adapter::{SqliteOptions, SqliteStore};
use lamplight_system_adapter::{EnvAndFileSecrets, Environment, Paths, SystemClock, SystemIds, TokioSleeper};
use std::{
    path::PathBuf,
    sync::{Arc, Mutex},
};
use tokio::sync::OnceCell;

/// For how many different overrides connections are kept at once. A front that lets its callers choose regions and
/// addresses cannot be made to keep more; the next one begins anew.
const MOST_OVERRIDES: usize = 64;

/// What a caller sets in place of the surroundings.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// The configuration file, in place of the one that is found.
    pub config: Option<PathBuf>,
    /// The folder of the store, in place of the user's.
    pub data_dir: Option<PathBuf>,
    /// What holds for every connection.
    pub connections: ConnectionOverrides,
}

/// Opens connections, the store and secrets. What is not needed is not opened. Clones share what is open.
///
/// # Guarantees
/// - A connection is opened once for as long as the configuration file says the same and the same is overridden: its session,
///   pools and credentials are shared by all who open it. A file that has changed is read at the next opening.
/// - With keys for one call a connection is opened anew and kept by nobody.
/// - Opening calls no provider.
#[derive(Debug, Clone)]
pub struct Connections {
    shared: Arc<Shared>,
    overrides: Arc<ConnectionOverrides>,
}

impl Connections {
    /// Opens nothing yet. What must be seen by people, such as a secret in a file that others can read, goes to `warn`.
    pub fn new(
        adapters: Adapters,
        environment: Environment,
        overrides: Overrides,
        warn: impl Fn(&str) + Send + Sync + 'static,
    ) -> Self {
        let local = EnvAndFileSecrets::new(environment.clone()).warning_to(warn);
        let shared = Shared {
            providers: adapters.providers(),
            adapters,
            system: SystemPorts {
                clock: Arc::new(SystemClock),
                sleeper: Arc::new(TokioSleeper),
                ids: Arc::new(SystemIds),
            },
            local: Arc::new(local),
            environment,
            config_file: overrides.config,
            data_dir: overrides.data_dir,
            store: OnceCell::new(),
            state: Mutex::default(),
        };
        Self { shared: Arc::new(shared), overrides: Arc::new(overrides.connections) }
    }

    /// The same, sharing what is open, for a caller who overrides something else.
    #[must_use]
    pub fn with_overrides(&self, overrides: ConnectionOverrides) -> Self {
        Self { shared: Arc::clone(&self.shared), overrides: Arc::new(overrides) }
    }

    /// The store, opened where it is first needed.
    pub async fn store(&self) -> Result<Arc<SqliteStore>, PortError> {
        let shared = &self.shared;
        let opened = shared.store.get_or_try_init(|| async {
            let folder = match &shared.data_dir {
                Some(folder) => folder.clone(),
                None => Paths::data_dir(&shared.environment)?,
            };
            let options = SqliteOptions { runner_id: RunnerId(shared.system.ids.run_key().to_string()) };
            Ok::<_, PortError>(Arc::new(SqliteStore::open(&folder.join("lamplight.db"), options).await?))
        });
        opened.await.cloned()
    }

    /// The ports that a run needs.
    pub async fn run_ports(&self) -> Result<RunPorts, PortError> {
        let store = self.store().await?;
        let SystemPorts { clock, sleeper, ids } = self.shared.system.clone();
        Ok(RunPorts { runs: store.clone(), runners: store, clock, sleeper, ids })
    }

    /// Reads secrets by reference.
    pub fn secrets(&self) -> Result<Arc<dyn SecretResolver>, PortError> {
        let mut state = self.shared.state();
        let config = self.shared.load(&mut state)?;
        Ok(self.secrets_of(&mut state, &config))
    }

    /// The same, and where the configuration cannot be read, variables and files alone.
    pub fn secrets_or_local(&self) -> Arc<dyn SecretResolver> {
        self.secrets().unwrap_or_else(|_| Arc::clone(&self.shared.local))
    }

    /// The configuration file, where there is one or one is named.
    pub fn config_file(&self) -> Option<PathBuf> {
        let candidates = Paths::config_candidates(&self.shared.environment);
        file::find(self.shared.config_file.as_deref(), &candidates)
    }

    /// The configuration as the file says it now; without a file it is the empty one.
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

    /// The settings of a connection that its provider knows, as they hold.
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

    /// A connection that is neither configured nor built in.
    pub fn unknown(name: &str, config: &Config) -> PortError {
        let message = format!("there is no connection {name}");
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
                format!("connection {name} cannot be opened: this build has no provider {provider}");
            PortError::new(PortErrorKind::Unsupported, ErrorCode::InvalidSetting, message)
        })?;
        if self.overrides.keys.is_some() && !factory.takes_keys() {
            let message = format!("connection {name} is one of provider {provider}, which takes no keys");
            return Err(PortError::new(PortErrorKind::InvalidRequest, ErrorCode::InvalidSetting, message)
                .with_hint(
                    Hint::new("leave out ")
                        .setting(SettingName::AccessKey)
                        .text(", or name a connection to AWS"),
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

    /// Secrets are read without the keys of one call, so those who give keys share them with those who do not.
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
