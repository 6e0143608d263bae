//! One test suite per port; every adapter of the port runs it.
//!
//! Each suite is a harness trait that an adapter's tests implement, a public function per guarantee of the port, and a
//! macro that expands to one test per guarantee.
#![deny(missing_docs)]
#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a suite fails by panicking"
)]

pub mod access_store;
pub mod account;
pub mod aliases;
pub mod async_invocations;
pub mod catalogue;
pub mod functions;
pub mod invoker;
pub mod job_store;
pub mod layers;
pub mod permissions;
pub mod run_history;
pub mod run_queue;
pub mod run_store;
pub mod runners;
pub mod samples;
pub mod secret_resolver;
pub mod stores;
pub mod workbench;
