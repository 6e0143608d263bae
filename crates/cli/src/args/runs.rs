//! The grammar of `lamplight runs`.

use clap::{Args, Subcommand};

/// The verbs of `runs`.
#[derive(Debug, Subcommand)]
pub enum RunsCommand {
    /// List recorded runs, the latest first
    List(RunsListArgs),
    /// Show all that is recorded of a run
    Show {
        /// A run id, the beginning of a run's key, or `latest`
        #[arg(value_name = "RUN")]
        run: String,
    },
}

/// Options of `runs list`.
#[derive(Debug, Args)]
pub struct RunsListArgs {
    /// Those of this job alone
    #[arg(long, value_name = "JOB")]
    pub job: Option<String>,
    /// Those of this function alone
    #[arg(long, value_name = "FUNCTION")]
    pub function: Option<String>,
    /// Those in this state alone: queued, running, succeeded, `function_failed`, accepted, validated, rejected or unknown
    #[arg(long, value_name = "STATE")]
    pub state: Option<String>,
    /// At most this many
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub limit: u32,
}
