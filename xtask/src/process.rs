//! Starting other programs: their output goes straight to the terminal, their failure becomes an error.

use std::ffi::OsStr;
use std::io::BufReader;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use cargo_metadata::{Message, TargetKind};

use crate::ambient;
use crate::workspace::Workspace;

/// The cargo that runs this tool, started in the workspace's root.
pub(crate) fn cargo<I, S>(workspace: &Workspace, arguments: I) -> Command
where
    I: IntoIterator<Item = S>,
    S: AsRef<OsStr>,
{
    let mut command = workspace.command(ambient::variable("CARGO").unwrap_or_else(|| "cargo".to_owned()));
    command.args(arguments);
    command
}

/// Builds an example and returns the command that runs it, in the workspace's root.
///
/// It is built with the whole workspace, as the tests are: asked for alone, its crates would take other
/// features and be compiled once more.
///
/// # Errors
///
/// The examples do not compile, or the package has none of this name.
pub(crate) fn example(workspace: &Workspace, package: &str, name: &str) -> Result<Command> {
    let mut build = cargo(workspace, ["build", "--quiet", "--workspace", "--examples"]);
    build.arg("--message-format=json-render-diagnostics").stdout(Stdio::piped());
    let program = shown(&build);
    let mut child = build.spawn().with_context(|| format!("cannot start `{program}`"))?;
    let output = child.stdout.take().context("the output is piped")?;
    let manifest = workspace.packages.iter().find(|one| one.name == package).map(|one| &one.manifest_path);
    let mut executable = None;
    for message in Message::parse_stream(BufReader::new(output)) {
        if let Message::CompilerArtifact(artifact) =
            message.with_context(|| format!("cannot read `{program}`"))?
            && artifact.target.name == name
            && artifact.target.kind.contains(&TargetKind::Example)
            && Some(&artifact.manifest_path) == manifest
        {
            executable = artifact.executable;
        }
    }
    let status = child.wait().with_context(|| format!("cannot wait for `{program}`"))?;
    if !status.success() {
        bail!("`{program}` ended with {status}");
    }
    let executable = executable.with_context(|| format!("{package} has no example {name}"))?;
    let mut command = Command::new(executable);
    command.current_dir(&workspace.root);
    Ok(command)
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
