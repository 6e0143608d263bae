//! Tests of what fronts use: connections that are kept open, overrides, missing providers, and writing the file.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

mod bench;
mod keeping;
mod overriding;
mod providers;
mod writing;
