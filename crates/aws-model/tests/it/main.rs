//! What the crate promises to others, by module.

mod arn;
mod error_catalog;
mod function_spec;
mod manage_errors;
mod region;
mod report;
mod strategies;
