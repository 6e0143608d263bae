//! The command line with a provider of your own. A test checks it with `run`, `discover`, `doctor` and `connections`.
//!
//! The functions are declared in the configuration, and the simulator runs them:
//!
//! ```toml
//! [connections.here]
//! provider = "own"
//! functions = ["greet"]
//! token = "env:TOKEN"
//! ```

use lamplight_domain::{FunctionName, SecretRef, TableError, read_table};
use lamplight_fake_adapter::{FakeFunction, FakeProvider};
use lamplight_ports::{Connection, OpenConnection, PortError, ProviderFactory};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::{process::ExitCode, sync::Arc};

#[derive(Debug)]
struct Own;

/// The keys of a connection to this provider.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    functions: Vec<String>,
    token: Option<SecretRef>,
}

impl ProviderFactory for Own {
    fn name(&self) -> &'static str {
        "own"
    }

    fn schema(&self) -> Value {
        json!({
            "type": "object",
            "properties": {
                "functions": {
                    "description": "The names of the functions.",
                    "type": "array",
                    "items": { "type": "string" },
                },
                "token": { "description": "The token for calls, as a reference to a secret.", "type": "string" },
            },
            "required": ["functions"],
            "additionalProperties": false,
        })
    }

    fn check(&self, table: &Map<String, Value>) -> Result<Vec<SecretRef>, TableError> {
        let own: Table = read_table(table)?;
        functions(&own)?;
        Ok(own.token.into_iter().collect())
    }

    fn open(&self, open: OpenConnection<'_>) -> Result<Connection, PortError> {
        let functions = functions(&read_table(open.table)?)?;
        let provider = FakeProvider::new(functions.into_iter().map(FakeFunction::echo))
            .with_system(open.system.sleeper, open.system.ids)
            .with_clock(open.system.clock);
        Ok(provider.connection(open.name.clone(), open.defaults))
    }
}

fn functions(own: &Table) -> Result<Vec<FunctionName>, TableError> {
    let names = own.functions.iter().enumerate().map(|(number, name)| {
        name.parse().map_err(|_| {
            TableError::new(["functions".to_owned(), number.to_string()], "this is not a function's name")
        })
    });
    names.collect()
}

fn main() -> ExitCode {
    let adapters = lamplight_cli::Adapters::default().with_provider(Arc::new(Own));
    lamplight_cli::run(std::env::args_os(), adapters).into()
}
