//! Starts other programs: their output goes to the terminal, and a failure becomes an error.

use std::ffi::OsStr;
use std::io::BufReader;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use cargo_metadata::{Message, TargetKind};

use crate::ambient;
use crate::workspace::Workspace;

/// The cargo that runs this tool, to be started in the root of the workspace.
pub(crate) fn cargo<I, S>(workspace: &Workspace, arguments: I) -> Command
where
    I: IntoIterator<Item = S>,
    S: AsRef<OsStr>,
{
    let mut command = workspace.command(ambient::variable("CARGO").unwrap_or_else(|| "cargo".to_owned()));
    command.args(arguments);
    command
}

/// Builds an example and returns the command that runs it in the root of the workspace.
///
/// The example is built with the whole workspace, as for the tests. If it was built alone, its dependencies would get
/// other features and be compiled again.
///
/// # Errors
///
/// The examples do not compile, or the package has no example with this name.
pub(crate) fn example(workspace: &Workspace, package: &str, name: &str) -> Result<Command> {
    let mut build = cargo(workspace, ["build", "--quiet", "--workspace", "--examples"]);
    build.arg("--message-format=json-render-diagnostics").stdout(Stdio::piped());
    let program = command_line(&build);
    let mut child = build.spawn().with_context(|| format!("cannot start `{program}`"))?;
    let output = child.stdout.take().context("the output is piped")?;
    let manifest = workspace.packages.iter().find(|one| one.name == package).map(|one| &one.manifest_path);
    let mut executable = None;
    for message in Message::parse_stream(BufReader::new(output)) {
        if let Message::CompilerArtifact(artifact) =
            message.with_context(|| format!("cannot read the output of `{program}`"))?
            && artifact.target.name == name
            && artifact.target.kind.contains(&TargetKind::Example)
            && Some(&artifact.manifest_path) == manifest
        {
            executable = artifact.executable;
        }
    }
    let status = child.wait().with_context(|| format!("waiting for `{program}` failed"))?;
    if !status.success() {
        bail!("`{program}` failed with {status}");
    }
    let executable = executable.with_context(|| format!("{package} has no example {name}"))?;
    let mut command = Command::new(executable);
    command.current_dir(&workspace.root);
    Ok(command)
}

/// Runs a program and waits for its end.
///
/// # Errors
///
/// The program cannot be started, or its exit status is not 0.
pub(crate) fn check(command: &mut Command) -> Result<()> {
    let program = command_line(command);
    let status = command.status().with_context(|| format!("cannot start `{program}`"))?;
    if !status.success() {
        bail!("`{program}` failed with {status}");
    }
    Ok(())
}

/// Runs a program and returns its stdout.
///
/// # Errors
///
/// The program cannot be started, or its exit status is not 0; then its stderr is in the error.
pub(crate) fn read(command: &mut Command) -> Result<String> {
    let program = command_line(command);
    let output = command.output().with_context(|| format!("cannot start `{program}`"))?;
    if !output.status.success() {
        bail!(
            "`{program}` failed with {}: {}",
            output.status,
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The program and its arguments on one line.
pub(crate) fn command_line(command: &Command) -> String {
    std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(OsStr::to_string_lossy)
        .collect::<Vec<_>>()
        .join(" ")
}
