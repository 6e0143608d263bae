//! The real clock, sleep, ids, paths and environment: the only ambient authority.
//!
//! Everything that a program takes from its surroundings without being handed it is read here, once, and
//! handed on: [`Environment::from_process`] is the only place that reads variables and the working folder.
//! Other crates stay testable without changing their process.
#![deny(missing_docs, clippy::unwrap_used, clippy::panic)]

mod environment;
mod ids;
mod package;
mod paths;
mod secrets;
mod time;

pub use environment::Environment;
pub use ids::SystemIds;
pub use package::{LARGEST_UNPACKED, MOST_ENTRIES, PackageError, ZipPackage, read_package};
pub use paths::Paths;
pub use secrets::EnvAndFileSecrets;
pub use time::{SystemClock, TokioSleeper};
