//! The adapter over real sockets: what it sends, what it makes of answers and faults, and the suites of its ports.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

mod answers;
mod catalogue_conformance;
mod faults;
mod invoker_conformance;
mod reachability;
mod secrets;
mod support;
