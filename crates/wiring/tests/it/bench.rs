//! A folder with a configuration, and a secret store that counts how often it is read.

use async_trait::async_trait;
use lamplight_domain::{ConnectionName, SecretRef};
use lamplight_ports::{Connection, ConnectionOverrides, Connector, PortError, SecretResolver, SecretString};
use lamplight_system_adapter::Environment;
use lamplight_wiring::{Adapters, Connections, Overrides};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

/// The secrets of scheme `count`.
#[derive(Debug, Default)]
pub(crate) struct Counting(AtomicUsize);

#[async_trait]
impl SecretResolver for Counting {
    async fn resolve(&self, _: &SecretRef) -> Result<SecretString, PortError> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Ok("hunter2".into())
    }
}

pub(crate) struct Bench {
    folder: tempfile::TempDir,
    counting: Arc<Counting>,
    pub(crate) connections: Connections,
}

impl Bench {
    pub(crate) fn new(config: &str) -> Self {
        Self::with(config, Adapters::default(), &[])
    }

    pub(crate) fn with(config: &str, adapters: Adapters, variables: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("lamplight.toml");
        std::fs::write(&file, config).unwrap();
        let counting = Arc::new(Counting::default());
        let environment = Environment::from_pairs(variables.iter().copied()).with_current_dir(folder.path());
        let connections = Connections::new(
            adapters.with_secret_store("count", Arc::clone(&counting) as _),
            environment,
            Overrides { config: Some(file), ..Overrides::default() },
            |_| {},
        );
        Self { folder, counting, connections }
    }

    /// Replaces the configuration.
    pub(crate) fn rewrite(&self, config: &str) {
        std::fs::write(self.folder.path().join("lamplight.toml"), config).unwrap();
    }

    /// How often the secret store was read.
    pub(crate) fn reads(&self) -> usize {
        self.counting.0.load(Ordering::SeqCst)
    }
}

pub(crate) async fn open(connections: &Connections, name: &str) -> Result<Connection, PortError> {
    let name: ConnectionName = name.parse().unwrap();
    connections.open(Some(&name)).await
}

pub(crate) fn in_region(region: &str) -> ConnectionOverrides {
    let given = lamplight_ports::Given { value: region.to_owned(), given_by: "the form".to_owned() };
    ConnectionOverrides { region: Some(given), ..ConnectionOverrides::default() }
}
