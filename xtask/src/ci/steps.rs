//! The steps, in the order in which a fault is cheapest to find.

use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};

use super::{Options, Outcome, Step, deny, nextest, wasm};
use crate::process::{cargo, check, example, read};
use crate::workspace::Workspace;
use crate::{docs, layers, peers, tidy};

/// Every check of the project.
pub(super) const ALL: [Step; 12] = [
    Step { name: "format", run: format },
    Step { name: "layers", run: |workspace, _| found(&layers::check(workspace)?) },
    Step { name: "tidy", run: |workspace, _| found(&tidy::check(workspace)?) },
    Step { name: "clippy, benches included", run: clippy },
    Step { name: "tests", run: tests },
    Step { name: "tests in documentation", run: doc_tests },
    Step { name: "examples", run: examples },
    Step { name: "documentation", run: documentation },
    Step { name: "generated pages", run: |workspace, _| found(&docs::differences(workspace)?) },
    Step { name: "WebAssembly", run: |workspace, _| wasm::run(workspace) },
    Step { name: "dependencies", run: |workspace, _| deny::run(workspace) },
    Step { name: "tests against the peers", run: peer_tests },
];

/// The crates whose examples show others how to reuse them.
const SHOWN: [(&str, &str); 2] = [("lamplight-domain", "domain"), ("lamplight-fake-adapter", "fake-adapter")];

/// The target of a crate's tests against the peers. Its manifest says `test = false`: it is built where it is named.
/// A feature in its place would compile the crate, and those that use it, a second time.
const PEERS: &str = "peers";

fn found(findings: &[String]) -> Result<Outcome> {
    for finding in findings {
        println!("{finding}");
    }
    if !findings.is_empty() {
        bail!("{} to mend", findings.len());
    }
    Ok(Outcome::Passed)
}

fn passed(mut command: Command) -> Result<Outcome> {
    check(&mut command)?;
    Ok(Outcome::Passed)
}

fn format(workspace: &Workspace, _: &Options) -> Result<Outcome> {
    passed(cargo(workspace, ["fmt", "--all", "--check"]))
}

fn clippy(workspace: &Workspace, _: &Options) -> Result<Outcome> {
    for targets in [&["--all-targets"][..], &["--test", PEERS]] {
        let mut command = cargo(workspace, ["clippy", "--workspace"]);
        check(command.args(targets).args(["--", "-D", "warnings"]))?;
    }
    // The program as README's first command builds it.
    let mut command = cargo(workspace, ["clippy", "-p", "lamplight-cli", "--no-default-features"]);
    check(command.args(["--", "-D", "warnings"]))?;
    Ok(Outcome::Passed)
}

fn tests(workspace: &Workspace, _: &Options) -> Result<Outcome> {
    if let Some(mut nextest) = nextest::command(workspace) {
        nextest.arg("--workspace");
        return passed(nextest);
    }
    // A test of the command line runs one of its examples.
    passed(cargo(workspace, ["test", "--workspace", "--lib", "--bins", "--tests", "--examples"]))
}

fn doc_tests(workspace: &Workspace, _: &Options) -> Result<Outcome> {
    passed(cargo(workspace, ["test", "--workspace", "--doc"]))
}

fn examples(workspace: &Workspace, _: &Options) -> Result<Outcome> {
    for (package, folder) in SHOWN {
        let folder = workspace.root.join("crates").join(folder).join("examples");
        let mut names = Vec::new();
        for entry in fs::read_dir(&folder).with_context(|| format!("cannot list {}", folder.display()))? {
            let path = entry?.path();
            if path.is_dir() || path.extension().is_some_and(|ending| ending == "rs") {
                names.extend(path.file_stem().map(|name| name.to_string_lossy().into_owned()));
            }
        }
        if names.is_empty() {
            bail!("{package} has no example");
        }
        names.sort();
        for name in names {
            println!("--- {package}: {name}");
            check(&mut example(workspace, package, &name)?)?;
        }
    }
    Ok(Outcome::Passed)
}

fn documentation(workspace: &Workspace, _: &Options) -> Result<Outcome> {
    let mut command = cargo(workspace, ["doc", "--workspace", "--no-deps", "--document-private-items"]);
    // Examples bring in what they and the tests use, so that dependencies have the features with which clippy
    // checked them, and need no other check.
    command.args(["--lib", "--bins", "--examples"]).env("RUSTDOCFLAGS", "-Dwarnings");
    // Nor do our crates: rustdoc takes them as clippy has read them. Were these not the variables that `cargo clippy`
    // sets, they would be read once more, and nothing else would change.
    let sysroot = read(Command::new("rustc").current_dir(&workspace.root).args(["--print", "sysroot"]))?;
    command.env("RUSTC_WORKSPACE_WRAPPER", Path::new(sysroot.trim()).join("bin/clippy-driver"));
    command.env("CLIPPY_ARGS", "-D__CLIPPY_HACKERY__warnings__CLIPPY_HACKERY__");
    passed(command)
}

fn peer_tests(workspace: &Workspace, options: &Options) -> Result<Outcome> {
    if options.no_peers {
        return Ok(Outcome::LeftOut("--no-peers was given".to_owned()));
    }
    let mut command = nextest::command(workspace).unwrap_or_else(|| cargo(workspace, ["test"]));
    command.args(["--workspace", "--test", PEERS]);
    if peers::run_command(workspace, &mut command)? != ExitCode::SUCCESS {
        bail!("`{}` failed", crate::process::shown(&command));
    }
    Ok(Outcome::Passed)
}
