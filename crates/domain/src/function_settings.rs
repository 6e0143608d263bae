//! The settings of a function.

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

/// Tags: keys and values that users attach to resources.
pub type Tags = BTreeMap<String, String>;

/// The settings of a function, all of which can be changed later.
///
/// In a description, `None` is what the provider does not report. In an update, `None` keeps the current value; when a
/// function is created, it is the provider's default. An empty text or list removes what is set. Values such as a
/// runtime or a tracing mode are the provider's own, and the provider checks them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FunctionSettings {
    /// What the function does.
    pub description: Option<String>,
    /// The language runtime.
    pub runtime: Option<String>,
    /// The entry point.
    pub handler: Option<String>,
    /// The execution role.
    pub role: Option<String>,
    /// The timeout in seconds.
    pub timeout_seconds: Option<u32>,
    /// The memory in MiB.
    pub memory_mb: Option<u32>,
    /// The ephemeral storage in MiB.
    pub ephemeral_storage_mb: Option<u32>,
    /// The environment variables, sorted by key. A request replaces all of them.
    pub environment: Option<Vec<EnvironmentVariable>>,
    /// The key that encrypts the environment variables.
    pub encryption_key: Option<String>,
    /// The layer versions, in order. A request replaces all of them.
    pub layers: Option<Vec<String>>,
    /// The tracing mode.
    pub tracing: Option<String>,
    /// The private network that it is attached to.
    pub network: Option<Network>,
    /// The dead-letter queue or topic for events that it failed to process.
    pub dead_letter_target: Option<String>,
    /// The file systems that it mounts. A request replaces all of them.
    pub file_systems: Option<Vec<FileSystemMount>>,
    /// How its container is started, if it is a container image.
    pub image: Option<ImageSettings>,
    /// When the provider takes a snapshot to start the function from.
    pub snapshot_start: Option<String>,
    /// The logging settings.
    pub logging: Option<LoggingSettings>,
    /// The settings of its durable executions.
    pub durable: Option<DurableSettings>,
    /// The settings for running it on compute capacity of the account.
    pub capacity: Option<CapacitySettings>,
}

/// A private network that a function is attached to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Network {
    /// The subnets; an empty list detaches the function.
    pub subnets: Vec<String>,
    /// The security groups of the function.
    pub security_groups: Vec<String>,
    /// Whether outbound IPv6 traffic is allowed in dual-stack subnets.
    pub ipv6: Option<bool>,
}

/// A file system that a function mounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileSystemMount {
    /// The provider's reference of its access point.
    pub reference: String,
    /// The local path where it is mounted.
    pub path: String,
}

/// How a container is started. An empty list or text restores the image's own setting.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImageSettings {
    /// The entry point, in place of the image's own.
    pub entry_point: Option<Vec<String>>,
    /// The command, in place of the image's own.
    pub command: Option<Vec<String>>,
    /// The working directory, in place of the image's own.
    pub working_directory: Option<String>,
}

/// How a function writes its log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LoggingSettings {
    /// The log format.
    pub format: Option<String>,
    /// The lowest level of the function's own lines that is recorded.
    pub application_level: Option<String>,
    /// The lowest level of the provider's lines that is recorded.
    pub system_level: Option<String>,
    /// The log group.
    pub group: Option<String>,
}

/// The settings of durable executions, which outlive one call.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DurableSettings {
    /// The maximum duration of an execution, in seconds.
    pub execution_timeout_seconds: Option<u32>,
    /// How long a finished execution is kept, in days.
    pub retention_days: Option<u32>,
    /// The key that encrypts executions.
    pub encryption_key: Option<String>,
}

/// Compute capacity of the account that a function runs on.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CapacitySettings {
    /// The provider's reference of the capacity.
    pub reference: String,
    /// The maximum number of concurrent calls in one execution environment.
    pub concurrency_per_environment: Option<u32>,
    /// The memory per processor, in GiB.
    pub memory_gib_per_processor: Option<f64>,
}
