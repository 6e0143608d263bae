//! Options that verbs of managing share.

use crate::args::number::whole;
use clap::{Arg, Args};

/// Options of everything that changes something.
#[derive(Debug, Clone, Copy, Args)]
pub struct ChangeArgs {
    /// Change nothing; print the request that would be sent
    #[arg(long)]
    pub dry_run: bool,
    /// Show the values of environment variables, which are masked otherwise
    #[arg(long)]
    pub show_secrets: bool,
}

/// Options of changes that no environment variable is part of.
#[derive(Debug, Clone, Copy, Args)]
pub struct DryRunArgs {
    /// Change nothing; print the request that would be sent
    #[arg(long)]
    pub dry_run: bool,
}

/// Of verbs that look at what is there before they ask for a change: what is so already is not asked for again.
pub(super) fn reads_first(arg: Arg) -> Arg {
    const HELP: &str = "Change nothing; print the request that would be sent. What is there is read first, which needs credentials";
    if arg.get_id() == "dry_run" { arg.help(HELP) } else { arg }
}

impl From<DryRunArgs> for ChangeArgs {
    fn from(DryRunArgs { dry_run }: DryRunArgs) -> Self {
        Self { dry_run, show_secrets: false }
    }
}

/// Options of everything that takes something away.
#[derive(Debug, Clone, Copy, Args)]
pub struct RemovalArgs {
    /// Do not ask; needed where nobody can answer
    #[arg(short, long)]
    pub yes: bool,
    /// Change nothing; print the request that would be sent
    #[arg(long)]
    pub dry_run: bool,
}

/// A condition on what is changed.
#[derive(Debug, Clone, Args)]
pub struct RevisionArgs {
    /// Change it only where it still has this revision id
    #[arg(long, alias = "revision-id", value_name = "REVISION")]
    pub if_revision: Option<String>,
}

/// How much of a listing is wanted.
#[derive(Debug, Clone, Args)]
pub struct PageArgs {
    /// Go on where an earlier listing ended: what it says at its end
    #[arg(long, value_name = "MARKER")]
    pub marker: Option<String>,
    /// End after this many, 1-10000, and say where to go on
    #[arg(long, value_name = "N", value_parser = whole::<u32>("from 1 to 10000"))]
    pub max_items: Option<u32>,
    /// How many one call asks for; the provider may give fewer
    #[arg(long, value_name = "N", value_parser = whole::<u32>("of at least 1"))]
    pub page_size: Option<u32>,
}
