//! The grammar of `lamplight runs`.

use crate::args::{manage::ConfirmArgs, number::whole};
use clap::{Args, Subcommand};

/// The verbs of `runs`.
#[derive(Debug, Subcommand)]
pub enum RunsCommand {
    /// List recorded runs, latest first
    #[command(
        after_help = "Examples:\n  lamplight runs list --job greeter --since 2h\n  lamplight runs list --state unknown --output json"
    )]
    List(RunsListArgs),
    /// Show the record of a run
    #[command(after_help = "Example:\n  lamplight runs show latest")]
    Show {
        /// A run ID, the beginning of a run key, or `latest`
        #[arg(value_name = "RUN")]
        run: String,
    },
    /// Remove the records of runs that have ended, with their responses
    #[command(after_help = "Example:\n  lamplight runs rm 0199c0de --yes")]
    Rm(RunsRmArgs),
    /// Remove the records of old runs that have ended, with their responses
    ///
    /// Without options, what `[runs]` in the configuration file says is applied. `lamplight run` applies it, too.
    #[command(
        after_help = "Examples:\n  lamplight runs prune --keep-days 90 --dry-run\n  lamplight runs prune --keep-at-most 10000 --yes"
    )]
    Prune(RunsPruneArgs),
}

/// Options of `runs rm`.
#[derive(Debug, Args)]
pub struct RunsRmArgs {
    /// Run IDs, the beginnings of run keys, or `latest`
    #[arg(value_name = "RUN", required = true)]
    pub runs: Vec<String>,
    #[command(flatten)]
    pub confirm: ConfirmArgs,
}

/// Options of `runs prune`.
#[derive(Debug, Args)]
pub struct RunsPruneArgs {
    /// Remove runs that started more than this many days ago
    #[arg(long, value_name = "DAYS", value_parser = whole::<u32>("of days"))]
    pub keep_days: Option<u32>,
    /// Keep at most this many runs: remove the oldest ones
    #[arg(long, value_name = "N", value_parser = whole::<u64>("of runs"))]
    pub keep_at_most: Option<u64>,
    /// Print how many runs would be removed; nothing is changed
    #[arg(long)]
    pub dry_run: bool,
    #[command(flatten)]
    pub confirm: ConfirmArgs,
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
    /// List only runs in this state: queued, running, succeeded, `function_failed`, accepted, validated, rejected or unknown.
    /// For several states, repeat the option or separate them with commas
    #[arg(long = "state", value_name = "STATE", value_delimiter = ',')]
    pub states: Vec<String>,
    /// List only runs that started at this time or later: `2026-01-02`, `2026-01-02T03:04:05Z`, or an age such as `30m`, `2h` or
    /// `7d`. A date is a day in UTC
    #[arg(long, value_name = "TIME")]
    pub since: Option<String>,
    /// List only runs that started before this time
    #[arg(long, value_name = "TIME")]
    pub until: Option<String>,
    /// The maximum number of runs to list; if there are more, the marker to continue with is printed
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = whole::<u32>("of runs"))]
    pub limit: u32,
    /// Continue after the marker printed by an earlier listing
    #[arg(long, value_name = "MARKER")]
    pub marker: Option<String>,
}
