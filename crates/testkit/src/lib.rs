//! Servers and environments for the tests of several crates; only a dev-dependency.
//!
//! - [`World`]: AWS, identity providers, machines and vaults, each at its real address. Each checks requests as
//!   strictly as the original does, and records them.
//! - [`script`]: a server whose every byte a test decides, including violations of the protocol.
//! - [`exchange`]: the port of HTTP requests, answered from a list.
//! - [`in_child`]: a separate process for a test that needs its own environment.
#![deny(missing_docs)]
#![expect(clippy::missing_panics_doc, clippy::unwrap_used, reason = "a test fails by panicking")]

mod account;
pub mod aws;
mod child;
pub mod entra;
pub mod exchange;
mod function;
pub mod http;
pub mod jwt;
pub mod lambda;
mod lambda_answer;
pub mod machine;
mod manage;
pub mod oidc;
pub mod script;
pub mod server;
mod sigv4;
mod small_services;
pub mod sts;
mod time;
mod tls;
pub mod vault;
mod world;

#[cfg(test)]
mod stub_tests;

pub use child::in_child;
pub use time::pass;
pub use world::World;
