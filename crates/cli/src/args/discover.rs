//! The grammar of `lamplight discover`.

use crate::args::{CallKeys, number::whole};
use clap::Args;

/// Options of `discover`.
#[derive(Debug, Args)]
pub struct DiscoverArgs {
    /// Import each listed function as a job; a job that exists follows its function, except for what was edited
    #[arg(long)]
    pub import: bool,
    /// Show what the import would change, and change nothing
    #[arg(long, requires = "import")]
    pub dry_run: bool,
    /// Make the imported jobs refuse undeclared arguments; by default they take them until their parameters are edited
    #[arg(long, requires = "import")]
    pub closed: bool,
    /// How many functions to request per page, 1-10000; the provider may return fewer
    #[arg(long, value_name = "N", value_parser = whole::<u32>("from 1 to 10000"))]
    pub page_size: Option<u32>,
    /// Continue after the marker printed by an earlier listing
    #[arg(long, value_name = "MARKER")]
    pub marker: Option<String>,
    /// Stop after this many functions, 1-10000, and print the marker to continue with
    #[arg(long, value_name = "N", value_parser = whole::<u32>("from 1 to 10000"))]
    pub max_items: Option<u32>,
    /// Keys for this call only.
    #[command(flatten)]
    pub keys: CallKeys,
}
