//! The grammar of `lamplight run`.

use crate::args::CallKeys;
use clap::Args;
use lamplight_domain::{InvocationType, did_you_mean};
use std::path::PathBuf;

/// Options of `run`.
#[derive(Debug, Args)]
pub struct RunArgs {
    /// A job, or else a function as name, name:alias or ARN
    pub target: String,
    /// The target is a job: fail if there is none of this name
    #[arg(long, conflicts_with = "function")]
    pub job: bool,
    /// The target is a function, even if there is a job of this name
    #[arg(long)]
    pub function: bool,
    /// A parameter value: `name=text`, `name==text`, `name:=json`, `name=@file`; may be repeated
    ///
    /// `name=text` is read by the parameter's type; where that is string, or where there is no job, a text that is a JSON
    /// object or array is embedded as JSON. `name==text` always sends the text as a JSON string. `name:=json` sends JSON.
    /// `@FILE` after any of them reads the value from a file (`-` is stdin); a text that begins with `@` is written
    /// `@@`. A value overrides the one in `--params-file`.
    #[arg(short = 'p', long = "param", value_name = "NAME=VALUE")]
    pub parameters: Vec<String>,
    /// A file of parameter values, as a JSON object or as YAML scalars; `-` is stdin
    #[arg(long, value_name = "FILE")]
    pub params_file: Option<String>,
    /// The event itself, bypassing parameters: JSON, `@FILE`, or `-` for stdin
    #[arg(long, value_name = "JSON", conflicts_with_all = ["parameters", "params_file"])]
    pub payload: Option<String>,
    /// The invocation type: `RequestResponse`, `Event` or `DryRun`
    #[arg(long, value_name = "TYPE", value_parser = invocation_type)]
    pub invocation_type: Option<InvocationType>,
    /// The version or alias to call
    #[arg(long, value_name = "QUALIFIER")]
    pub qualifier: Option<String>,
    /// The most attempts, 1-10; another attempt is made only after proof that the function did not start
    #[arg(long, value_name = "N")]
    pub max_attempts: Option<u32>,
    /// Do not request the log tail
    #[arg(long)]
    pub no_log_tail: bool,
    /// The client context that is passed to the function: a JSON object, `@FILE`, or `-` for stdin
    #[arg(long, value_name = "JSON")]
    pub client_context: Option<String>,
    /// Do not prompt for missing values
    #[arg(long)]
    pub no_input: bool,
    /// Write the response, byte for byte, to a file and not to stdout; empty if there is none
    #[arg(long, value_name = "FILE")]
    pub response_file: Option<PathBuf>,
    /// Keys for this call only.
    #[command(flatten)]
    pub keys: CallKeys,
}

/// The value is not repeated: it may be a secret in the wrong place.
fn invocation_type(text: &str) -> Result<InvocationType, String> {
    text.parse().map_err(|_| {
        let meant = did_you_mean(text, InvocationType::ALL.map(InvocationType::as_str));
        format!("use RequestResponse, Event or DryRun{meant}")
    })
}
