//! The grammar of `lamplight account`.

use clap::Subcommand;

/// The verbs of `account`.
#[derive(Debug, Subcommand)]
pub enum AccountCommand {
    /// Show the account's limits and usage in the region
    #[command(after_help = "Example:\n  lamplight account settings --region eu-west-1")]
    Settings,
}
