//! Removes one run.

use crate::{AppError, RunName, show_run::find_run};
use lamplight_domain::{ErrorCode, RunKey};
use lamplight_ports::RunStore;

/// Finds the run to remove.
///
/// # Errors
/// The run does not exist, or it has not ended: without its record, nobody would know that the function ran. A run whose
/// record is damaged can be removed by its whole key, whatever its state.
pub async fn removable_run(runs: &dyn RunStore, name: &RunName) -> Result<RunKey, AppError> {
    let found = match find_run(runs, name).await {
        Err(AppError::Port(error)) if error.code == ErrorCode::RecordDamaged => {
            return match name {
                RunName::Key(key) => key.parse().map_err(|_| AppError::Port(error)),
                RunName::Latest | RunName::Id(_) => Err(AppError::Port(error)),
            };
        }
        found => found?,
    };
    match found {
        Some(run) if run.outcome().is_some() => Ok(run.intent.key),
        Some(run) => Err(AppError::RunNotEnded { key: run.intent.key }),
        None => Err(AppError::RunNotFound { name: name.to_string() }),
    }
}

/// Removes the record of a run and its response. Returns whether it still existed.
pub async fn remove_run(runs: &dyn RunStore, key: &RunKey) -> Result<bool, AppError> {
    Ok(runs.remove_run(key).await?)
}
