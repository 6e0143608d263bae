//! The grammar of `lamplight doctor`.

use crate::args::CallKeys;
use clap::Args;

/// Options of `doctor`.
#[derive(Debug, Args)]
pub struct DoctorArgs {
    /// A job, or a function as name, name:alias or ARN; the check makes a dry run and never runs it
    #[arg(value_name = "JOB")]
    pub target: Option<String>,
    /// Keys for this call only.
    #[command(flatten)]
    pub keys: CallKeys,
}
