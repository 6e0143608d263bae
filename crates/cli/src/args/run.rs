//! The grammar of `lamplight run`.

use crate::args::CallKeys;
use clap::Args;
use lamplight_domain::{InvocationType, did_you_mean};
use std::{path::PathBuf, time::Duration};

/// Options of `run`.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
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
    /// `@@`. A value overrides the one in `--params-file`. The text of a secret parameter can be a reference, such as
    /// `name=env:VARIABLE`; `name==text` sends such a text itself.
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
    /// The maximum number of attempts, 1-10; another attempt is made only after proof that the function did not start
    #[arg(long, value_name = "N")]
    pub max_attempts: Option<u32>,
    /// How long to wait for the end of the run, such as `90s`, `15m` or `1h`; without it, as long as the function may run
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub wait_limit: Option<Duration>,
    /// Do not request the log tail
    #[arg(long)]
    pub no_log_tail: bool,
    /// The client context that is passed to the function: a JSON object, `@FILE`, or `-` for stdin
    #[arg(long, value_name = "JSON")]
    pub client_context: Option<String>,
    /// Do not prompt for missing values
    #[arg(long)]
    pub no_input: bool,
    /// Write the response, byte for byte, to a file and not to stdout; without a response the file is empty
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

/// A number of seconds, minutes or hours: `90s`, `15m`, `1h`, or `90` for seconds.
fn duration(text: &str) -> Result<Duration, &'static str> {
    const RULE: &str = "give a duration of at least 1 second, such as 90s, 15m or 1h";
    let (number, unit) = text.split_at(text.trim_end_matches(|c: char| c.is_ascii_alphabetic()).len());
    let seconds = match unit {
        "" | "s" => 1,
        "m" => 60,
        "h" => 3600,
        _ => return Err(RULE),
    };
    let number: u64 = number.parse().map_err(|_| RULE)?;
    number.checked_mul(seconds).filter(|seconds| *seconds > 0).map(Duration::from_secs).ok_or(RULE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_has_a_unit_or_is_in_seconds() {
        for (text, seconds) in [("90s", 90), ("90", 90), ("15m", 900), ("1h", 3600)] {
            assert_eq!(duration(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for text in ["", "s", "0", "0s", "-1s", "1.5h", "1d", "1 h", "5ms", "18446744073709551615h"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }
}
