//! The simulator and the store in memory pass the same conformance suites as the real adapters.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod changes;
mod managing;
mod offline;
mod plain;
mod provider;
mod stores;
mod world;
