//! The keys of a connection to the simulator.

use crate::regions;
use lamplight_domain::{TableError, read_table};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::path::PathBuf;

/// Keys of other connections that mean nothing here, for a word of their own.
const OF_OTHERS: [&str; 6] =
    ["auth", "endpoint_url", "sts_endpoint_url", "sts_region", "use_fips", "use_dual_stack"];

/// The keys of a connection to the simulator, beside those that every connection has.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct FakeTable {
    /// A region, which means nothing to the simulator.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// The script of the simulated functions, beside the configuration file; none is the demo's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub script: Option<PathBuf>,
}

impl FakeTable {
    /// Reads the table.
    ///
    /// # Errors
    /// The first mistake. No value that may be a secret is repeated.
    pub fn read(table: &Map<String, Value>) -> Result<Self, TableError> {
        let mut table = table.clone();
        // What every connection does unless it says otherwise.
        if table.get("auth").is_some_and(|auth| auth == "default") {
            table.remove("auth");
        }
        if let Some(key) = OF_OTHERS.into_iter().find(|key| table.contains_key(*key)) {
            return Err(
                TableError::new([key], format!("the simulator knows no {key}")).with_hint("leave it out")
            );
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
