//! `lamplight-server backup`

use crate::{Problem, args::GlobalArgs, logs::say, settings};
use std::{path::Path, process::ExitCode};

/// Copies the store to a new file while other processes use it.
pub async fn backup(args: &GlobalArgs, file: &Path) -> Result<ExitCode, Problem> {
    let store = settings::connections(args).existing_store().await?;
    let store = store.ok_or_else(|| Problem::new("there is no store to copy yet"))?;
    store.backup_to(file).await?;
    say(&format!("copied the store to {}", file.display()));
    Ok(ExitCode::SUCCESS)
}
