//! Ctrl-C, and the system's request to end.

use tokio_util::sync::CancellationToken;

/// Fires when the person or the system asks the process to stop, so that what is waited for can be left in order. From
/// when this returns, no such request ends the process at once: a run that is recorded as begun is recorded as ended too.
#[cfg(unix)]
pub fn heard() -> CancellationToken {
    use tokio::signal::unix::{SignalKind, signal};
    let cancel = CancellationToken::new();
    // Where no handler can be had, the process ends as usual and the run is settled later.
    let handlers = [SignalKind::interrupt(), SignalKind::terminate()].map(signal);
    for mut handler in handlers.into_iter().flatten() {
        let fired = cancel.clone();
        tokio::spawn(async move {
            if handler.recv().await.is_some() {
                fired.cancel();
            }
        });
    }
    cancel
}

/// Fires when the person asks the process to stop, so that what is waited for can be left in order.
#[cfg(not(unix))]
pub fn heard() -> CancellationToken {
    let cancel = CancellationToken::new();
    let fired = cancel.clone();
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            fired.cancel();
        }
    });
    cancel
}
