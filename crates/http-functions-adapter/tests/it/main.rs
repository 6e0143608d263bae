//! Tests of the adapter over real sockets: its requests, its interpretation of responses and faults, and the
//! conformance suites.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

mod answers;
mod catalogue_conformance;
mod faults;
mod invoker_conformance;
mod reachability;
mod secrets;
mod support;
