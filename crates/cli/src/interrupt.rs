//! Handles Ctrl-C, the system's request to terminate, and the end of the terminal.

use tokio_util::sync::CancellationToken;

/// Returns a token that is cancelled when the person or the system asks the process to stop. From then on such a request
/// no longer ends the process at once, so that a run recorded as started is also recorded as ended.
#[cfg(unix)]
pub fn install_signal_handlers() -> CancellationToken {
    use tokio::signal::unix::{SignalKind, signal};
    let cancel = CancellationToken::new();
    // Without a handler the process ends at once, and the run is settled later.
    let stops = [Some(SignalKind::interrupt()), Some(SignalKind::terminate()), hangup()];
    // A write beyond the process's limit on file sizes fails instead of ending the process.
    let _ = signal(SignalKind::from_raw(FILE_SIZE_EXCEEDED));
    for mut handler in stops.into_iter().flatten().flat_map(signal) {
        let fired = cancel.clone();
        tokio::spawn(async move {
            if handler.recv().await.is_some() {
                fired.cancel();
            }
        });
    }
    cancel
}

/// `SIGXFSZ`, which has this number on Linux (except on MIPS), macOS and the BSDs.
#[cfg(unix)]
const FILE_SIZE_EXCEEDED: i32 = 25;

/// The signal that the terminal is gone; `None` under `nohup`, which asks to ignore it.
#[cfg(unix)]
fn hangup() -> Option<tokio::signal::unix::SignalKind> {
    let hangup = tokio::signal::unix::SignalKind::hangup();
    // Where the system does not say what is ignored, the signal is handled.
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default();
    let bit = 1_u64 << (hangup.as_raw_value() - 1);
    (ignored & bit == 0).then_some(hangup)
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
