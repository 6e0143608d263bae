//! The project's own commands: all CI checks, and the peers for the end-to-end tests.

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

/// The project's own commands
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run all CI checks; fails if one of them fails.
    Ci(ci::Options),
    /// Check the dependencies between crates against `xtask/layers.toml`.
    Layers,
    /// Check source files and documents: first lines, lengths, forbidden calls, links, required files.
    Tidy,
    /// Generate the pages of `docs/cli` from the definition of the command line.
    Docs(docs::Options),
    /// Manage the peers of the end-to-end tests: ministack, moto and the AWS command line.
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

/// Prints the findings of a check.
fn report(check: &str, findings: &[String]) -> ExitCode {
    if findings.is_empty() {
        println!("{check}: no problems found");
        return ExitCode::SUCCESS;
    }
    for finding in findings {
        eprintln!("{finding}");
    }
    eprintln!("{check}: {}", problems(findings.len()));
    ExitCode::FAILURE
}
/// "1 problem", "2 problems".
fn problems(count: usize) -> String {
    if count == 1 { "1 problem".to_owned() } else { format!("{count} problems") }
}
