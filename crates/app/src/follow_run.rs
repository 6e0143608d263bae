//! Makes the calls of a recorded run and records its outcome. This is the only place where a function is run.

use crate::{
    AppError, BegunRun, PreparedRun, ProgressObserver, Recording, RunProgress, begin_run,
    conclude::{Conclusion, from_answer, from_failure, may_keep_response, scrub, stopped_waiting},
    record_outcome::{Patience, record_outcome},
};
use lamplight_domain::{Attempt, ErrorCode, Evidence, EvidenceKind, Outcome, Run, Warning, judge_failure};
use lamplight_ports::{Bytes, Departure, InvokeAnswer, InvokeError, InvokeRequest, PortErrorKind, RunPorts};
use tokio_util::sync::CancellationToken;

/// A run that has ended, and its response.
#[derive(Debug)]
pub struct EndedRun {
    /// The run as recorded.
    pub run: Run,
    /// The response as received. Only the caller gets it if it may not be recorded.
    pub response: Option<Bytes>,
    /// Where the end of the run is recorded.
    pub recording: Recording,
}

/// Records a prepared run, makes its calls and waits until it ends: [`begin_run()`], then [`follow_run()`].
///
/// # Guarantees
/// - `Ok` contains a run that has ended, with any status. `Err` means that nothing was sent.
/// - If `cancel` has fired before, nothing is recorded and nothing is sent.
pub async fn start_run(
    ports: &RunPorts,
    prepared: PreparedRun,
    observer: &dyn ProgressObserver,
    cancel: &CancellationToken,
) -> Result<EndedRun, AppError> {
    let begun = begin_run(ports, prepared, observer, cancel).await?;
    Ok(follow_run(ports, begun, observer, cancel).await)
}

/// Makes the calls of a recorded run and waits until it ends.
///
/// # Guarantees
/// - The function is called again only if it provably did not start, and never more often than the run's maximum number
///   of attempts. Each attempt is recorded before it is made; if that fails, it is not made.
/// - When `cancel` fires, waiting ends and the run is recorded as Unknown, unless the function provably did not start.
///   No call is made after that.
/// - The outcome is returned even if it cannot be recorded.
pub async fn follow_run(
    ports: &RunPorts,
    begun: BegunRun,
    observer: &dyn ProgressObserver,
    cancel: &CancellationToken,
) -> EndedRun {
    let BegunRun { mut run, prepared } = begun;
    let Conclusion { mut outcome, response } = make_calls(ports, &prepared, &mut run, observer, cancel).await;
    scrub(&mut outcome, &prepared.scrubber);
    let keep = response.as_deref().is_none_or(|response| may_keep_response(&prepared, response));
    if !keep {
        let what = "the response, because it contains a secret".to_owned();
        outcome.warnings.push(Warning::NotRecorded { what });
    }
    // A running run accepts any outcome. If one were refused nevertheless, the record would stay Unknown.
    let concluded = run.conclude(outcome);
    debug_assert!(concluded.is_ok());
    let kept = response.clone().filter(|_| keep);
    let recording = record_outcome(ports, &mut run, kept, observer, cancel).await;
    observer.observe(&RunProgress::Ended(&run));
    EndedRun { run, response, recording }
}

/// Makes calls until one is answered, one fails and may not be repeated, or the caller stops waiting.
async fn make_calls(
    ports: &RunPorts,
    prepared: &PreparedRun,
    run: &mut Run,
    observer: &dyn ProgressObserver,
    cancel: &CancellationToken,
) -> Conclusion {
    loop {
        // The attempt that is made now is already recorded.
        let attempt = u32::try_from(run.attempts.len()).unwrap_or(u32::MAX);
        observer.observe(&RunProgress::Calling { run, attempt });
        let sent_at = Some(ports.clock.now());
        let ended = if cancel.is_cancelled() {
            Ended::Interrupted { may_have_left: false }
        } else {
            invoke_once(prepared, cancel).await
        };
        let now = ports.clock.now();
        let mut note_attempt = |evidence, error| {
            let ended = Attempt { sent_at, ended_at: Some(now), evidence: Some(evidence), error };
            run.attempts.pop();
            run.attempts.push(ended);
        };
        let error = match ended {
            Ended::Interrupted { may_have_left: true } => {
                let outcome = Outcome::unknown(EvidenceKind::Interrupted, now);
                note_attempt(outcome.evidence.clone(), None);
                return Conclusion { outcome, response: None };
            }
            Ended::Interrupted { may_have_left: false } => interrupted(prepared),
            Ended::Answered(answer) => {
                let conclusion = from_answer(prepared, answer, now);
                note_attempt(conclusion.outcome.evidence.clone(), None);
                return conclusion;
            }
            Ended::Failed(error) => error,
        };
        note_attempt(evidence_of(prepared, &error), Some(error.code.clone()));
        let wait = prepared.retries.next_wait(
            attempt,
            error.delivery,
            error.start,
            error.transient,
            error.retry_after,
            ports.ids.jitter(),
        );
        let Some(wait) = wait else { return from_failure(prepared, &error, now) };
        tracing::info!(run.key = %run.key(), run.attempt = attempt, wait_ms = wait.as_millis(), reason = %error,
            "a call did not start the function and is repeated");
        observer.observe(&RunProgress::Waiting { run, attempt, wait, reason: &error.to_string() });
        tokio::select! {
            () = ports.sleeper.sleep(wait) => {}
            // The last call provably did not start the function, so the run is not Unknown.
            () = cancel.cancelled() => return stopped_waiting(prepared, &error, ports.clock.now()),
        }
        run.attempts.push(Attempt::sent(ports.clock.now()));
        let next: &Run = run;
        match (Patience { ports, observer, cancel }).wait(|| ports.runs.update(next, None)).await {
            Ok(revision) => run.revision = revision,
            // An attempt that is not recorded must not be made. This also happens if another process has already
            // recorded that this runner is gone.
            Err(reason) => {
                tracing::error!(run.key = %run.key(), error = %reason, "could not record a further attempt");
                run.attempts.pop();
                let now = ports.clock.now();
                if cancel.is_cancelled() {
                    return stopped_waiting(prepared, &error, now);
                }
                let mut conclusion = from_failure(prepared, &error, now);
                let what = format!("a further attempt, which was therefore not made: {reason}");
                conclusion.outcome.warnings.push(Warning::NotRecorded { what });
                return conclusion;
            }
        }
    }
}

/// The evidence that a failed call provides.
fn evidence_of(prepared: &PreparedRun, error: &InvokeError) -> Evidence {
    let invocation_type = prepared.effective.invocation_type.value;
    let code = error.provider_code.as_deref();
    judge_failure(invocation_type, error.delivery, error.start, error.http_status, code).1
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

/// The error of a call that was stopped before it was sent, for instance while credentials were loaded.
fn interrupted(prepared: &PreparedRun) -> InvokeError {
    let message = format!("the call of {} was stopped before anything was sent", prepared.function.name);
    InvokeError::not_sent(PortErrorKind::Unavailable, ErrorCode::Interrupted, message)
        .with_hint("the function did not run; start it again if needed")
}

/// Makes one call.
async fn invoke_once(prepared: &PreparedRun, cancel: &CancellationToken) -> Ended {
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
    // The call has been dropped, so what has not been sent by now never will be.
    match answered {
        Some(Ok(answer)) => Ended::Answered(answer),
        Some(Err(error)) => Ended::Failed(error),
        None => Ended::Interrupted { may_have_left: departure.may_have_left() },
    }
}
