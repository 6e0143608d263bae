//! Cancelling a run, which the provider does not offer: the answer is no, with the reason.

use crate::{AppError, RunName, show_run};
use lamplight_domain::{RunId, RunState};
use lamplight_ports::RunStore;

/// The answer to a cancellation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CancelOutcome {
    /// The run, where its id is known.
    pub run_id: Option<RunId>,
    /// Whether the run was cancelled. No invocation can be, once it is under way.
    pub cancelled: bool,
    /// Why not, as a sentence.
    pub reason: String,
}

/// Answers whether a run can be cancelled.
///
/// # Guarantees
/// - Nothing is changed and the provider is not asked.
pub async fn cancel_run(runs: &dyn RunStore, name: &RunName) -> Result<CancelOutcome, AppError> {
    let found = show_run(runs, name).await?;
    let reason = match found.run.as_ref().map(lamplight_domain::Run::state) {
        Some(RunState::Queued) => "a queued run cannot be taken back yet".to_owned(),
        Some(RunState::Running) => {
            "a running invocation cannot be stopped; it ends by itself within its function's time limit".to_owned()
        }
        Some(RunState::Accepted) => "a queued event cannot be taken back".to_owned(),
        Some(RunState::Unknown) => {
            "the outcome is unknown and a running invocation cannot be stopped; should it still run, it ends by \
             itself within its function's time limit"
                .to_owned()
        }
        Some(state) => format!("the run has ended: {state}"),
        None => "no record of the run is here, and a running invocation cannot be stopped".to_owned(),
    };
    let run_id = found.decoded.or_else(|| found.run.and_then(|run| run.id().ok()));
    Ok(CancelOutcome { run_id, cancelled: false, reason })
}
