//! Records a prepared run before any call is made.

use crate::{AppError, PreparedRun, ProgressObserver, record_outcome::Patience};
use lamplight_domain::{Attempt, Intent, Run};
use lamplight_ports::RunPorts;
use tokio_util::sync::CancellationToken;

/// A run that is recorded as running, but whose calls have not been made. It cannot be cloned or created elsewhere, so
/// its calls can only be made by [`follow_run`](crate::follow_run()), and only once.
#[derive(Debug)]
pub struct BegunRun {
    pub(crate) run: Run,
    pub(crate) prepared: PreparedRun,
}

impl BegunRun {
    /// The run as recorded.
    pub fn run(&self) -> &Run {
        &self.run
    }
}

/// Records a new run as running in this process. [`follow_run`](crate::follow_run()) then makes its calls.
///
/// # Guarantees
/// - No call is made. Once it has returned, the intent survives the end of this process and a power failure.
/// - From then on the run exists: without an outcome it is Unknown. Its first attempt is recorded with it, because that
///   may be made at once.
/// - If `cancel` has fired before, nothing is recorded. It also ends the wait for a store that is locked.
pub async fn begin_run(
    ports: &RunPorts,
    prepared: PreparedRun,
    observer: &dyn ProgressObserver,
    cancel: &CancellationToken,
) -> Result<BegunRun, AppError> {
    if cancel.is_cancelled() {
        return Err(AppError::Interrupted);
    }
    let runner = ports.runners.enlist().await?;
    let mut run = Run::begin(build_intent(ports, &prepared), runner);
    run.attempts.push(Attempt::sent(run.intent.started_at));
    let inserted = Patience { ports, observer, cancel }.wait(|| ports.runs.insert(&run)).await;
    match inserted {
        Err(_) if cancel.is_cancelled() => Err(AppError::Interrupted),
        inserted => Ok(inserted.map(|()| BegunRun { run, prepared })?),
    }
}

/// Records a queued run as running in this process. `prepared` must be what the run was recorded from.
///
/// # Guarantees
/// - No call is made. If another process has claimed the run, or it is no longer queued, the result is an error, and
///   this process must not make its calls.
/// - Once it has returned, the run never becomes queued again, even after a power failure.
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

/// A run that waits for a runner, not yet recorded.
pub(crate) fn queued_run(ports: &RunPorts, prepared: &PreparedRun) -> Run {
    Run::queue(build_intent(ports, prepared))
}

fn build_intent(ports: &RunPorts, prepared: &PreparedRun) -> Intent {
    let mut effective = prepared.effective.clone();
    let context = &mut effective.client_context.value;
    *context = context.take().map(|context| prepared.scrubber.scrub(context));
    Intent {
        key: ports.ids.run_key(),
        job: prepared.job.clone(),
        connection: prepared.connection.name.clone(),
        function: prepared.function.clone(),
        effective,
        arguments: prepared.arguments.clone(),
        payload_bytes: prepared.payload.len() as u64,
        durable_name: None,
        monitor_url: prepared.connection.platform.monitor_url(&prepared.function),
        provenance: prepared.provenance.clone(),
        started_at: ports.clock.now(),
    }
}
