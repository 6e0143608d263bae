//! The grammar of `lamplight run`.

use crate::args::CallKeys;
use clap::Args;
use lamplight_domain::InvocationType;

/// Options of `run`.
#[derive(Debug, Args)]
pub struct RunArgs {
    /// A job, or a function as name, name:alias or full reference
    pub target: String,
    /// A value: `name=text`, `name=@file`, or `name:=json`; may be repeated
    #[arg(short = 'p', long = "param", value_name = "NAME=VALUE")]
    pub parameters: Vec<String>,
    /// A file of values, as a JSON object or as YAML scalars; `-` is stdin
    #[arg(long, value_name = "FILE")]
    pub params_file: Option<String>,
    /// The event itself, past all parameters: JSON, `@FILE`, or `-` for stdin
    #[arg(long, value_name = "JSON", conflicts_with_all = ["parameters", "params_file"])]
    pub payload: Option<String>,
    /// How the function is called: `RequestResponse`, `Event` or `DryRun`
    #[arg(long, value_name = "TYPE", value_parser = invocation_type)]
    pub invocation_type: Option<InvocationType>,
    /// The version or alias to call
    #[arg(long, value_name = "QUALIFIER")]
    pub qualifier: Option<String>,
    /// How many attempts the run may make, 1-10; a further one only where the function provably did not start
    #[arg(long, value_name = "N")]
    pub max_attempts: Option<u32>,
    /// Do not ask for the end of the function's log
    #[arg(long)]
    pub no_log_tail: bool,
    /// JSON that the function finds in its context's client context
    #[arg(long, value_name = "JSON")]
    pub client_context: Option<String>,
    /// Never ask for a missing value
    #[arg(long)]
    pub no_input: bool,
    /// Keys for this call alone.
    #[command(flatten)]
    pub keys: CallKeys,
}

/// The value is not repeated: it may be a secret in the wrong place.
fn invocation_type(text: &str) -> Result<InvocationType, &'static str> {
    text.parse().map_err(|_| "use RequestResponse, Event or DryRun")
}
