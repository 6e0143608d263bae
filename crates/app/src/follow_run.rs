//! Makes the calls of a recorded run and records its outcome. This is the only place where a function is run.

use crate::{
    AppError, BegunRun, PreparedRun, ProgressObserver, Recording, RunProgress, begin_run,
    conclude::{Conclusion, from_answer, from_failure, may_keep_response, stopped_waiting},
    record_outcome::{Patience, record_outcome},
};
use lamplight_domain::{
    Attempt, ErrorClass, ErrorCode, Evidence, EvidenceKind, Hint, Outcome, Run, SettingName, Warning,
    judge_failure,
};
use lamplight_ports::{
    Bytes, Departure, InvokeAnswer, InvokeError, InvokeRequest, LongerWait, PortErrorKind, RunPorts,
};
use std::{future::Future, pin::Pin};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// A run that has ended, and its response.
#[derive(Debug)]
pub struct EndedRun {
    /// The run as recorded.
    pub run: Run,
    /// What the caller can do about the run's error, if it has one.
    pub class: Option<ErrorClass>,
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
/// - When the run's wait limit has passed, waiting ends, and the run is Unknown unless nothing was sent or the last answer
///   proves that the function did not start.
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
    let Conclusion { mut outcome, class, response } =
        make_calls(ports, &prepared, &mut run, observer, cancel).await;
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
    EndedRun { run, class, response, recording }
}

/// Makes calls until one is answered, one fails and may not be repeated, or the caller stops waiting.
async fn make_calls(
    ports: &RunPorts,
    prepared: &PreparedRun,
    run: &mut Run,
    observer: &dyn ProgressObserver,
    cancel: &CancellationToken,
) -> Conclusion {
    let mut limit = std::pin::pin!(async {
        match prepared.wait_limit {
            Some(limit) => ports.sleeper.sleep(limit).await,
            None => std::future::pending().await,
        }
    });
    loop {
        // The attempt that is made now is already recorded.
        let attempt = u32::try_from(run.attempts.len()).unwrap_or(u32::MAX);
        observer.observe(&RunProgress::Calling { run, attempt });
        let sent_at = Some(ports.clock.now());
        let longer = |why| observer.observe(&RunProgress::WaitingLonger { run, why });
        let ended = if cancel.is_cancelled() {
            Ended::Interrupted { may_have_left: false }
        } else {
            invoke_once(prepared, attempt > 1, limit.as_mut(), cancel, longer).await
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
                return Conclusion { outcome, class: None, response: None };
            }
            Ended::Interrupted { may_have_left: false } => interrupted(prepared),
            Ended::LimitPassed { may_have_left } => limit_passed(prepared, may_have_left),
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
            error.passing(),
            error.retry_after,
            ports.ids.jitter(),
        );
        let Some(wait) = wait else { return from_failure(prepared, &error, now) };
        let reason = prepared.scrubber.scrub(error.to_string());
        tracing::info!(run.key = %run.key(), run.attempt = attempt, wait_ms = wait.as_millis(), reason,
            "a call did not start the function and is repeated");
        observer.observe(&RunProgress::Waiting { run, attempt, wait, reason: &reason });
        tokio::select! {
            () = ports.sleeper.sleep(wait) => {}
            // The last call provably did not start the function, so the run is not Unknown.
            () = cancel.cancelled() => return stopped_waiting(prepared, &error, ports.clock.now()),
            () = limit.as_mut() => return from_failure(prepared, &error, ports.clock.now()),
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
    let code = error.provider_code.as_deref();
    let (_, evidence) = judge_failure(error.delivery, error.start, error.http_status, code);
    evidence.scrubbed(&prepared.scrubber)
}

/// How one call ended.
enum Ended {
    Answered(InvokeAnswer),
    Failed(InvokeError),
    /// The caller stopped waiting.
    Interrupted {
        may_have_left: bool,
    },
    /// The run's own wait limit has passed.
    LimitPassed {
        may_have_left: bool,
    },
}

/// The error of a call that was stopped before it was sent, for instance while credentials were loaded.
fn interrupted(prepared: &PreparedRun) -> InvokeError {
    let message = format!("the call of {} was stopped before anything was sent", prepared.function.name);
    InvokeError::not_sent(PortErrorKind::Unavailable, ErrorCode::Interrupted, message)
        .with_hint("the function did not run; start it again if needed")
}

/// The error of a call that was given up because the run's own wait limit has passed.
fn limit_passed(prepared: &PreparedRun, may_have_left: bool) -> InvokeError {
    let (name, limit) = (&prepared.function.name, prepared.wait_limit.unwrap_or_default());
    let what = format!("the call of {name} was given up after the wait limit of {} s", limit.as_secs_f64());
    if may_have_left {
        let message = format!("{what}; function {name} may still be running");
        return InvokeError::unanswered(PortErrorKind::Unavailable, ErrorCode::Timeout, message).with_hint(
            Hint::new("look at the function's log before you run it again, and give a longer ")
                .setting(SettingName::WaitLimit),
        );
    }
    let message = format!("{what}; nothing was sent");
    InvokeError::not_sent(PortErrorKind::Unavailable, ErrorCode::Timeout, message)
        .with_hint(Hint::new("give a longer ").setting(SettingName::WaitLimit))
}

/// Makes one call. `longer` is called if the call is waited for longer than expected.
async fn invoke_once(
    prepared: &PreparedRun,
    is_repeated: bool,
    limit: Pin<&mut impl Future<Output = ()>>,
    cancel: &CancellationToken,
    longer: impl Fn(LongerWait),
) -> Ended {
    let departure = Departure::default();
    let (told, mut reasons) = mpsc::unbounded_channel();
    departure.set_listener(move |why| told.send(why).unwrap_or_default());
    let request = InvokeRequest {
        function: prepared.function.clone(),
        qualifier: prepared.effective.qualifier.value.clone(),
        invocation_type: prepared.effective.invocation_type.value,
        payload: prepared.payload.clone(),
        log_tail: prepared.effective.log_tail.value,
        client_context: prepared.effective.client_context.value.clone(),
        scrubber: prepared.scrubber.clone(),
        fresh_connection: is_repeated,
        departure: departure.clone(),
    };
    let mut calling = prepared.connection.invoker.invoke(request);
    let mut limit = limit;
    let stopped = loop {
        tokio::select! {
            biased;
            answered = &mut calling => {
                return answered.map_or_else(Ended::Failed, Ended::Answered);
            }
            () = cancel.cancelled() => break Ended::Interrupted { may_have_left: true },
            () = limit.as_mut() => break Ended::LimitPassed { may_have_left: true },
            Some(why) = reasons.recv() => longer(why),
        }
    };
    // The call is dropped, so what has not been sent by then never will be.
    drop(calling);
    let may_have_left = departure.may_have_left();
    match stopped {
        Ended::Interrupted { .. } => Ended::Interrupted { may_have_left },
        _ => Ended::LimitPassed { may_have_left },
    }
}
