//! The use cases on the simulator, a store in memory and a manual clock.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod bench;
mod faults;
mod jobs;
mod runs;
mod secrets;
