//! The system's clock, sleep, IDs, paths and environment, and packages of code.
//!
//! Only this crate reads global state of the process: [`Environment::from_process`] is the only place that reads
//! environment variables and the working folder. All other crates receive these values, so they can be tested without
//! changing the process.
#![deny(missing_docs, clippy::unwrap_used, clippy::panic)]

mod config_file;
mod environment;
mod ids;
mod package;
mod paths;
mod secrets;
mod time;
mod trust;

pub use config_file::ConfigFile;
pub use environment::Environment;
pub use ids::SystemIds;
pub use package::{
    LARGEST_UNPACKED, LEFT_OUT, MOST_ENTRIES, PackageError, PackedFolder, ZipPackage, read_package,
};
pub use paths::Paths;
pub use secrets::EnvAndFileSecrets;
pub use time::{SystemClock, TokioSleeper};
