//! The adapters of the machine against the suites of their ports.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

mod package;
mod secrets;
