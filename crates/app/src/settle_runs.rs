//! Settles abandoned runs: if the process of a run ended before it recorded an outcome, the run becomes Unknown.

use crate::AppError;
use lamplight_domain::{ErrorCode, EvidenceKind, Outcome, Run, RunError, RunKey, Timestamp};
use lamplight_ports::{Clock, PortErrorKind, RunStore, Runners};

/// Concludes every running run whose runner is gone, and returns their keys. A runner with a lease on its run is gone
/// once the lease has expired, any other runner once its process has ended.
///
/// # Guarantees
/// - A run whose runner is alive is not changed, and neither is a run that was never started.
/// - Each run is settled once, even if this is repeated or done by two processes at the same time.
pub async fn settle_runs(
    runs: &dyn RunStore,
    runners: &dyn Runners,
    clock: &dyn Clock,
) -> Result<Vec<RunKey>, AppError> {
    let mut settled = Vec::new();
    for mut run in runs.running().await? {
        let now = clock.now();
        if has_runner(&run, runners, now).await? || run.conclude(runner_gone(now)).is_err() {
            continue;
        }
        match runs.update(&run, None).await {
            Ok(_) => settled.push(run.intent.key),
            // Another process has settled the run, or its runner has recorded the outcome after all.
            Err(error) if error.kind == PortErrorKind::Conflict => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(settled)
}

async fn has_runner(run: &Run, runners: &dyn Runners, now: Timestamp) -> Result<bool, AppError> {
    match (run.lease_until, run.runner()) {
        (Some(end), _) => Ok(now < end),
        (None, Some(runner)) => Ok(runners.is_alive(runner).await?),
        (None, None) => Ok(false),
    }
}

fn runner_gone(now: Timestamp) -> Outcome {
    let message = "the process that made the call ended before it recorded an outcome";
    let error = RunError {
        hint: Some("the function may have run: check its logs before you run it again".into()),
        ..RunError::new(ErrorCode::RunnerGone, message)
    };
    Outcome { error: Some(error), ..Outcome::unknown(EvidenceKind::RunnerGone, now) }
}
