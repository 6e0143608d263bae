//! What fronts are given: connections that are kept, overrides, providers that are not there, the file that is written.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

mod bench;
mod keeping;
mod overriding;
mod providers;
mod writing;
