//! Tests of the configuration file: valid contents, errors with their place, the schema, and edits that keep comments.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

mod editing;
mod examples;
mod http_functions;
mod mistakes;
mod providers;
mod schema;
