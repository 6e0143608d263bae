//! A provider that is not part of this build. Its connections are valid and listed, but cannot be opened.

use lamplight_domain::{Action, ErrorCode, Hint, SecretRef, TableError};
use lamplight_ports::{Connection, OpenConnection, PortError, PortErrorKind, ProviderFactory};
use serde_json::{Map, Value, json};

/// The name of a provider that is not part of this build.
#[derive(Debug)]
pub(crate) struct Absent(pub(crate) &'static str);

impl ProviderFactory for Absent {
    fn name(&self) -> &str {
        self.0
    }

    fn schema(&self) -> Value {
        json!({ "type": "object" })
    }

    fn check(&self, _: &Map<String, Value>) -> Result<Vec<SecretRef>, TableError> {
        Ok(Vec::new())
    }

    fn takes_keys(&self) -> bool {
        true
    }

    fn open(&self, open: OpenConnection<'_>) -> Result<Connection, PortError> {
        let message =
            format!("cannot open connection {}: this build does not include provider {}", open.name, self.0);
        Err(PortError::new(PortErrorKind::Unsupported, ErrorCode::InvalidSetting, message).with_hint(
            Hint::new("build with the feature of that name, or use ")
                .action(Action::UseConnection("demo".to_owned())),
        ))
    }
}
