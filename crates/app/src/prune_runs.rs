//! Removing runs that need not be kept any more.

use crate::AppError;
use lamplight_ports::{Retention, RunStore};

/// Removes all runs that have ended and that `retention` names, and tells how many.
///
/// # Guarantees
/// - Other writers get their turn between any two batches. Where it fails, or is dropped, some of the runs are removed.
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
