//! The `lamplight-server` binary.

mod args;
mod backup;
mod demo;
mod listener;
mod logs;
mod serve;
mod settings;
mod tls;
mod tokens;
mod upkeep;

use args::{Cli, Command};
use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Problem::new(format!("could not start the async runtime: {error}")))
        .and_then(|runtime| runtime.block_on(run(cli)));
    match done {
        Ok(code) => code,
        Err(problem) => {
            logs::say(&format!("error: {}", problem.message));
            if let Some(hint) = problem.hint {
                logs::say(&format!("hint: {hint}"));
            }
            ExitCode::FAILURE
        }
    }
}

async fn run(cli: Cli) -> Result<ExitCode, Problem> {
    match cli.command {
        None | Some(Command::Serve) => serve::serve(cli.global).await,
        Some(Command::Backup { file }) => backup::backup(&cli.global, &file).await,
        Some(Command::Token(new)) => tokens::create(&cli.global, new).await,
    }
}

/// Why the server cannot do what it was asked to.
#[derive(Debug)]
struct Problem {
    message: String,
    hint: Option<String>,
}

impl Problem {
    fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), hint: None }
    }

    fn with_hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }
}

impl From<lamplight_ports::PortError> for Problem {
    fn from(error: lamplight_ports::PortError) -> Self {
        let source = std::error::Error::source(&error).map(|cause| format!(": {cause}")).unwrap_or_default();
        Self { message: format!("{error}{source}"), hint: error.hint.as_ref().map(settings::word_hint) }
    }
}

impl From<lamplight_app::AppError> for Problem {
    fn from(error: lamplight_app::AppError) -> Self {
        let source = error.cause().map(|cause| format!(": {cause}")).unwrap_or_default();
        Self { message: format!("{error}{source}"), hint: error.hint().as_ref().map(settings::word_hint) }
    }
}
