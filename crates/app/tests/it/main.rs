//! Tests of the use cases with the simulator, a store in memory and a manual clock.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod answers;
mod auth_gate;
mod bench;
mod desk;
mod doctor;
mod faults;
mod jobs;
mod lacking;
mod lost_changes;
mod managing;
mod runs;
mod secrets;
