//! Recording a prepared run before anything is called.

use crate::{AppError, PreparedRun};
use lamplight_domain::{Attempt, Intent, Run};
use lamplight_ports::RunPorts;

/// A run that is recorded as running and whose calls are still to be made. Only this process has it, and only once, so
/// nothing but [`follow_run`](crate::follow_run()) can make its calls, and that not twice.
#[derive(Debug)]
pub struct BegunRun {
    pub(crate) run: Run,
    pub(crate) prepared: PreparedRun,
}

impl BegunRun {
    /// The run as it is recorded.
    pub fn run(&self) -> &Run {
        &self.run
    }
}

/// Records that this process makes a run now, which [`follow_run`](crate::follow_run()) then does.
///
/// # Guarantees
/// - Nothing is called. When it returns, the intent survives the end of this process and a loss of power.
/// - From here on the run is not missing: without an outcome it is Unknown. Its first attempt is recorded with it, for
///   it may be made at once.
pub async fn begin_run(ports: &RunPorts, prepared: PreparedRun) -> Result<BegunRun, AppError> {
    let runner = ports.runners.enlist().await?;
    let mut run = Run::begin(intent(ports, &prepared), runner);
    run.attempts.push(Attempt::sent(run.intent.started_at));
    ports.runs.insert(&run).await?;
    Ok(BegunRun { run, prepared })
}

/// Records that this process makes a queued run now. `prepared` is what the run was recorded from.
///
/// # Guarantees
/// - Nothing is called. Where another process has taken the run, or it is not queued any more, this is an error, and the
///   run is the other's.
/// - When it returns, nobody takes the run for a queued one again, also after a loss of power.
pub async fn begin_queued_run(
    ports: &RunPorts,
    prepared: PreparedRun,
    mut run: Run,
) -> Result<BegunRun, AppError> {
    let runner = ports.runners.enlist().await?;
    let now = ports.clock.now();
    run.start(runner, now).map_err(AppError::Transition)?;
    run.attempts.push(Attempt::sent(now));
    run.revision = ports.runs.update(&run, None).await?;
    Ok(BegunRun { run, prepared })
}

/// Records a run that waits for a runner.
///
/// # Guarantees
/// - Nothing is called, and no process is bound to do it.
pub async fn queue_run(ports: &RunPorts, prepared: &PreparedRun) -> Result<Run, AppError> {
    let run = Run::queue(intent(ports, prepared));
    ports.runs.insert(&run).await?;
    Ok(run)
}

fn intent(ports: &RunPorts, prepared: &PreparedRun) -> Intent {
    Intent {
        key: ports.ids.run_key(),
        job: prepared.job.as_ref().map(|job| job.name.clone()),
        connection: prepared.connection.name.clone(),
        function: prepared.function.clone(),
        effective: prepared.effective.clone(),
        arguments: prepared.arguments.clone(),
        payload_bytes: prepared.payload.len() as u64,
        durable_name: None,
        monitor_url: prepared.connection.platform.monitor_url(&prepared.function),
        provenance: prepared.provenance.clone(),
        started_at: ports.clock.now(),
    }
}
