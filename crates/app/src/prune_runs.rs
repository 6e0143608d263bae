//! Removes old runs.

use crate::AppError;
use lamplight_ports::{Retention, RunStore};

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
