//! Cancels a run if its provider supports it; otherwise the result is false with the reason.

use crate::{AppError, RunName, run_queue::reject_queued, show_run};
use lamplight_domain::{ErrorCode, Run, RunError, RunId, RunState};
use lamplight_ports::{Cancellation, Canceller, Clock, Connector, RunStore};
use std::sync::Arc;

/// The result of a cancellation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CancelOutcome {
    /// The run ID, if it is known.
    pub run_id: Option<RunId>,
    /// Whether the run was cancelled.
    pub cancelled: bool,
    /// Why the run was not cancelled, or who cancelled it: lower case, without a final period.
    pub reason: String,
}

/// Cancels a run that is queued or may still be running.
///
/// # Guarantees
/// - A queued run becomes Rejected, and nothing is sent. If a runner starts it at the same moment, one of both wins.
/// - The provider is called only if it can cancel executions, the run is recorded with the provider's request ID, and
///   its end is not known.
/// - For a run that has started, `cancelled` is what the provider said, and its record is not changed.
///
/// # Errors
/// The error of the provider's cancellation. It is then not known whether the run was cancelled.
pub async fn cancel_run(
    runs: &dyn RunStore,
    connector: &dyn Connector,
    clock: &dyn Clock,
    name: &RunName,
) -> Result<CancelOutcome, AppError> {
    let mut found = show_run(runs, name).await?;
    if let Some(run) = found.run.clone().filter(|run| run.state() == RunState::Queued) {
        let message = "the run was cancelled before it was sent";
        let error = RunError::new(ErrorCode::Interrupted, message);
        let run_id = Some(run.id());
        if reject_queued(runs, run, error, clock.now()).await {
            let reason = "it was taken out of the queue; nothing was sent".to_owned();
            return Ok(CancelOutcome { run_id, cancelled: true, reason });
        }
        found = show_run(runs, name).await?;
    }
    let state = found.run.as_ref().map(Run::state);
    let asked = match &found.run {
        Some(run) => request_cancellation(connector, run).await?,
        None => None,
    };
    let run_id = found.decoded.or_else(|| found.run.map(|run| run.id()));
    Ok(match asked {
        Some(Cancellation::Cancelled) => {
            CancelOutcome { run_id, cancelled: true, reason: "the provider cancelled it".to_owned() }
        }
        Some(Cancellation::Refused { reason }) => CancelOutcome { run_id, cancelled: false, reason },
        None => CancelOutcome { run_id, cancelled: false, reason: explain_refusal(state) },
    })
}

/// Asks the provider to cancel a run; `None` if that is not possible or not needed.
async fn request_cancellation(
    connector: &dyn Connector,
    run: &Run,
) -> Result<Option<Cancellation>, AppError> {
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
    let Some(canceller) = find_canceller(connector, run).await else { return Ok(None) };
    Ok(Some(canceller.cancel(&run.intent.function, request_id).await?))
}

/// The canceller of the run's connection; `None` if it has none or cannot be opened.
async fn find_canceller(connector: &dyn Connector, run: &Run) -> Option<Arc<dyn Canceller>> {
    match connector.open(Some(&run.intent.connection)).await {
        Ok(connection) => connection.canceller,
        Err(error) => {
            tracing::debug!(connection = %run.intent.connection, error = %error, "could not open the connection of the run");
            None
        }
    }
}

fn explain_refusal(state: Option<RunState>) -> String {
    match state {
        Some(RunState::Queued) => "the run is about to be sent".to_owned(),
        Some(RunState::Running) => {
            "a running invocation cannot be stopped; it ends when the function returns or times out".to_owned()
        }
        Some(RunState::Accepted) => "an accepted event cannot be cancelled".to_owned(),
        Some(RunState::Unknown) => {
            "the outcome is unknown and a running invocation cannot be stopped; if it is still running, it ends when \
             the function returns or times out"
                .to_owned()
        }
        Some(state) => format!("the run has ended: {state}"),
        None => "the run is not recorded here, and a running invocation cannot be stopped".to_owned(),
    }
}
