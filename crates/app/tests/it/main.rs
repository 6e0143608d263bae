//! The use cases on the simulator, a store in memory and a manual clock.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod auth_gate;
mod bench;
mod doctor;
mod faults;
mod jobs;
mod managing;
mod runs;
mod secrets;
