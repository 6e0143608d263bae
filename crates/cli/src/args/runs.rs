//! The grammar of `lamplight runs`.

use clap::{Args, Subcommand};

/// The verbs of `runs`.
#[derive(Debug, Subcommand)]
pub enum RunsCommand {
    /// List recorded runs, latest first
    #[command(
        after_help = "Examples:\n  lamplight runs list --job greeter\n  lamplight runs list --state unknown --output json"
    )]
    List(RunsListArgs),
    /// Show the record of a run
    #[command(after_help = "Example:\n  lamplight runs show latest")]
    Show {
        /// A run ID, the beginning of a run key, or `latest`
        #[arg(value_name = "RUN")]
        run: String,
    },
}

/// Options of `runs list`.
#[derive(Debug, Args)]
pub struct RunsListArgs {
    /// List only runs of this job
    #[arg(long, value_name = "JOB")]
    pub job: Option<String>,
    /// List only runs of this function
    #[arg(long, value_name = "FUNCTION")]
    pub function: Option<String>,
    /// List only runs in this state: queued, running, succeeded, `function_failed`, accepted, validated, rejected or unknown
    #[arg(long, value_name = "STATE")]
    pub state: Option<String>,
    /// The most runs to list
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub limit: u32,
}
