//! Connections to simulated providers.

use crate::FakeProvider;
use async_trait::async_trait;
use lamplight_aws_model::{AwsPlatform, PriceTable, Region};
use lamplight_domain::{ConnectionName, ErrorCode, Platform, Settings};
use lamplight_ports::{Canceller, Connection, Connector, Management, PortError, PortErrorKind};
use std::{collections::BTreeMap, sync::Arc};

impl FakeProvider {
    /// Opens a connection to this provider.
    pub fn connection(&self, name: ConnectionName, defaults: Settings) -> Connection {
        let shared = Arc::new(self.clone());
        Connection {
            defaults,
            identity: Some(shared.clone()),
            reachability: Some(shared.clone()),
            canceller: self.cancels.then(|| shared.clone() as Arc<dyn Canceller>),
            management: Some(Management {
                account: shared.clone(),
                functions: shared.clone(),
                aliases: shared.clone(),
                permissions: shared.clone(),
                layers: shared.clone(),
                async_invocations: shared.clone(),
            }),
            ..Connection::new(name, shared.clone(), shared, self.platform())
        }
    }

    /// The platform knowledge of the simulator: the same as that of AWS.
    pub fn platform(&self) -> Arc<dyn Platform> {
        Arc::new(AwsPlatform::new(Region::us_east_1(), PriceTable::default()))
    }
}

/// Opens connections to simulators by name; the first one added is the default.
#[derive(Debug, Clone, Default)]
pub struct FakeConnector {
    default: Option<ConnectionName>,
    connections: BTreeMap<ConnectionName, Connection>,
}

impl FakeConnector {
    /// Adds a connection.
    #[must_use]
    pub fn with(mut self, connection: Connection) -> Self {
        self.default.get_or_insert_with(|| connection.name.clone());
        self.connections.insert(connection.name.clone(), connection);
        self
    }
}

#[async_trait]
impl Connector for FakeConnector {
    async fn open(&self, name: Option<&ConnectionName>) -> Result<Connection, PortError> {
        let absent = |message: String| {
            let known: Vec<&str> = self.connections.keys().map(ConnectionName::as_str).collect();
            PortError::new(PortErrorKind::NotFound, ErrorCode::ConnectionNotFound, message)
                .with_hint(format!("available connections: {}", known.join(", ")))
        };
        let name = name
            .or(self.default.as_ref())
            .ok_or_else(|| absent("no connection was given and no default connection is set".to_owned()))?;
        self.connections.get(name).cloned().ok_or_else(|| absent(format!("connection {name} does not exist")))
    }
}
