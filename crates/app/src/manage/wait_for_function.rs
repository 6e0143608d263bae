//! Waits until a function is ready.

use super::show_function::function_not_found;
use crate::{AppError, ProgressObserver, RunProgress};
use lamplight_domain::{Function, Readiness};
use lamplight_ports::{Clock, Connection, QualifiedFunction, Sleeper};
use std::time::Duration;

/// The first and the longest wait between two checks.
const WAITS: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(5));

/// Waits until a function, version or alias can be called and its last change is complete.
///
/// # Guarantees
/// - Nothing is changed. An inactive function counts as ready, because the next call activates it.
/// - If the function will not become ready by itself, this fails at once with the provider's reason.
/// - It checks at least once, and ends at the latest one wait after `patience`.
pub async fn wait_for_function(
    connection: &Connection,
    wanted: &QualifiedFunction,
    time: (&dyn Clock, &dyn Sleeper),
    patience: Duration,
    observer: &dyn ProgressObserver,
) -> Result<Function, AppError> {
    let function = wait_while_pending(connection, wanted, time, patience, observer).await?;
    match function.readiness {
        Some(Readiness::Failed) => Err(not_ready(&function, false)),
        // If the provider does not report readiness, there is nothing to wait for.
        Some(Readiness::Ready | Readiness::Asleep | Readiness::Pending) | None => Ok(function),
    }
}

/// Waits while a change of a function is in progress, so that the next change is not refused. A change that has failed is
/// no longer in progress: the next change may fix the function.
///
/// # Guarantees
/// - Nothing is changed.
/// - It checks at least once, and ends at the latest one wait after `patience`.
pub async fn wait_while_pending(
    connection: &Connection,
    wanted: &QualifiedFunction,
    (clock, sleeper): (&dyn Clock, &dyn Sleeper),
    patience: Duration,
    observer: &dyn ProgressObserver,
) -> Result<Function, AppError> {
    let (begun, mut wait) = (clock.now(), WAITS.0);
    loop {
        let found = connection.catalogue.configuration(&wanted.function, wanted.qualifier.as_ref()).await?;
        let function = found.ok_or_else(|| function_not_found(connection, wanted))?;
        if function.readiness != Some(Readiness::Pending) {
            return Ok(function);
        }
        // If the clock is set back, this waits longer, but not forever.
        let passed = Duration::try_from(clock.now().duration_since(begun)).unwrap_or_default();
        if passed >= patience {
            return Err(not_ready(&function, true));
        }
        observer.observe(&RunProgress::NotReady(&function));
        sleeper.sleep(wait.min(patience.saturating_sub(passed))).await;
        wait = (wait * 2).min(WAITS.1);
    }
}

fn not_ready(function: &Function, may_become: bool) -> AppError {
    let words = [&function.state, &function.state_reason, &function.update_status, &function.update_reason];
    let reason: Vec<&str> = words.into_iter().flatten().map(String::as_str).collect();
    AppError::FunctionNotReady { function: function.name.to_string(), reason: reason.join(", "), may_become }
}
