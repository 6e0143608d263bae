//! What the server writes: structured logs on stderr, without payloads and secrets.

use std::io::{IsTerminal, Write};
use tracing_subscriber::EnvFilter;

/// The SDK writes requests with their bodies at its lower levels.
const FILTER: &str = "info,aws_config=warn,aws_smithy_runtime=warn,aws_runtime=warn,hyper=warn,rustls=warn";

/// Starts logging. `level` is a filter of `tracing`; events of other crates stay at warnings.
pub fn start(level: Option<&str>, as_json: bool) {
    let filter = level.map_or_else(|| FILTER.to_owned(), |level| format!("{FILTER},lamplight={level}"));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(filter))
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    // A second start, in a test, changes nothing.
    let _ = if as_json { builder.json().try_init() } else { builder.try_init() };
}

/// Writes a line to stderr for the person who started the server.
pub fn say(text: &str) {
    // A closed stream cannot be told about.
    let _ = writeln!(std::io::stderr(), "{text}");
}
