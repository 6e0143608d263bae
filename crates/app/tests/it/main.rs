//! Tests of the use cases with the simulator, a store in memory and a manual clock.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::result_large_err, reason = "mocks return the errors of the ports as they are")]

mod access;
mod answers;
mod auth_gate;
mod bench;
mod calls;
mod desk;
mod doctor;
mod faults;
mod invoker;
mod jobs;
mod lacking;
mod lost_changes;
mod managing;
mod queue;
mod recording;
mod runs;
mod secrets;
mod targets;
