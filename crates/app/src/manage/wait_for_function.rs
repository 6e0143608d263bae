//! Waiting until a function can be called.

use super::show_function::no_function;
use crate::{AppError, ProgressObserver, RunProgress};
use lamplight_domain::{Function, Readiness};
use lamplight_ports::{Clock, Connection, QualifiedFunction, Sleeper};
use std::time::Duration;

/// The first wait between two looks, and the longest.
const WAITS: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(5));

/// Waits until a function, or a version or alias of it, can be called and its last change is done.
///
/// # Guarantees
/// - Nothing is changed. A function that sleeps counts as ready: the next call wakes it.
/// - One that will not become ready by itself is told at once, with the provider's reason.
/// - It looks at least once, and ends after `patience` and no more than one wait.
pub async fn wait_for_function(
    connection: &Connection,
    wanted: &QualifiedFunction,
    (clock, sleeper): (&dyn Clock, &dyn Sleeper),
    patience: Duration,
    observer: &dyn ProgressObserver,
) -> Result<Function, AppError> {
    let (begun, mut wait) = (clock.now(), WAITS.0);
    loop {
        let found = connection.catalogue.configuration(&wanted.function, wanted.qualifier.as_ref()).await?;
        let function = found.ok_or_else(|| no_function(connection, wanted))?;
        match function.readiness {
            // Where the provider tells nothing there is nothing to wait for.
            Some(Readiness::Ready | Readiness::Asleep) | None => return Ok(function),
            Some(Readiness::Failed) => return Err(not_ready(&function, false)),
            Some(Readiness::Pending) => {}
        }
        // A clock that was set back makes it wait longer, never for ever: each look sleeps.
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
    let told: Vec<&str> = words.into_iter().flatten().map(String::as_str).collect();
    AppError::FunctionNotReady { function: function.name.to_string(), told: told.join(", "), may_become }
}
