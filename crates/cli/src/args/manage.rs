//! Options that verbs of managing share.

use crate::args::number::whole;
use clap::{Arg, Args};

/// Options of every change.
#[derive(Debug, Clone, Copy, Args)]
pub struct ChangeArgs {
    /// Print the request instead of sending it; nothing is changed
    #[arg(long)]
    pub dry_run: bool,
    /// Show the values of environment variables instead of masking them
    #[arg(long)]
    pub show_secrets: bool,
    /// Do not ask before something is removed; required where there is no terminal
    #[arg(short, long)]
    pub yes: bool,
}

/// Options of changes that involve no environment variables.
#[derive(Debug, Clone, Copy, Args)]
pub struct DryRunArgs {
    /// Print the request instead of sending it; nothing is changed
    #[arg(long)]
    pub dry_run: bool,
    /// Do not ask before something is removed; required where there is no terminal
    #[arg(short, long)]
    pub yes: bool,
}

/// The option of verbs that remove something from this machine.
#[derive(Debug, Clone, Copy, Args)]
pub struct ConfirmArgs {
    /// Do not ask for confirmation; required where there is no terminal
    #[arg(short, long)]
    pub yes: bool,
}

/// For verbs that read the current state first, so that a change that is already made is not requested again.
pub(super) fn reads_first(arg: Arg) -> Arg {
    const HELP: &str = "Print the request instead of sending it; nothing is changed. The current state is read first, which needs credentials";
    if arg.get_id() == "dry_run" { arg.help(HELP) } else { arg }
}

impl From<DryRunArgs> for ChangeArgs {
    fn from(DryRunArgs { dry_run, yes }: DryRunArgs) -> Self {
        Self { dry_run, show_secrets: false, yes }
    }
}

/// Options of every verb that deletes or removes something.
#[derive(Debug, Clone, Copy, Args)]
pub struct RemovalArgs {
    /// Whether to ask.
    #[command(flatten)]
    pub confirm: ConfirmArgs,
    /// Print the request instead of sending it; nothing is changed
    #[arg(long)]
    pub dry_run: bool,
}

/// A condition on what is changed.
#[derive(Debug, Clone, Args)]
pub struct RevisionArgs {
    /// Change it only if it still has this revision ID
    #[arg(long, alias = "revision-id", value_name = "REVISION")]
    pub if_revision: Option<String>,
}

/// Paging of a listing.
#[derive(Debug, Clone, Args)]
pub struct PageArgs {
    /// Continue after the marker printed by an earlier listing
    #[arg(long, value_name = "MARKER")]
    pub marker: Option<String>,
    /// Stop after this many items, 1-10000, and print the marker to continue with
    #[arg(long, value_name = "N", value_parser = whole::<u32>("from 1 to 10000"))]
    pub max_items: Option<u32>,
    /// How many items to request per page; the provider may return fewer
    #[arg(long, value_name = "N", value_parser = whole::<u32>("of at least 1"))]
    pub page_size: Option<u32>,
}
