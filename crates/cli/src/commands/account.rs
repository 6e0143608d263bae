//! `lamplight account`.

use crate::{ExitCode, args::AccountCommand, failure::Failure, output, render, wiring::Wiring};
use lamplight_app::manage::show_account;
use lamplight_ports::Connector;
use lamplight_views::QuotasView;

/// `lamplight account …`
pub async fn account(command: &AccountCommand, wiring: &Wiring) -> Result<ExitCode, Failure> {
    match command {
        AccountCommand::Settings => settings(wiring).await,
    }
}

async fn settings(wiring: &Wiring) -> Result<ExitCode, Failure> {
    let connection = wiring.open(wiring.named_connection()?.as_ref()).await?;
    let quotas = show_account(&connection).await?;
    if wiring.json() {
        wiring.write(&QuotasView { quotas: quotas.iter().map(render::quota_view).collect() })?;
    } else {
        output::line(&render::quotas_table(&quotas))?;
    }
    Ok(ExitCode::Success)
}
