//! Cancelling a run, where its provider can; else the answer is no, with the reason.

use crate::{AppError, RunName, show_run};
use lamplight_domain::{Run, RunId, RunState};
use lamplight_ports::{Cancellation, Canceller, Connector, RunStore};
use std::sync::Arc;

/// The answer to a cancellation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CancelOutcome {
    /// The run, where its id is known.
    pub run_id: Option<RunId>,
    /// Whether the provider has stopped the run.
    pub cancelled: bool,
    /// Why not, as a sentence; of a run that was cancelled, who did it.
    pub reason: String,
}

/// Cancels a run that may still go on.
///
/// # Guarantees
/// - The provider is asked only where it can stop executions, the run is recorded with the provider's request id, and
///   it has no end that is known.
/// - `cancelled` is what the provider said. The run's record is not changed by it.
///
/// # Errors
/// What the provider failed with when it was asked: whether the run was cancelled is then not known.
pub async fn cancel_run(
    runs: &dyn RunStore,
    connector: &dyn Connector,
    name: &RunName,
) -> Result<CancelOutcome, AppError> {
    let found = show_run(runs, name).await?;
    let state = found.run.as_ref().map(Run::state);
    let asked = match &found.run {
        Some(run) => ask(connector, run).await?,
        None => None,
    };
    let run_id = found.decoded.or_else(|| found.run.and_then(|run| run.id().ok()));
    Ok(match asked {
        Some(Cancellation::Cancelled) => {
            CancelOutcome { run_id, cancelled: true, reason: "the provider has stopped it".to_owned() }
        }
        Some(Cancellation::Refused { reason }) => CancelOutcome { run_id, cancelled: false, reason },
        None => CancelOutcome { run_id, cancelled: false, reason: why_not(state) },
    })
}

/// Asks the provider of a run to stop it; `None` where there is nothing to ask for.
async fn ask(connector: &dyn Connector, run: &Run) -> Result<Option<Cancellation>, AppError> {
    let may_go_on = match run.state() {
        RunState::Running | RunState::Accepted | RunState::Unknown => true,
        RunState::Queued
        | RunState::Succeeded
        | RunState::FunctionFailed
        | RunState::Validated
        | RunState::Rejected => false,
    };
    let request_id = run.outcome().and_then(|outcome| outcome.request_id.as_deref());
    let Some(request_id) = request_id.filter(|_| may_go_on) else { return Ok(None) };
    let Some(canceller) = canceller(connector, run).await else { return Ok(None) };
    Ok(Some(canceller.cancel(&run.intent.function, request_id).await?))
}

/// What stops executions on the run's connection. One that cannot be opened any more stops nothing.
async fn canceller(connector: &dyn Connector, run: &Run) -> Option<Arc<dyn Canceller>> {
    match connector.open(Some(&run.intent.connection)).await {
        Ok(connection) => connection.canceller,
        Err(error) => {
            tracing::debug!(connection = %run.intent.connection, error = %error, "the run's connection cannot be opened");
            None
        }
    }
}

fn why_not(state: Option<RunState>) -> String {
    match state {
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
    }
}
