//! Rendering: what use cases return, as tables and texts for people and as stable JSON for programs.

mod account;
mod aliases;
mod asynchronous;
mod connections;
mod discovery;
mod doctor;
mod functions;
mod jobs;
mod layers;
mod manage;
mod permissions;
mod run_json;
mod run_text;
mod runs;
mod table;

pub use account::{QuotaJson, quotas_table};
pub use aliases::{ALIAS_COLUMNS, AliasJson, alias_details, alias_row};
pub use asynchronous::{ASYNC_COLUMNS, AsyncJson, async_details, async_row};
pub use connections::{ConnectionRow, Described, connection_settings, connections_table, settings_table};
pub use discovery::{DiscoveryJson, functions_table};
pub use doctor::{CheckJson, checks_text};
pub use functions::{DescribedFunction, FUNCTION_COLUMNS, function_details, function_row, tags_table};
pub use jobs::{job_details, jobs_table};
pub use layers::{
    LAYER_COLUMNS, LAYER_VERSION_COLUMNS, LayerVersionJson, layer_json, layer_row, layer_version_details,
    layer_version_row,
};
pub use manage::{PreviewJson, preview_text};
pub use permissions::{PolicyJson, StatementJson, statements_table};
pub use run_json::RunJson;
pub use run_text::{run_details, run_summary};
pub use runs::{CancelJson, StatusJson, SummaryJson, runs_table, status_text};
