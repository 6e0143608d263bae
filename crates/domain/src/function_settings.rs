//! What can be set about a function.

use crate::Redacted;
use std::collections::BTreeMap;

/// One environment variable of a function; its value may be a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvironmentVariable {
    /// The key.
    pub key: String,
    /// The value.
    pub value: Redacted<String>,
}

/// Key and value pairs that people mark things with.
pub type Tags = BTreeMap<String, String>;

/// What can be set about a function and be changed afterwards.
///
/// In a description `None` is what the provider does not say. In a request it is what stays as it is, or takes the
/// provider's default; an empty text or list takes away what is set. Words such as a runtime's or a tracing mode's are
/// the provider's own: which it takes is for its adapter to check.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FunctionSettings {
    /// What it does, for people.
    pub description: Option<String>,
    /// The language runtime.
    pub runtime: Option<String>,
    /// The entry point.
    pub handler: Option<String>,
    /// The identity it runs as.
    pub role: Option<String>,
    /// Its own time limit in seconds.
    pub timeout_seconds: Option<u32>,
    /// Its memory in MiB.
    pub memory_mb: Option<u32>,
    /// Its disk for temporary files in MiB.
    pub ephemeral_storage_mb: Option<u32>,
    /// Its environment, by key; as a whole, never merged.
    pub environment: Option<Vec<EnvironmentVariable>>,
    /// The key that its environment is encrypted with.
    pub encryption_key: Option<String>,
    /// The versions of layers it is built upon, in their order; as a whole.
    pub layers: Option<Vec<String>>,
    /// How its calls are traced.
    pub tracing: Option<String>,
    /// The private network it is attached to.
    pub network: Option<Network>,
    /// Where events go that it failed on.
    pub dead_letter_target: Option<String>,
    /// The file systems it mounts; as a whole.
    pub file_systems: Option<Vec<FileSystemMount>>,
    /// How its container is started, where it is packaged as one.
    pub image: Option<ImageSettings>,
    /// When a snapshot of it is taken that calls start from.
    pub snapshot_start: Option<String>,
    /// How it writes its log.
    pub logging: Option<LoggingSettings>,
    /// How its long executions are kept.
    pub durable: Option<DurableSettings>,
    /// The machines of the account's own that it runs on.
    pub capacity: Option<CapacitySettings>,
}

/// A private network that a function is attached to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Network {
    /// Its subnets; none detaches the function.
    pub subnets: Vec<String>,
    /// The security groups of the function in it.
    pub security_groups: Vec<String>,
    /// Whether IPv6 may leave subnets that have both.
    pub ipv6: Option<bool>,
}

/// A file system that a function mounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileSystemMount {
    /// The provider's reference of its access point.
    pub reference: String,
    /// Where the function sees it.
    pub path: String,
}

/// How a container is started. An empty list or text goes back to the image's own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImageSettings {
    /// The program in place of the image's own.
    pub entry_point: Option<Vec<String>>,
    /// The arguments in place of the image's own.
    pub command: Option<Vec<String>>,
    /// The folder it starts in.
    pub working_directory: Option<String>,
}

/// How a function writes its log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LoggingSettings {
    /// The form of its lines.
    pub format: Option<String>,
    /// The least severe line of its own that is kept.
    pub application_level: Option<String>,
    /// The least severe line of the provider that is kept.
    pub system_level: Option<String>,
    /// Where they go.
    pub group: Option<String>,
}

/// How executions are kept that outlive one call.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DurableSettings {
    /// The longest that one may take, in seconds.
    pub execution_timeout_seconds: Option<u32>,
    /// How long an ended one is kept, in days.
    pub retention_days: Option<u32>,
    /// The key that it is encrypted with.
    pub encryption_key: Option<String>,
}

/// Machines of the account's own that a function runs on.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CapacitySettings {
    /// The provider's reference of them.
    pub reference: String,
    /// How many calls one environment serves at once.
    pub concurrency_per_environment: Option<u32>,
    /// How much memory in GiB comes with each processor.
    pub memory_gib_per_processor: Option<f64>,
}
