//! Handles Ctrl-C and the system's request to terminate.

use tokio_util::sync::CancellationToken;

/// Returns a token that is cancelled when the person or the system asks the process to stop. From then on such a request
/// no longer ends the process at once, so that a run recorded as started is also recorded as ended.
#[cfg(unix)]
pub fn install_signal_handlers() -> CancellationToken {
    use tokio::signal::unix::{SignalKind, signal};
    let cancel = CancellationToken::new();
    // Without a handler the process ends at once, and the run is settled later.
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

/// Returns a token that is cancelled when the person asks the process to stop.
#[cfg(not(unix))]
pub fn install_signal_handlers() -> CancellationToken {
    let cancel = CancellationToken::new();
    let fired = cancel.clone();
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            fired.cancel();
        }
    });
    cancel
}
