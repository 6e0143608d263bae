//! Starting a run and following it to its recorded end: the one place where a function is called.

use crate::{
    AppError, PreparedRun,
    conclude::{from_answer, from_failure, may_keep_response, scrub},
};
use lamplight_domain::{Conclusion, Delivery, ErrorCode, EvidenceKind, NewRun, Run, Start, Warning};
use lamplight_ports::{
    Clock, Departure, IdSource, InvokeAnswer, InvokeError, InvokeRequest, PortErrorKind, RunStore, Runners,
    Sleeper,
};
use std::{fmt::Debug, sync::Arc, time::Duration};
use tokio_util::sync::CancellationToken;

/// The ports that a run needs besides its connection.
#[derive(Debug, Clone)]
pub struct RunPorts {
    /// Where the intent and the outcome are recorded.
    pub runs: Arc<dyn RunStore>,
    /// Which processes make calls.
    pub runners: Arc<dyn Runners>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Waiting between attempts.
    pub sleeper: Arc<dyn Sleeper>,
    /// The run's key, and jitter.
    pub ids: Arc<dyn IdSource>,
}

/// What a run is doing, for people who watch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// The intent is recorded and the call of this number leaves.
    Calling {
        /// 1 for the first call.
        attempt: u32,
    },
    /// The call did not start the function and is made again after a wait.
    Waiting {
        /// The attempt that failed.
        attempt: u32,
        /// How long the wait is.
        wait: Duration,
        /// Why, as one fragment.
        reason: String,
    },
}

/// Is told what a run is doing. It must not block.
pub trait Progress: Debug + Send + Sync {
    /// The run begins its next step.
    fn step(&self, run: &Run, step: Step);
}

/// A run that has ended.
#[derive(Debug)]
pub struct StartedRun {
    /// The run as it is recorded, without its response.
    pub run: Run,
    /// The response as it came, for the caller alone.
    pub response: Option<Vec<u8>>,
}

/// Starts a prepared run and waits for its end.
///
/// # Guarantees
/// - The intent is recorded before the call leaves: however this process ends, the run is not missing.
/// - The function is called again only after a proof that it did not start, and never more often than the
///   run's attempts.
/// - When `cancel` fires, waiting ends and the run is recorded as Unknown, unless it provably never started.
/// - `Ok` carries an ended run, whatever its status. `Err` means that nothing was sent.
/// - Where the outcome cannot be recorded, it is still returned, with a warning that says so.
pub async fn start_run(
    ports: &RunPorts,
    mut prepared: PreparedRun,
    progress: &dyn Progress,
    cancel: &CancellationToken,
) -> Result<StartedRun, AppError> {
    let runner = ports.runners.enlist().await?;
    let mut run = Run::begin(NewRun {
        key: ports.ids.run_key(),
        job: prepared.job.as_ref().map(|job| job.name.clone()),
        connection: prepared.connection.name.clone(),
        function: prepared.function.clone(),
        effective: prepared.effective.clone(),
        arguments: std::mem::take(&mut prepared.arguments),
        payload_bytes: prepared.payload.len() as u64,
        monitor_url: prepared.connection.platform.monitor_url(&prepared.function),
        runner,
        started_at: ports.clock.now(),
    });
    ports.runs.insert(&run).await?;
    let mut conclusion = call(ports, &prepared, &mut run, progress, cancel).await;
    let response = conclusion.response.take();
    scrub(&mut conclusion, &prepared.scrubber);
    let keep = response.as_deref().is_none_or(|response| may_keep_response(&prepared, response));
    if !keep {
        let what = "the response, because it holds a secret".to_owned();
        conclusion.warnings.push(Warning::NotRecorded { what });
    }
    // A run just begun takes any conclusion; were it ever refused, the record stays as it is: Unknown.
    let concluded = run.conclude(conclusion, ports.clock.now());
    debug_assert!(concluded.is_ok());
    let withheld = if keep {
        run.response = response;
        None
    } else {
        response
    };
    match ports.runs.update(&run).await {
        Ok(revision) => run.revision = revision,
        Err(error) => {
            tracing::error!(run.key = %run.key, error = %error, "the outcome of a run could not be recorded");
            run.warnings.push(Warning::NotRecorded { what: format!("the outcome: {error}") });
        }
    }
    let response = run.response.take().or(withheld);
    Ok(StartedRun { run, response })
}

/// Makes calls until one is answered, fails for good, or the caller stops waiting.
async fn call(
    ports: &RunPorts,
    prepared: &PreparedRun,
    run: &mut Run,
    progress: &dyn Progress,
    cancel: &CancellationToken,
) -> Conclusion {
    loop {
        run.attempts = run.attempts.saturating_add(1);
        progress.step(run, Step::Calling { attempt: run.attempts });
        let error = match once(prepared, cancel).await {
            Ended::Interrupted { may_have_left: true } => {
                return Conclusion::unknown(EvidenceKind::Interrupted);
            }
            Ended::Interrupted { may_have_left: false } => return from_failure(prepared, &stopped(prepared)),
            Ended::Answered(answer) => return from_answer(prepared, answer),
            Ended::Failed(error) => error,
        };
        let wait = prepared.retries.next_wait(
            run.attempts,
            error.delivery,
            error.start,
            error.transient,
            error.retry_after,
            ports.ids.jitter(),
        );
        let Some(wait) = wait else { return from_failure(prepared, &error) };
        tracing::info!(run.key = %run.key, run.attempt = run.attempts, wait_ms = wait.as_millis(), reason = %error,
            "a call did not start the function and is made again");
        let reason = error.to_string();
        progress.step(run, Step::Waiting { attempt: run.attempts, wait, reason });
        tokio::select! {
            () = ports.sleeper.sleep(wait) => {}
            // The last call provably did not start the function, so this is no Unknown.
            () = cancel.cancelled() => return from_failure(prepared, &error),
        }
    }
}

/// How one call ended.
enum Ended {
    Answered(InvokeAnswer),
    Failed(InvokeError),
    /// The caller stopped waiting.
    Interrupted {
        may_have_left: bool,
    },
}

/// The failure of a call that was stopped while it was still being prepared, as by slow credentials.
fn stopped(prepared: &PreparedRun) -> InvokeError {
    InvokeError {
        delivery: Delivery::NotSent,
        start: Start::DidNotStart,
        transient: false,
        retry_after: None,
        kind: PortErrorKind::Unavailable,
        code: ErrorCode::Interrupted,
        provider_code: None,
        http_status: None,
        request_id: None,
        message: format!("calling {} was stopped before anything was sent", prepared.function.name),
        hint: Some("the function did not run; start it again where that is wanted".into()),
        source: None,
    }
}

/// One call.
async fn once(prepared: &PreparedRun, cancel: &CancellationToken) -> Ended {
    let departure = Departure::default();
    let request = InvokeRequest {
        function: prepared.function.clone(),
        qualifier: prepared.effective.qualifier.value.clone(),
        invocation_type: prepared.effective.invocation_type.value,
        payload: prepared.payload.clone(),
        log_tail: prepared.effective.log_tail.value,
        client_context: prepared.effective.client_context.value.clone(),
        departure: departure.clone(),
    };
    let answered = tokio::select! {
        biased;
        answered = prepared.connection.invoker.invoke(request) => Some(answered),
        () = cancel.cancelled() => None,
    };
    // By now the call is dropped: what has not left stays here.
    match answered {
        Some(Ok(answer)) => Ended::Answered(answer),
        Some(Err(error)) => Ended::Failed(error),
        None => Ended::Interrupted { may_have_left: departure.may_have_left() },
    }
}
