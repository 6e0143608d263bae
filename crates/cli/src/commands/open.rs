//! `lamplight open`.

use crate::{ExitCode, failure::Failure, output, wiring::Wiring};
use lamplight_app::{AppError, RunName, monitor_url, resolve_target, show_run};
use lamplight_ports::JobStore;
use lamplight_views::MonitorView;
use std::process::{Command, Stdio};

/// Opens or prints the monitoring page of a function.
pub async fn open(target: &str, print: bool, wiring: &Wiring) -> Result<ExitCode, Failure> {
    let url = find_page(target, wiring).await?;
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

/// The page of the function that is named, or of the function of the run that is named.
async fn find_page(target: &str, wiring: &Wiring) -> Result<String, Failure> {
    let store = wiring.store().await?;
    if let Some(name) = run_name(target)
        && !is_job(&*store, target).await?
    {
        let found = show_run(&*store, &name).await?;
        let run = found.run.ok_or_else(|| AppError::RunNotFound { name: name.to_string() })?;
        let function = run.function_name().to_string();
        return Ok(run.intent.monitor_url.ok_or(AppError::NoMonitorPage { function, reason: None })?);
    }
    let connection = wiring.named_connection()?;
    Ok(monitor_url(&resolve_target(wiring, &*store, target, connection.as_ref()).await?)?)
}

/// A run ID or `latest`. The beginning of a run key could be the name of a function.
fn run_name(target: &str) -> Option<RunName> {
    target.parse().ok().filter(|name| !matches!(name, RunName::Key(_)))
}

/// Whether a job has this name; `latest` may be one.
async fn is_job(jobs: &dyn JobStore, name: &str) -> Result<bool, Failure> {
    match name.parse() {
        Ok(name) => Ok(jobs.get(&name).await?.is_some()),
        Err(_) => Ok(false),
    }
}

fn default_opener() -> &'static str {
    if cfg!(target_os = "macos") { "open" } else { "xdg-open" }
}
