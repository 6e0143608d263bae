//! What fronts are given: connections that are kept, overrides, providers that are not there, the committed schema.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

mod bench;
mod keeping;
mod overriding;
mod providers;
