//! The grammar of `lamplight discover`.

use crate::args::{CallKeys, number::whole};
use clap::Args;

/// Options of `discover`.
#[derive(Debug, Args)]
pub struct DiscoverArgs {
    /// Make a job of each function listed; jobs that exist keep what people set
    #[arg(long)]
    pub import: bool,
    /// How many functions one call asks for, 1-10000; the service may give fewer
    #[arg(long, value_name = "N", value_parser = whole::<u32>("from 1 to 10000"))]
    pub page_size: Option<u32>,
    /// Begin where an earlier walk ended: its next marker
    #[arg(long, value_name = "MARKER")]
    pub marker: Option<String>,
    /// Stop after this many functions, 1-10000, and say where to go on
    #[arg(long, value_name = "N", value_parser = whole::<u32>("from 1 to 10000"))]
    pub max_items: Option<u32>,
    /// Keys for this call alone.
    #[command(flatten)]
    pub keys: CallKeys,
}
