//! The grammar of `lamplight doctor`.

use crate::args::CallKeys;
use clap::Args;

/// Options of `doctor`.
#[derive(Debug, Args)]
pub struct DoctorArgs {
    /// A job, or a function as name, name:alias or full reference; it is called as a dry run and never for real
    #[arg(value_name = "JOB")]
    pub target: Option<String>,
    /// Keys for this call alone.
    #[command(flatten)]
    pub keys: CallKeys,
}
