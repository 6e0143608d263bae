//! Records the end of a run so that it is not lost: it is set aside first, then the state is stored, and what is large
//! last.

use crate::{ProgressObserver, RunProgress};
use lamplight_domain::{ErrorCode, Run, RunEnd, Warning};
use lamplight_ports::{Bytes, PortError, PortErrorKind, RunPorts, RunSelector};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How long a write waits for a store that another process has locked. Writes take milliseconds, but many processes may
/// queue for them, and a person may look into the store with another program.
const PATIENCE: Duration = Duration::from_mins(3);

/// The pause before a write to a locked store is repeated. The store itself waits, too.
const PAUSE: Duration = Duration::from_millis(100);

/// Outputs, log and response of at most this many bytes are stored together with the state.
const SMALL: usize = 16 * 1024;

/// Where the end of a run is.
#[derive(Debug)]
pub enum Recording {
    /// In the store.
    Stored,
    /// Set aside, because the store could not be written: whoever settles runs next stores it.
    SetAside(PortError),
    /// Nowhere: the record stays without an end, and will say that the runner is gone.
    Lost(PortError),
}

/// Records the end of a run that has one, and what is known about it afterwards.
///
/// # Guarantees
/// - The end that is recorded is the one of this runner, also if another process has recorded that the runner is gone.
/// - If the end was stored but not its details or its response, the run has a warning.
pub(crate) async fn record_outcome(
    ports: &RunPorts,
    run: &mut Run,
    response: Option<Bytes>,
    observer: &dyn ProgressObserver,
    cancel: &CancellationToken,
) -> Recording {
    let aside = set_aside(ports, run, response.is_some()).await;
    let patience = Patience { ports, observer, cancel };
    let details = run.outcome().map_or(0, lamplight_domain::Outcome::detail_bytes);
    let is_small = details + response.as_ref().map_or(0, Bytes::len) <= SMALL;
    let stored = if is_small {
        store_end(&patience, run, response).await
    } else {
        store_in_parts(&patience, run, response).await
    };
    let Err(error) = stored else { return Recording::Stored };
    tracing::error!(run.key = %run.key(), error = %error, "could not record the outcome of a run");
    match aside {
        // The record that the end belongs to is gone, too.
        Ok(()) if matches!(error.code, ErrorCode::StoreReplaced | ErrorCode::RunNotFound) => {
            run.warn(Warning::NotRecorded { what: format!("the outcome: {error}") });
            Recording::Lost(error)
        }
        Ok(()) => Recording::SetAside(error),
        Err(reason) => {
            tracing::error!(run.key = %run.key(), error = %reason, "could not set aside the outcome of a run");
            run.warn(Warning::NotRecorded { what: format!("the outcome: {error}") });
            Recording::Lost(error)
        }
    }
}

/// Sets the end aside. From then on it survives the end of this process.
async fn set_aside(ports: &RunPorts, run: &Run, has_response: bool) -> Result<(), PortError> {
    let mut aside = run.clone();
    if has_response {
        let what = "the response, because the store could not be written when the run ended".to_owned();
        aside.warn(Warning::NotRecorded { what });
    }
    ports.runs.set_aside(&aside).await
}

/// Stores the state alone, and then what is large.
async fn store_in_parts(
    patience: &Patience<'_>,
    run: &mut Run,
    response: Option<Bytes>,
) -> Result<(), PortError> {
    let Some(whole) = run.end() else { return Ok(()) };
    let mut state = run.clone();
    state.replace_outcome(whole.outcome.brief(SMALL));
    store_end(patience, &mut state, None).await?;
    run.revision = state.revision;
    if let Err(error) = store_end(patience, run, response).await {
        tracing::error!(run.key = %run.key(), error = %error, "could not record the response of a run");
        run.warn(Warning::NotRecorded { what: format!("outputs, log tail and response: {error}") });
    }
    Ok(())
}

/// Stores a run with its end, and sets the new revision.
async fn store_end(patience: &Patience<'_>, run: &mut Run, response: Option<Bytes>) -> Result<(), PortError> {
    let runs = &patience.ports.runs;
    for _ in 0..MOST_CONFLICTS {
        let current: &Run = run;
        let conflict = match patience.wait(|| runs.update(current, response.clone())).await {
            Ok(revision) => {
                run.revision = revision;
                return Ok(());
            }
            Err(error) if error.kind == PortErrorKind::Conflict => error,
            Err(error) => return Err(error),
        };
        // Another process believed that this runner is gone, or has learned how the run ended.
        let (Some(end), Some(stored)) = (run.end(), runs.find(&RunSelector::Key(run.key().clone())).await?)
        else {
            return Err(conflict);
        };
        *run = take_end(stored, end).ok_or(conflict)?;
    }
    let current: &Run = run;
    run.revision = patience.wait(|| runs.update(current, response.clone())).await?;
    Ok(())
}

/// How often a conflict is resolved; each needs another process that changes the same run meanwhile.
const MOST_CONFLICTS: u32 = 4;

/// The stored run with the end that its runner found; `None` if it cannot take one.
fn take_end(mut stored: Run, end: RunEnd) -> Option<Run> {
    stored.take_end(end).ok()?;
    Some(stored)
}

/// Repeats writes while another process has locked the store.
#[derive(Debug)]
pub(crate) struct Patience<'a> {
    pub(crate) ports: &'a RunPorts,
    pub(crate) observer: &'a dyn ProgressObserver,
    /// Ends the waiting.
    pub(crate) cancel: &'a CancellationToken,
}

impl Patience<'_> {
    /// Makes a write, and repeats it while the store is locked.
    pub(crate) async fn wait<T, F>(&self, write: impl Fn() -> F) -> Result<T, PortError>
    where
        F: Future<Output = Result<T, PortError>>,
    {
        let mut until = None;
        loop {
            let error = match write().await {
                Err(error) if error.code == ErrorCode::StoreBusy && !self.cancel.is_cancelled() => error,
                other => return other,
            };
            let now = self.ports.clock.now();
            let until = *until.get_or_insert_with(|| {
                self.observer.observe(&RunProgress::StoreLocked { patience: PATIENCE });
                now.saturating_add(PATIENCE).unwrap_or(now)
            });
            if now >= until {
                return Err(error);
            }
            tokio::select! {
                () = self.ports.sleeper.sleep(PAUSE) => {}
                () = self.cancel.cancelled() => return Err(error),
            }
        }
    }
}
