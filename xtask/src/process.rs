//! Starting other programs: their output goes straight to the terminal, their failure becomes an error.

use std::ffi::OsStr;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::ambient;
use crate::workspace::Workspace;

/// The cargo that runs this tool, started in the workspace's root.
pub(crate) fn cargo<I, S>(workspace: &Workspace, arguments: I) -> Command
where
    I: IntoIterator<Item = S>,
    S: AsRef<OsStr>,
{
    let mut command = Command::new(ambient::variable("CARGO").unwrap_or_else(|| "cargo".to_owned()));
    command.current_dir(&workspace.root).args(arguments);
    command
}

/// Runs a program to its end.
///
/// # Errors
///
/// The program cannot be started, or it ended with another status than 0.
pub(crate) fn check(command: &mut Command) -> Result<()> {
    let program = shown(command);
    let status = command.status().with_context(|| format!("cannot start `{program}`"))?;
    if !status.success() {
        bail!("`{program}` ended with {status}");
    }
    Ok(())
}

/// Runs a program to its end and returns what it wrote to stdout.
///
/// # Errors
///
/// The program cannot be started, or it ended with another status than 0; then its stderr is in the error.
pub(crate) fn read(command: &mut Command) -> Result<String> {
    let program = shown(command);
    let output = command.output().with_context(|| format!("cannot start `{program}`"))?;
    if !output.status.success() {
        bail!("`{program}` ended with {}: {}", output.status, String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The program and its arguments as one line.
pub(crate) fn shown(command: &Command) -> String {
    std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(OsStr::to_string_lossy)
        .collect::<Vec<_>>()
        .join(" ")
}
