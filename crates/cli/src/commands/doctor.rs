//! `lamplight doctor`.

use crate::{
    ExitCode,
    args::DoctorArgs,
    failure::Failure,
    output::{self, Output},
    render,
    wiring::Wiring,
};
use indicatif::ProgressBar;
use lamplight_app::{Check, CheckName, CheckObserver, DoctorPorts, DoctorRequest, DoctorTarget, Outcome};
use lamplight_domain::ConnectionName;
use lamplight_ports::JobStore;
use lamplight_system_adapter::SystemClock;
use std::time::Duration;

/// Says which check is being made, to a person who waits at a terminal.
#[derive(Debug)]
struct Watch(Option<ProgressBar>);

impl Watch {
    fn new(output: Output) -> Self {
        let is_watched = output.stderr_is_terminal && !output.quiet;
        Self(is_watched.then(|| {
            let bar = ProgressBar::new_spinner();
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        }))
    }

    /// Takes the display away.
    fn finish(&self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}

impl CheckObserver for Watch {
    fn begins(&self, name: CheckName) {
        tracing::debug!(check = name.as_str(), "a check begins");
        if let Some(bar) = &self.0 {
            bar.set_message(format!("checking {}", name.as_str()));
        }
    }

    fn ended(&self, check: &Check) {
        tracing::debug!(check = check.name.as_str(), "a check has ended");
    }
}

/// Looks at the connection, and at a job where one is named.
pub async fn doctor(args: &DoctorArgs, wiring: &Wiring) -> Result<ExitCode, Failure> {
    let connection = wiring.named_connection()?;
    let store = match &args.target {
        Some(_) => Some(wiring.store().await?),
        None => None,
    };
    let target = args.target.as_deref().zip(store.as_deref()).map(|(text, store)| {
        let jobs: &dyn JobStore = store;
        DoctorTarget { text, jobs }
    });
    let request = DoctorRequest { connection: connection.as_ref(), target, connection_alone: false };
    look(wiring, &request).await
}

/// Looks at one connection alone.
pub async fn connection(wiring: &Wiring, name: &ConnectionName) -> Result<ExitCode, Failure> {
    look(wiring, &DoctorRequest { connection: Some(name), target: None, connection_alone: true }).await
}

async fn look(wiring: &Wiring, request: &DoctorRequest<'_>) -> Result<ExitCode, Failure> {
    let secrets = wiring.secrets_or_local();
    let ports = DoctorPorts { connector: wiring, secrets: &*secrets, clock: &SystemClock };
    let watch = Watch::new(wiring.output);
    let checks = lamplight_app::doctor(&ports, request, &watch).await;
    watch.finish();
    if wiring.json() {
        let lines: Vec<_> = checks.iter().map(render::CheckJson::new).collect();
        wiring.write(&serde_json::json!({ "checks": lines }))?;
    } else {
        output::line(&render::checks_text(&checks))?;
    }
    let first = checks.iter().find_map(|check| match &check.outcome {
        Outcome::Fail(error) => Some(ExitCode::of_class(error.class())),
        Outcome::Pass { .. } | Outcome::Skipped { .. } => None,
    });
    Ok(first.unwrap_or(ExitCode::Success))
}
