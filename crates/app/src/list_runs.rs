//! Lists recorded runs.

use crate::AppError;
use lamplight_ports::{Page, PageRequest, RunFilter, RunStore, RunSummary};

/// Lists a page of runs, latest first.
pub async fn list_runs(
    runs: &dyn RunStore,
    filter: &RunFilter,
    page: &PageRequest,
) -> Result<Page<RunSummary>, AppError> {
    Ok(runs.list(filter, page).await?)
}
