//! What tests of several crates speak to and run in; a dev-dependency and nothing else.
//!
//! - [`World`]: AWS, identity providers, machines and vaults, each at the address that it really has. Each checks what it
//!   is asked as strictly as the original does, and everything is kept.
//! - [`script`]: a server whose every byte a test decides, also where it breaks the protocol.
//! - [`in_child`]: a process of its own for a test that needs an environment of its own.
#![deny(missing_docs)]
#![expect(clippy::missing_panics_doc, clippy::unwrap_used, reason = "a test fails by panicking")]

mod account;
pub mod aws;
mod child;
pub mod entra;
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
