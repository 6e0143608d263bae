//! Tests of the store through its public interface.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "tests fail by panicking, and their children print"
)]

mod aside;
mod backup;
mod conformance;
mod durability;
mod migration;
mod opening;
mod queue;
mod read_only;
mod records;
mod runners;
mod schema;
mod support;
