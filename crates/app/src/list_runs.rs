//! Lists recorded runs.

use crate::AppError;
use lamplight_ports::{PageRequest, RunFilter, RunStore, RunSummary, StoredPage};

/// Lists a page of runs, latest first.
pub async fn list_runs(
    runs: &dyn RunStore,
    filter: &RunFilter,
    page: &PageRequest,
) -> Result<StoredPage<RunSummary>, AppError> {
    Ok(runs.list(filter, page).await?)
}
