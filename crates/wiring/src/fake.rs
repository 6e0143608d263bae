//! The simulator as a provider.

use lamplight_config::FakeTable;
use lamplight_domain::{ErrorCode, SecretRef, TableError};
use lamplight_fake_adapter::{DEMO_SCRIPT, FakeProvider, Script};
use lamplight_ports::{Connection, OpenConnection, PortError, PortErrorKind, ProviderFactory};
use serde_json::{Map, Value};

/// The simulator: scripted functions that need no account. Changes to the functions of a connection last as long as it is
/// open.
#[derive(Debug, Clone, Copy, Default)]
pub struct FakeFactory;

impl ProviderFactory for FakeFactory {
    fn name(&self) -> &'static str {
        "fake"
    }

    fn schema(&self) -> Value {
        FakeTable::schema()
    }

    fn check(&self, table: &Map<String, Value>) -> Result<Vec<SecretRef>, TableError> {
        FakeTable::read(table).map(|_| Vec::new())
    }

    fn takes_region(&self) -> bool {
        false
    }

    fn open(&self, open: OpenConnection<'_>) -> Result<Connection, PortError> {
        let name = open.name;
        let wrong = |message: String| {
            PortError::new(
                PortErrorKind::InvalidRequest,
                ErrorCode::InvalidConfig,
                format!("connection {name}: {message}"),
            )
        };
        let own = FakeTable::read(open.table).map_err(|mistake| wrong(mistake.to_string()))?;
        let text = match &own.script {
            None => DEMO_SCRIPT.to_owned(),
            Some(file) => {
                let path = open.folder.join(file);
                crate::file::read_named(&path, "script")?
            }
        };
        let script = Script::parse(&text).map_err(|error| {
            let cause = std::error::Error::source(&error).map(ToString::to_string);
            let wrong = wrong(error.to_string());
            match cause {
                Some(cause) => wrong.with_source(cause),
                None => wrong,
            }
        })?;
        let provider = FakeProvider::from_script(script)
            .with_system(open.system.sleeper, open.system.ids)
            .with_clock(open.system.clock);
        Ok(provider.connection(name.clone(), open.defaults))
    }
}
