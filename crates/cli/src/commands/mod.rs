//! One file per verb or group of verbs: parse what clap left as text, call a use case, render.

mod account;
mod aliases;
mod connections;
mod discover;
mod doctor;
mod functions;
mod iam;
mod jobs;
mod layers;
mod manage;
mod open;
mod permissions;
mod run;
mod runs;

use crate::{ExitCode, args::Command, completion, failure::Failure, output, wiring::Wiring};
use lamplight_domain::ErrorCode;

/// Runs one verb.
pub async fn run(command: Command, wiring: &Wiring) -> Result<ExitCode, Failure> {
    match command {
        Command::Discover(args) => discover::discover(&args, wiring).await,
        Command::Jobs(command) => jobs::jobs(command, wiring).await,
        Command::Run(args) => run::run(args, wiring).await,
        Command::Status { run } => runs::status(&run, wiring).await,
        Command::Cancel { run } => runs::cancel(&run, wiring).await,
        Command::Runs(command) => runs::runs(command, wiring).await,
        Command::Open { target, print } => open::open(&target, print, wiring).await,
        Command::Functions(group) => functions::functions(group.command, wiring).await,
        Command::Aliases(group) => aliases::aliases(group.command, wiring).await,
        Command::Permissions(group) => permissions::permissions(group.command, wiring).await,
        Command::Layers(group) => layers::layers(group.command, wiring).await,
        Command::Account(group) => account::account(&group.command, wiring).await,
        Command::Connections(command) => connections::connections(command, wiring).await,
        Command::Doctor(args) => doctor::doctor(&args, wiring).await,
        Command::Iam(command) => iam::iam(&command, wiring),
        Command::Completions { shell } => {
            output::data(&completion::script(shell)?)?;
            Ok(ExitCode::Success)
        }
    }
}

/// Parses a text; the failure says which rule it breaks.
fn parse<T>(text: &str) -> Result<T, Failure>
where
    T: std::str::FromStr,
    T::Err: std::fmt::Display,
{
    text.parse().map_err(|error: T::Err| Failure::usage(ErrorCode::InvalidName, error.to_string()))
}
