//! The `lamplight` command line: parses, calls one use case, renders what comes back.

mod args;
mod arguments;
mod commands;
mod config;
mod error_codes;
mod exit_code;
mod failure;
mod hints;
mod interrupt;
mod listing;
mod output;
mod pages;
mod progress;
mod render;
mod start;
mod wiring;
mod yaml;

pub use args::Cli;
pub use error_codes::error_codes;
pub use exit_code::ExitCode;
pub use pages::pages;
pub use start::run;
