//! The steps, in the order in which errors are cheapest to find.

use std::fs;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};

use super::{Options, Outcome, Step, deny, nextest, wasm};
use crate::process::{cargo, check, example};
use crate::workspace::Workspace;
use crate::{docs, layers, peers, tidy};

/// Every check of the project.
pub(super) const ALL: [Step; 11] = [
    Step { name: "format", run: format },
    Step { name: "layers", run: |workspace, _| to_outcome(&layers::check(workspace)?) },
    Step { name: "tidy", run: |workspace, _| to_outcome(&tidy::check(workspace)?) },
    Step { name: "build, with clippy's lints", run: build },
    Step { name: "tests", run: tests },
    Step { name: "examples", run: examples },
    Step { name: "documentation and its tests", run: documentation },
    Step { name: "generated pages", run: |workspace, _| to_outcome(&docs::differences(workspace)?) },
    Step { name: "WebAssembly", run: |workspace, _| wasm::run(workspace) },
    Step { name: "dependencies", run: |workspace, _| deny::run(workspace) },
    Step { name: "tests against the peers", run: peer_tests },
];

/// The crates whose examples show how to reuse them.
const WITH_EXAMPLES: [(&str, &str); 2] =
    [("lamplight-domain", "domain"), ("lamplight-fake-adapter", "fake-adapter")];

/// The test target with a crate's tests against the peers. Its manifest says `test = false`, so it is only built when
/// named. A feature instead would compile the crate, and those that use it, a second time.
const PEERS: &str = "peers";

fn to_outcome(findings: &[String]) -> Result<Outcome> {
    for finding in findings {
        println!("{finding}");
    }
    if !findings.is_empty() {
        bail!("{}", crate::problems(findings.len()));
    }
    Ok(Outcome::Passed)
}

fn run_command(mut command: Command) -> Result<Outcome> {
    check(&mut command)?;
    Ok(Outcome::Passed)
}

fn format(workspace: &Workspace, _: &Options) -> Result<Outcome> {
    run_command(cargo(workspace, ["fmt", "--all", "--check"]))
}

fn build(workspace: &Workspace, _: &Options) -> Result<Outcome> {
    for targets in [&["--all-targets"][..], &["--test", PEERS]] {
        check(cargo(workspace, ["build", "--workspace"]).args(targets))?;
    }
    // The program as the first command of the README builds it.
    run_command(cargo(workspace, ["check", "-p", "lamplight-cli", "--no-default-features"]))
}

fn tests(workspace: &Workspace, _: &Options) -> Result<Outcome> {
    let mut command = if let Some(mut nextest) = nextest::command(workspace) {
        nextest.arg("--workspace");
        nextest
    } else {
        // `--examples`, because a test of the command line runs one of its examples.
        cargo(workspace, ["test", "--workspace", "--lib", "--bins", "--tests", "--examples"])
    };
    // A snapshot that differs fails its test, whatever the environment says.
    command.env("INSTA_UPDATE", "no").env("INSTA_FORCE_PASS", "0");
    run_command(command)
}

fn documentation(workspace: &Workspace, _: &Options) -> Result<Outcome> {
    let mut libraries = cargo(workspace, ["test", "--workspace", "--doc"]);
    libraries.env("RUSTDOC", workspace.root.join("xtask/rustdoc.sh"));
    libraries.env("LAMPLIGHT_RUSTDOC_OUT", workspace.target.join("doc"));
    check(&mut libraries)?;
    // A binary has no tests in its documentation.
    let mut own = cargo(workspace, ["doc", "-p", "xtask", "--no-deps", "--document-private-items"]);
    own.env("RUSTDOCFLAGS", "-Dwarnings");
    run_command(own)
}

fn examples(workspace: &Workspace, _: &Options) -> Result<Outcome> {
    for (package, folder) in WITH_EXAMPLES {
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

fn peer_tests(workspace: &Workspace, options: &Options) -> Result<Outcome> {
    if options.no_peers {
        return Ok(Outcome::Skipped("--no-peers was given".to_owned()));
    }
    let mut command = nextest::command(workspace).unwrap_or_else(|| cargo(workspace, ["test"]));
    command.args(["--workspace", "--test", PEERS]);
    if peers::run_command(workspace, &mut command)? != ExitCode::SUCCESS {
        bail!("`{}` failed", crate::process::command_line(&command));
    }
    Ok(Outcome::Passed)
}
