//! Tests of the crate's public interface, by module.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

mod arn;
mod error_catalog;
mod function_spec;
mod manage_errors;
mod region;
mod report;
mod strategies;
