//! `lamplight doctor`.

use crate::{
    ExitCode, args::DoctorArgs, failure::Failure, nearest::with_nearest_hint, output, progress::Display,
    render, wiring::Wiring,
};
use lamplight_app::{CheckOutcome, DoctorPorts, DoctorRequest, DoctorTarget};
use lamplight_domain::{ConnectionName, ErrorCode};
use lamplight_ports::JobStore;
use lamplight_system_adapter::SystemClock;
use lamplight_views::{CheckView, ChecksView};

/// Checks the connection, and the job if one is named.
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

/// Checks one connection.
pub async fn connection(wiring: &Wiring, name: &ConnectionName) -> Result<ExitCode, Failure> {
    look(wiring, &DoctorRequest { connection: Some(name), target: None, connection_alone: true }).await
}

async fn look(wiring: &Wiring, request: &DoctorRequest<'_>) -> Result<ExitCode, Failure> {
    let secrets = wiring.connections.secrets_or_local();
    let ports = DoctorPorts { connector: wiring, secrets: &*secrets, clock: &SystemClock };
    let display = Display::new(wiring.output);
    let checks = lamplight_app::doctor(&ports, request, &display).await;
    display.finish();
    let mut shown: Vec<CheckView> = checks.iter().map(render::check_view).collect();
    let is_absent =
        |check: &&mut CheckView| check.code.as_deref() == Some(ErrorCode::FunctionNotFound.as_str());
    if let (Some(check), Some(target)) = (shown.iter_mut().find(is_absent), &request.target) {
        check.hint = with_nearest_hint(check.hint.take(), target.text, wiring).await;
    }
    if wiring.json() {
        wiring.write(&ChecksView { checks: shown })?;
    } else {
        output::line(&render::checks_text(&shown))?;
    }
    let first = checks.iter().find_map(|check| match &check.outcome {
        CheckOutcome::Fail(error) => Some(ExitCode::of_class(error.class())),
        CheckOutcome::Pass { .. } | CheckOutcome::Skipped { .. } => None,
    });
    Ok(first.unwrap_or(ExitCode::Success))
}
