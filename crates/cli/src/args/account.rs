//! The grammar of `lamplight account`.

use clap::Subcommand;

/// The verbs of `account`.
#[derive(Debug, Subcommand)]
pub enum AccountCommand {
    /// Show what the account may use in the region, and how much of it is used
    Settings,
}
