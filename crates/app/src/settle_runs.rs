//! Settling runs whose process ended before it recorded an outcome: they become Unknown.

use crate::AppError;
use lamplight_domain::{Conclusion, ErrorCode, EvidenceKind, RunError, RunKey};
use lamplight_ports::{Clock, PortErrorKind, RunStore, Runners};

/// Concludes every unfinished run whose runner is gone, and tells which.
///
/// # Guarantees
/// - A run whose runner is alive is left alone.
/// - Settling twice, or at the same time from two processes, settles each run once.
pub async fn settle_runs(
    runs: &dyn RunStore,
    runners: &dyn Runners,
    clock: &dyn Clock,
) -> Result<Vec<RunKey>, AppError> {
    let mut settled = Vec::new();
    for mut run in runs.unfinished().await? {
        if runners.is_alive(&run.runner).await? {
            continue;
        }
        let mut conclusion = Conclusion::unknown(EvidenceKind::RunnerGone);
        conclusion.error = Some(RunError {
            code: ErrorCode::RunnerGone,
            message: "the process that made the call ended before it recorded an outcome".to_owned(),
            error_type: None,
            stack: Vec::new(),
            causes: Vec::new(),
            hint: Some("the function may have run: look at its logs before you run it again".into()),
        });
        if run.conclude(conclusion, clock.now()).is_err() {
            continue;
        }
        match runs.update(&run).await {
            Ok(_) => settled.push(run.key),
            // Another process has settled it, or its runner has recorded the outcome after all.
            Err(error) if error.kind == PortErrorKind::Conflict => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(settled)
}
