//! Connects the ports to their adapters for every front: it chooses the adapters, finds and reads the configuration file,
//! and keeps connections open.
//!
//! A front creates one [`Connections`] from [`Overrides`], its [`Environment`](lamplight_system_adapter::Environment) and
//! the [`Adapters`] of its build, and passes it to the use cases as their [`Connector`](lamplight_ports::Connector). This
//! crate does not depend on any front: a caller gives each value together with the name of its option or field, and every
//! error is a [`PortError`](lamplight_ports::PortError).
#![deny(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[cfg(not(all(feature = "aws", feature = "http")))]
mod absent;
mod adapters;
#[cfg(feature = "aws")]
mod aws;
mod connections;
mod fake;
mod file;
#[cfg(feature = "http")]
mod http_functions;
#[cfg(any(feature = "aws", feature = "http"))]
mod network;
mod secrets;
mod shared;

pub use adapters::Adapters;
#[cfg(feature = "aws")]
pub use aws::AwsFactory;
pub use connections::{Connections, Overrides};
pub use fake::FakeFactory;
pub use file::{FILE_NAME, config_error, edit};
#[cfg(feature = "http")]
pub use http_functions::HttpFunctionsFactory;
pub use lamplight_sqlite_adapter::SqliteStore;
