//! Tests of the router with the simulator and a store in memory.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod access;
mod connections;
mod document;
mod events;
mod guard;
mod guide;
mod hostile;
mod jobs;
mod pages;
mod references;
mod runs;
mod scope;
mod world;
