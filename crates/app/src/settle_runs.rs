//! Settles abandoned runs: if the process of a run ended before it recorded an outcome, the run becomes Unknown.

use crate::AppError;
use lamplight_domain::{ErrorCode, EvidenceKind, Outcome, Run, RunError, RunKey, RunnerId, Timestamp};
use lamplight_ports::{Clock, Damaged, PageRequest, RunStore, Runners};
use std::collections::HashMap;

/// How many runs are read and written at once, so that other writers do not have to wait long.
const BATCH: u32 = 256;

/// What was settled.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settled {
    /// The runs that were concluded.
    pub runs: Vec<RunKey>,
    /// Running runs that cannot be read. Nobody can tell how they ended.
    pub damaged: Vec<Damaged>,
}

/// Stores the ends that processes have left behind, and concludes every other running run whose runner is gone. A runner
/// with a lease on its run is gone once the lease has expired, any other runner once its process has ended.
///
/// # Guarantees
/// - A run whose runner is alive is not changed, and neither is a run that was never started.
/// - Each run is settled once, even if this is repeated or done by two processes at the same time.
/// - A run whose runner has set its end aside gets this end.
pub async fn settle_runs(
    runs: &dyn RunStore,
    runners: &dyn Runners,
    clock: &dyn Clock,
) -> Result<Settled, AppError> {
    let mut settled = Settled { runs: runs.take_in().await?, damaged: Vec::new() };
    let mut page = PageRequest::first(BATCH);
    // Many runs may have the same runner.
    let mut alive = HashMap::new();
    loop {
        let found = runs.running(&page).await?;
        settled.damaged.extend(found.damaged);
        let now = clock.now();
        let mut gone = Vec::new();
        for mut run in found.items {
            if !has_runner(&run, runners, &mut alive, now).await? && run.conclude(runner_gone(now)).is_ok() {
                gone.push(run);
            }
        }
        if !gone.is_empty() {
            // A runner that ended after the first look may have set its end aside. The run has then changed, and is not
            // concluded here.
            settled.runs.extend(runs.take_in().await?);
            let revisions = runs.update_all(&gone).await?;
            let concluded = gone.into_iter().zip(revisions).filter(|(_, revision)| revision.is_some());
            settled.runs.extend(concluded.map(|(run, _)| run.intent.key));
        }
        page.marker = found.next_marker;
        if page.marker.is_none() {
            return Ok(settled);
        }
    }
}

async fn has_runner(
    run: &Run,
    runners: &dyn Runners,
    alive: &mut HashMap<RunnerId, bool>,
    now: Timestamp,
) -> Result<bool, AppError> {
    match (run.lease_until, run.runner()) {
        (Some(end), _) => Ok(now < end),
        (None, Some(runner)) => {
            if let Some(is_alive) = alive.get(runner) {
                return Ok(*is_alive);
            }
            let is_alive = runners.is_alive(runner).await?;
            alive.insert(runner.clone(), is_alive);
            Ok(is_alive)
        }
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
