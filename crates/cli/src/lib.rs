//! The `lamplight` command line: parses, calls one use case, renders the result.
//!
//! To build a program with a provider of your own, add it to [`Adapters`]:
//!
//! ```no_run
//! # fn provider() -> std::sync::Arc<dyn lamplight_ports::ProviderFactory> { unimplemented!() }
//! fn main() -> std::process::ExitCode {
//!     let adapters = lamplight_cli::Adapters::default().with_provider(provider());
//!     lamplight_cli::run(std::env::args_os(), adapters).into()
//! }
//! ```

mod args;
mod arguments;
mod aws_spelling;
mod commands;
mod completion;
mod error_codes;
mod exit_code;
mod failure;
mod hints;
mod input;
mod interrupt;
mod listing;
mod members;
mod nearest;
mod output;
mod pages;
mod progress;
mod render;
mod report;
mod response;
mod start;
mod suggest;
mod times;
mod wiring;
mod yaml;

pub use args::Cli;
pub use error_codes::error_codes;
pub use exit_code::ExitCode;
pub use lamplight_wiring::Adapters;
pub use pages::pages;
pub use start::run;
