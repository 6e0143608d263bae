//! Removes old runs.

use crate::AppError;
use lamplight_ports::{PageRequest, Retention, RunFilter, RunStore};

/// Counts the runs that [`prune_runs`] would remove now.
pub async fn count_prunable_runs(runs: &dyn RunStore, retention: &Retention) -> Result<u64, AppError> {
    let (mut seen, mut count, mut page) = (0, 0, PageRequest::default());
    loop {
        let found = runs.list(&RunFilter::default(), &page).await?;
        for run in found.items {
            let is_old = retention.started_before.is_some_and(|time| run.started_at < time);
            if run.state.is_final() && (is_old || retention.keep_at_most.is_some_and(|most| seen >= most)) {
                count += 1;
            }
            seen += 1;
        }
        page.marker = found.next_marker;
        if page.marker.is_none() {
            return Ok(count);
        }
    }
}

/// Removes all runs that have ended and match `retention`, and returns how many.
///
/// # Guarantees
/// - Runs are removed in batches, so that other writers can proceed in between. If it fails or is dropped, some of the
///   runs may have been removed.
pub async fn prune_runs(runs: &dyn RunStore, retention: &Retention) -> Result<u64, AppError> {
    let mut removed = 0;
    loop {
        let batch = runs.prune(retention).await?;
        removed += batch;
        if batch < u64::from(Retention::MOST_AT_ONCE) {
            return Ok(removed);
        }
    }
}
