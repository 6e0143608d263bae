//! Renders what use cases return: as tables and texts for people, and as views for programs where `views` may not see
//! the type of a use case.

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
mod run_text;
mod runs;
mod table;

pub use account::{account_text, account_view};
pub use aliases::{ALIAS_COLUMNS, alias_details, alias_row};
pub use asynchronous::{ASYNC_COLUMNS, async_details, async_row};
pub use connections::{Described, connection_settings, connection_view, connections_table, settings_table};
pub use discovery::{discovery_view, functions_table, import_difference};
pub use doctor::{check_view, checks_text};
pub use functions::{FUNCTION_COLUMNS, function_details, function_row, tags_table};
pub use jobs::{job_details, jobs_table};
pub use layers::{LAYER_COLUMNS, LAYER_VERSION_COLUMNS, layer_row, layer_version_details, layer_version_row};
pub use manage::{packed_text, preview_text};
pub use permissions::statements_table;
pub use run_text::{run_details, run_summary, words};
pub use runs::{RUN_COLUMNS, run_row, status_text};
pub use table::one_line;
