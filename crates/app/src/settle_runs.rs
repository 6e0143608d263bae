//! Settling runs whose process ended before it recorded an outcome: they become Unknown.

use crate::AppError;
use lamplight_domain::{ErrorCode, EvidenceKind, Outcome, Run, RunError, RunKey, Timestamp};
use lamplight_ports::{Clock, PortErrorKind, RunStore, Runners};

/// Concludes every running run whose runner is gone, and tells which. A runner that holds its run by a lease is gone
/// when the lease has ended, any other when its process has.
///
/// # Guarantees
/// - A run whose runner is there is left alone, and so is one that was never started.
/// - Settling twice, or at the same time from two processes, settles each run once.
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
            // Another process has settled it, or its runner has recorded the outcome after all.
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
    let error = RunError {
        code: ErrorCode::RunnerGone,
        message: "the process that made the call ended before it recorded an outcome".to_owned(),
        error_type: None,
        stack: Vec::new(),
        causes: Vec::new(),
        hint: Some("the function may have run: look at its logs before you run it again".into()),
    };
    Outcome { error: Some(error), ..Outcome::unknown(EvidenceKind::RunnerGone, now) }
}
