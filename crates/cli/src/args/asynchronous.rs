//! The grammar of `lamplight functions async`.

use crate::args::{DryRunArgs, PageArgs, RemovalArgs, SubjectArgs, manage::reads_first, number::whole};
use clap::{Args, Subcommand};

/// The verbs of `functions async`.
#[derive(Debug, Subcommand)]
pub enum AsyncCommand {
    /// Show the asynchronous invocation settings of a function, version or alias
    #[command(after_help = "Example:\n  lamplight functions async get reporter:live")]
    Get(SubjectArgs),
    /// List the asynchronous invocation settings of a function, its versions and its aliases
    #[command(after_help = "Example:\n  lamplight functions async list reporter")]
    List {
        /// The function: name or ARN
        function: String,
        /// How much of the listing is wanted.
        #[command(flatten)]
        page: PageArgs,
    },
    /// Replace the asynchronous invocation settings: what is not given returns to Lambda's default
    #[command(after_help = "Example:\n  lamplight functions async put reporter --maximum-retry-attempts 0")]
    Put(SetAsyncArgs),
    /// Change some of the asynchronous invocation settings: what is not given stays as it is
    #[command(
        after_help = "Example:\n  lamplight functions async update reporter --on-failure arn:aws:sqs:eu-west-1:123456789012:failed"
    )]
    Update(SetAsyncArgs),
    /// Delete the asynchronous invocation settings: Lambda's defaults apply again
    #[command(after_help = "Example:\n  lamplight functions async delete reporter --yes")]
    Delete {
        /// The function, version or alias.
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
    /// The function, version or alias.
    #[command(flatten)]
    pub subject: SubjectArgs,
    /// How many times Lambda retries an event after a function error, 0-2
    #[arg(long, value_name = "N", value_parser = whole::<u32>("from 0 to 2"))]
    pub maximum_retry_attempts: Option<u32>,
    /// How long Lambda keeps an event before it discards it, 60-21600 seconds
    #[arg(long, value_name = "SECONDS", value_parser = whole::<u32>("of seconds from 60 to 21600"))]
    pub maximum_event_age_in_seconds: Option<u32>,
    /// The destination for events that succeeded; an empty value removes it
    #[arg(long, value_name = "ARN")]
    pub on_success: Option<String>,
    /// The destination for events that failed or expired; an empty value removes it
    #[arg(long, value_name = "ARN")]
    pub on_failure: Option<String>,
    /// Options of every change.
    #[command(flatten)]
    pub change: DryRunArgs,
}
