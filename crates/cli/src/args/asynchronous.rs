//! The grammar of `lamplight functions async`.

use crate::args::{DryRunArgs, PageArgs, RemovalArgs, SubjectArgs, manage::reads_first, number::whole};
use clap::{Args, Subcommand};

/// The verbs of `functions async`.
#[derive(Debug, Subcommand)]
pub enum AsyncCommand {
    /// Show what is set for the asynchronous calls of a function, a version or an alias
    Get(SubjectArgs),
    /// List what is set for the asynchronous calls of a function and its versions and aliases
    List {
        /// The function: its name or full reference
        function: String,
        /// How much of the listing is wanted.
        #[command(flatten)]
        page: PageArgs,
    },
    /// Set all of it: what is not given takes Lambda's default
    Put(SetAsyncArgs),
    /// Set some of it: what is not given stays as it is
    Update(SetAsyncArgs),
    /// Go back to Lambda's defaults
    Delete {
        /// What it is for.
        #[command(flatten)]
        subject: SubjectArgs,
        /// Options of every removal.
        #[command(flatten)]
        removal: RemovalArgs,
    },
}

/// Options of `functions async put` and `update`.
#[derive(Debug, Args)]
#[command(mut_args(reads_first))]
pub struct SetAsyncArgs {
    /// What it is for.
    #[command(flatten)]
    pub subject: SubjectArgs,
    /// How often a call is tried again that its function failed on, 0-2
    #[arg(long, value_name = "N", value_parser = whole::<u32>("from 0 to 2"))]
    pub maximum_retry_attempts: Option<u32>,
    /// How long a call may wait to be tried, 60-21600 seconds
    #[arg(long, value_name = "SECONDS", value_parser = whole::<u32>("of seconds from 60 to 21600"))]
    pub maximum_event_age_in_seconds: Option<u32>,
    /// Where the record of a call goes that succeeded; an empty text takes it away
    #[arg(long, value_name = "ARN")]
    pub on_success: Option<String>,
    /// Where the record of a call goes that failed or grew too old; an empty text takes it away
    #[arg(long, value_name = "ARN")]
    pub on_failure: Option<String>,
    /// Options of every change.
    #[command(flatten)]
    pub change: DryRunArgs,
}
