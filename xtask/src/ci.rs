//! All CI checks in one command, the same on a developer's machine and on CI.

mod deny;
mod missing;
mod nextest;
mod steps;
mod wasm;

use std::path::Path;
use std::process::{Command, ExitCode};
use std::thread;
use std::time::Duration;

use anyhow::{Result, bail};

use crate::ambient;
use crate::peers;
use crate::process::read;
use crate::workspace::Workspace;

/// Which checks to skip.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Skip the tests against the peers, which need Python and a package index
    #[arg(long)]
    no_peers: bool,
}

/// The result of a step.
#[derive(Debug)]
enum Outcome {
    Passed,
    /// Passed, except for what could not be run; names what was not run.
    Partly(String),
    /// Skipped on request.
    Skipped(String),
    Failed(String),
}

/// A check.
struct Step {
    name: &'static str,
    run: fn(&Workspace, &Options) -> Result<Outcome>,
}

struct Ended {
    name: &'static str,
    outcome: Outcome,
    took: Duration,
}

/// Runs all steps, even after a failure, and prints a summary.
///
/// # Errors
///
/// This machine lacks a program that a step needs; then no step was run.
pub(crate) fn run(mut workspace: Workspace, options: &Options) -> Result<ExitCode> {
    if let Some(message) = missing::message(&workspace.root, options)? {
        bail!(message);
    }
    let sysroot = read(Command::new("rustc").current_dir(&workspace.root).args(["--print", "sysroot"]))?;
    workspace.compiler = Some(Path::new(sysroot.trim()).join("bin/clippy-driver"));
    let workspace = &workspace;
    let started = ambient::now();
    let ended: Vec<Ended> = thread::scope(|scope| {
        if !options.no_peers {
            // Install the peers over the network while the compiler works. If this fails, their step fails too and
            // reports the error.
            scope.spawn(|| peers::install(workspace));
        }
        steps::ALL.iter().map(|step| carry_out(step, workspace, options)).collect()
    });
    println!("\n=== summary ===");
    for one in &ended {
        println!("{}", format_line(one));
    }
    let failed = ended.iter().filter(|one| matches!(one.outcome, Outcome::Failed(_))).count();
    let whole = ended.iter().all(|one| matches!(one.outcome, Outcome::Passed));
    let seconds = started.elapsed().as_secs();
    if failed > 0 {
        println!("ci: {failed} of {} steps failed, after {seconds} s", ended.len());
        return Ok(ExitCode::FAILURE);
    }
    let caveat = if whole { "" } else { ", except for the checks that were not run: see above" };
    println!("ci: passed{caveat}, after {seconds} s");
    Ok(ExitCode::SUCCESS)
}

fn carry_out(step: &Step, workspace: &Workspace, options: &Options) -> Ended {
    println!("\n=== {} ===", step.name);
    let begun = ambient::now();
    let outcome =
        (step.run)(workspace, options).unwrap_or_else(|error| Outcome::Failed(format!("{error:#}")));
    let ended = Ended { name: step.name, outcome, took: begun.elapsed() };
    println!("{}", format_line(&ended));
    ended
}

fn format_line(one: &Ended) -> String {
    let (word, note) = match &one.outcome {
        Outcome::Passed => ("ok", ""),
        Outcome::Partly(note) => ("partly", note.as_str()),
        Outcome::Skipped(note) => ("skipped", note.as_str()),
        Outcome::Failed(note) => ("FAILED", note.as_str()),
    };
    let colon = if note.is_empty() { "" } else { ": " };
    format!("{word:>8} {:>6.1} s  {}{colon}{note}", one.took.as_secs_f32(), one.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_names_the_result_and_the_reason() {
        let ended =
            |outcome| format_line(&Ended { name: "tidy", outcome, took: Duration::from_millis(1250) });
        assert_eq!(ended(Outcome::Passed), "      ok    1.2 s  tidy");
        assert_eq!(ended(Outcome::Failed("2 problems".to_owned())), "  FAILED    1.2 s  tidy: 2 problems");
        assert_eq!(ended(Outcome::Skipped("asked".to_owned())), " skipped    1.2 s  tidy: asked");
        assert_eq!(ended(Outcome::Partly("no network".to_owned())), "  partly    1.2 s  tidy: no network");
    }
}
