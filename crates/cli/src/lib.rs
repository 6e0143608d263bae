//! The `lamplight` command line: parses, calls one use case, renders what comes back.

mod args;
mod arguments;
mod commands;
mod config;
mod exit_code;
mod failure;
mod output;
mod progress;
mod render;
mod start;
mod wiring;
mod yaml;

pub use args::Cli;
pub use exit_code::ExitCode;
pub use start::run;
