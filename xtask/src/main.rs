//! The project's own commands: everything that CI checks, and the peers that the end-to-end tests need.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a tool that talks to the developer who runs it"
)]

mod ambient;
mod ci;
mod docs;
mod layers;
mod peers;
mod process;
mod python;
mod rust_text;
mod tidy;
mod workspace;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::workspace::Workspace;

/// The project's own commands.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run everything that CI checks, each step named and timed; fails when one of them failed.
    Ci(ci::Options),
    /// Check which crate uses which against `xtask/layers.toml`.
    Layers,
    /// Check what no compiler checks: first lines, lengths, forbidden calls, links, required files.
    Tidy,
    /// Write the pages of `docs/cli` anew from the command line's own definition.
    Docs(docs::Options),
    /// The independent peers of the end-to-end tests: ministack, moto and the AWS command line.
    #[command(subcommand)]
    Peers(peers::Command),
}

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<ExitCode> {
    let workspace = Workspace::load()?;
    match command {
        Command::Ci(options) => ci::run(workspace, &options),
        Command::Layers => Ok(report("layers", &layers::check(&workspace)?)),
        Command::Tidy => Ok(report("tidy", &tidy::check(&workspace)?)),
        Command::Docs(options) => docs::run(&workspace, &options),
        Command::Peers(command) => peers::run(&workspace, command),
    }
}

/// Prints what a check found; a check that found nothing says so.
fn report(check: &str, findings: &[String]) -> ExitCode {
    if findings.is_empty() {
        println!("{check}: nothing to complain about");
        return ExitCode::SUCCESS;
    }
    for finding in findings {
        eprintln!("{finding}");
    }
    eprintln!("{check}: {} to mend", findings.len());
    ExitCode::FAILURE
}
