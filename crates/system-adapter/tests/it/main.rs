//! Runs the suites of the ports against the system adapters.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

mod package;
mod secrets;
