//! The state that all clones of `Connections` share: the configuration as it was last read, and open connections.

use crate::{Adapters, config_error, file};
use lamplight_config::{Config, ConnectionConfig, Providers};
use lamplight_domain::ConnectionName;
use lamplight_ports::{
    Connection, ConnectionOverrides, OpenConnection, PortError, SecretResolver, SystemPorts,
};
use lamplight_sqlite_adapter::SqliteStore;
use lamplight_system_adapter::{ConfigFile, Environment};
use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::OnceCell;

/// Receives warnings for the user.
pub(crate) struct Warn(pub(crate) Box<dyn Fn(&str) + Send + Sync>);

impl fmt::Debug for Warn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Warn")
    }
}

/// The state that clones share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) adapters: Adapters,
    pub(crate) system: SystemPorts,
    /// Reads secrets from environment variables and files.
    pub(crate) local: Arc<dyn SecretResolver>,
    pub(crate) warn: Arc<Warn>,
    pub(crate) providers: Providers,
    pub(crate) environment: Environment,
    pub(crate) config_file: Option<PathBuf>,
    pub(crate) data_dir: Option<PathBuf>,
    pub(crate) store: OnceCell<Arc<SqliteStore>>,
    pub(crate) state: Mutex<State>,
}

#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) loaded: Option<Loaded>,
    pub(crate) kept: HashMap<ConnectionOverrides, Kept>,
}

/// The configuration as it was last read.
#[derive(Debug)]
pub(crate) struct Loaded {
    /// The file and its text; `None` without a file.
    file: Option<(PathBuf, String)>,
    config: Arc<Config>,
}

/// The secrets resolver and connections that are open for one set of overrides.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    pub(crate) secrets: Option<Arc<dyn SecretResolver>>,
    pub(crate) connections: BTreeMap<ConnectionName, Connection>,
}

impl Shared {
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        // A panic cannot leave the state half changed, so a poisoned lock is safe to use.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The configuration file that is named or found.
    ///
    /// # Errors
    /// It was only found, and other users can change it.
    pub(crate) fn config_file(&self) -> Result<Option<ConfigFile>, PortError> {
        let file = ConfigFile::find(&self.environment, self.config_file.as_deref());
        if let Some(file) = &file {
            file.check_trust(&self.environment)?;
        }
        Ok(file)
    }

    /// Reads the file, and parses it if its text has changed. Connections that were opened with the old text are then
    /// forgotten.
    pub(crate) fn load(&self, state: &mut State) -> Result<Arc<Config>, PortError> {
        let path = self.config_file()?.map(|file| file.path);
        let file = path.map(|path| file::read(&path).map(|text| (path, text))).transpose()?;
        if let Some(loaded) = state.loaded.as_ref().filter(|loaded| loaded.file == file) {
            return Ok(Arc::clone(&loaded.config));
        }
        let config = match &file {
            None => Config::default(),
            Some((path, text)) => {
                let shown = path.display().to_string();
                let config = Config::parse(text, &shown, &self.providers).map_err(config_error)?;
                config.in_folder(path.parent().map(Path::to_owned).unwrap_or_default())
            }
        };
        let config = Arc::new(config);
        state.kept.clear();
        state.loaded = Some(Loaded { file, config: Arc::clone(&config) });
        Ok(config)
    }

    /// An environment variable; an empty value counts as not set.
    pub(crate) fn variable(&self, name: &str) -> Option<String> {
        self.environment.get(name).filter(|value| !value.is_empty()).map(str::to_owned)
    }

    /// Calls `act` with everything that is needed to open a connection.
    pub(crate) fn with_opening<T>(
        &self,
        name: &ConnectionName,
        connection: &ConnectionConfig,
        config: &Config,
        overrides: &ConnectionOverrides,
        secrets: Arc<dyn SecretResolver>,
        act: impl FnOnce(OpenConnection<'_>) -> T,
    ) -> T {
        let prices_file = config.prices_file.as_ref().map(|file| config.folder.join(file));
        act(OpenConnection {
            name,
            defaults: connection.defaults(),
            table: &connection.table,
            overrides,
            folder: &config.folder,
            prices_file: prices_file.as_deref(),
            variable: &|name| self.variable(name),
            secrets,
            system: self.system.clone(),
        })
    }
}
