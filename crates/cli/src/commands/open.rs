//! `lamplight open`.

use crate::{ExitCode, failure::Failure, output, wiring::Wiring};
use lamplight_app::{monitor_url, resolve_target};
use lamplight_views::MonitorView;
use std::process::{Command, Stdio};

/// Opens or prints the monitoring page of a function.
pub async fn open(target: &str, print: bool, wiring: &Wiring) -> Result<ExitCode, Failure> {
    let store = wiring.store().await?;
    let connection = wiring.named_connection()?;
    let target = resolve_target(wiring, &*store, target, connection.as_ref()).await?;
    let url = monitor_url(&target)?;
    if wiring.json() {
        wiring.write(&MonitorView { monitor_url: &url })?;
    } else {
        output::line(&url)?;
    }
    // Without a terminal, no person would see a browser.
    if !print && !wiring.json() && wiring.output.can_ask {
        let program = wiring.browser().unwrap_or_else(|| default_opener().to_owned());
        let started = Command::new(&program)
            .arg(&url)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        if let Err(error) = started {
            wiring.output.warn(&format!("could not start {program} ({error}); open the URL yourself"));
        }
    }
    Ok(ExitCode::Success)
}

fn default_opener() -> &'static str {
    if cfg!(target_os = "macos") { "open" } else { "xdg-open" }
}
