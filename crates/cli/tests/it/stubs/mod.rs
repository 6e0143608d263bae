//! Servers that stand in for AWS, identity providers, machines and vaults. Each checks what it is asked as strictly
//! as the original does, and keeps every byte.

pub mod aws;
pub mod entra;
pub mod http;
pub mod jwt;
pub mod lambda;
pub mod machine;
mod manage;
pub mod oidc;
pub mod server;
mod sigv4;
mod small_services;
pub mod sts;
mod tls;
pub mod vault;
mod world;

#[cfg(test)]
mod sigv4_tests;
#[cfg(test)]
mod stub_tests;

pub use world::World;
