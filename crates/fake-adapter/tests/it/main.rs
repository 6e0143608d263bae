//! The simulator and the store in memory are held to the same suites as the real adapters.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod changes;
mod managing;
mod offline;
mod plain;
mod provider;
mod stores;
mod world;
