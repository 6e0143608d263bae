//! Listing recorded runs.

use crate::AppError;
use lamplight_ports::{RunFilter, RunStore, RunSummary};

/// Lists runs, the latest first.
pub async fn list_runs(runs: &dyn RunStore, filter: &RunFilter) -> Result<Vec<RunSummary>, AppError> {
    Ok(runs.list(filter).await?)
}
