//! `lamplight account`.

use crate::{ExitCode, args::AccountCommand, failure::Failure, output, render, wiring::Wiring};
use lamplight_app::manage::show_account;
use lamplight_ports::Connector;

/// `lamplight account …`
pub async fn account(command: &AccountCommand, wiring: &Wiring) -> Result<ExitCode, Failure> {
    match command {
        AccountCommand::Settings => settings(wiring).await,
    }
}

async fn settings(wiring: &Wiring) -> Result<ExitCode, Failure> {
    let connection = wiring.open(wiring.named_connection()?.as_ref()).await?;
    let account = show_account(&connection).await?;
    if wiring.json() {
        wiring.write(&render::account_view(&account))?;
    } else {
        output::line(&render::account_text(&account))?;
    }
    Ok(ExitCode::Success)
}
