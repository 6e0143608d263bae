//! Laws of the domain, held for any input that proptest can think of.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod found;
mod outputs;
mod payload;
mod run_id;
mod runs;
mod secrets;
mod settings;
