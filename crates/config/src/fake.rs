//! The keys of a connection to the simulator.

use crate::regions;
use lamplight_domain::{TableError, read_table};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::path::PathBuf;

/// Keys of other providers, for which the error message says that the simulator does not have them.
const OF_OTHERS: [&str; 7] =
    ["auth", "endpoint_url", "sts_endpoint_url", "sts_region", "use_fips", "use_dual_stack", "allow_http"];

/// The keys of a connection to the simulator, in addition to those that all connections have.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct FakeTable {
    /// A region; the simulator ignores it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// The script of the simulated functions; a relative path starts from the folder of the configuration file. If not
    /// set, the script of the demo is used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub script: Option<PathBuf>,
}

impl FakeTable {
    /// Reads the table.
    ///
    /// # Errors
    /// The first error. Values that may be secrets are never repeated.
    pub fn read(table: &Map<String, Value>) -> Result<Self, TableError> {
        let mut table = table.clone();
        // The default is allowed, as it changes nothing.
        if table.get("auth").is_some_and(|auth| auth == "default") {
            table.remove("auth");
        }
        if let Some(key) = OF_OTHERS.into_iter().find(|key| table.contains_key(*key)) {
            return Err(TableError::new([key], format!("the simulator does not support {key}"))
                .with_hint("remove it"));
        }
        let own = read_table::<Self>(&table)?;
        regions::check("region", own.region.as_ref(), true)?;
        Ok(own)
    }

    /// The JSON Schema of the table.
    pub fn schema() -> Value {
        schemars::schema_for!(Self).into()
    }
}
