//! The built binary as a user runs it: the demo connection, bad input, stores that cannot be used, and signals.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod bad_input;
mod demo;
mod documents;
mod faults;
mod lamplight;
mod policies;
mod signals;
mod store;
