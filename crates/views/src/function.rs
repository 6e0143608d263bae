//! Functions with all their settings. Values of environment variables are masked.

use lamplight_domain::{
    CapacitySettings, DurableSettings, FileSystemMount, Function, FunctionSettings, ImageSettings,
    LoggingSettings, MASK, Network, Tags,
};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// A function. Values that are not known or not set are left out.
#[derive(Debug, Serialize, JsonSchema)]
pub struct FunctionView<'a> {
    /// The bare name.
    pub name: &'a str,
    /// The provider's full reference; for a published version it ends with the version number.
    pub reference: &'a str,
    /// The version that is described, as the provider names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<&'a str>,
    /// What the function does, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<&'a str>,
    /// The language runtime.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub runtime: Option<&'a str>,
    /// The entry point.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handler: Option<&'a str>,
    /// The execution role.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<&'a str>,
    /// The function's own time limit in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout_seconds: Option<u32>,
    /// The function's memory in MiB.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory_mb: Option<u32>,
    /// The ephemeral storage in MiB.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ephemeral_storage_mb: Option<u32>,
    /// The processor architecture, as the provider names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub architecture: Option<&'a str>,
    /// How the code is packaged, as the provider names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub package_type: Option<&'a str>,
    /// The checksum of the code, as the provider writes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code_sha256: Option<&'a str>,
    /// The size of the uploaded code in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code_bytes: Option<u64>,
    /// The container image of the function.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_uri: Option<&'a str>,
    /// The environment variables; values are masked unless secrets were requested.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub environment: BTreeMap<&'a str, &'a str>,
    /// Why the environment variables could not be read, if they could not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment_error: Option<&'a str>,
    /// The key that encrypts the environment variables.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kms_key_arn: Option<&'a str>,
    /// The layer versions, in the order in which they are applied.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub layers: &'a [String],
    /// The tracing mode.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tracing_mode: Option<&'a str>,
    /// The private network (VPC) of the function.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vpc: Option<NetworkView<'a>>,
    /// The dead-letter target for events that the function failed on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dead_letter_target_arn: Option<&'a str>,
    /// The file systems that the function mounts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub file_systems: Vec<FileSystemView<'a>>,
    /// Overrides of the container image's configuration; values of the image itself are left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<ImageView<'a>>,
    /// When the provider takes snapshots that calls start from (Lambda: `SnapStart`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub snap_start: Option<&'a str>,
    /// The logging configuration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logging: Option<LoggingView<'a>>,
    /// The configuration of durable executions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub durable: Option<DurableView<'a>>,
    /// The capacity provider that the function runs on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capacity_provider: Option<CapacityView<'a>>,
    /// The tenant isolation mode, as the provider names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant_isolation_mode: Option<&'a str>,
    /// The reserved concurrency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reserved_concurrent_executions: Option<u32>,
    /// The tags.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<&'a Tags>,
    /// The provider's state of the function, such as `Active`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<&'a str>,
    /// The reason for the state, as the provider words it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state_reason: Option<&'a str>,
    /// The status of the last update, as the provider names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub update_status: Option<&'a str>,
    /// The reason for the status of the last update, as the provider words it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub update_reason: Option<&'a str>,
    /// When the function was last changed, as the provider writes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_modified: Option<&'a str>,
    /// The revision of the function. A change that names it fails if somebody else changed the function in between.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision_id: Option<&'a str>,
    /// The function in another region that this one is a replica of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub master_arn: Option<&'a str>,
}

impl<'a> FunctionView<'a> {
    /// The view of a function. If `secrets` is true, the values of environment variables are shown.
    pub fn new(function: &'a Function, secrets: bool) -> Self {
        // Destructured, so that a new field cannot be forgotten here.
        let FunctionSettings {
            description,
            runtime,
            handler,
            role,
            timeout_seconds,
            memory_mb,
            ephemeral_storage_mb,
            environment: _,
            encryption_key,
            layers,
            tracing,
            network,
            dead_letter_target,
            file_systems,
            image,
            snapshot_start,
            logging,
            durable,
            capacity,
        } = &function.settings;
        let shown =
            |value: &'a lamplight_domain::Redacted<String>| if secrets { value.reveal() } else { MASK };
        Self {
            name: function.name.as_str(),
            reference: &function.reference,
            version: function.version.as_deref(),
            description: description.as_deref(),
            runtime: runtime.as_deref(),
            handler: handler.as_deref(),
            role: role.as_deref(),
            timeout_seconds: *timeout_seconds,
            memory_mb: *memory_mb,
            ephemeral_storage_mb: *ephemeral_storage_mb,
            architecture: function.architecture.as_deref(),
            package_type: function.package_type.as_deref(),
            code_sha256: function.code_sha256.as_deref(),
            code_bytes: function.code_size,
            image_uri: function.image.as_deref(),
            environment: function.environment().iter().map(|v| (v.key.as_str(), shown(&v.value))).collect(),
            environment_error: function.environment_error.as_deref(),
            kms_key_arn: encryption_key.as_deref(),
            layers: layers.as_deref().unwrap_or_default(),
            tracing_mode: tracing.as_deref(),
            vpc: network.as_ref().and_then(NetworkView::new),
            dead_letter_target_arn: dead_letter_target.as_deref(),
            file_systems: file_systems.iter().flatten().map(FileSystemView::new).collect(),
            image: image.as_ref().and_then(ImageView::new),
            snap_start: snapshot_start.as_deref(),
            logging: logging.as_ref().and_then(LoggingView::new),
            durable: durable.as_ref().and_then(DurableView::new),
            capacity_provider: capacity.as_ref().map(CapacityView::new),
            tenant_isolation_mode: function.tenancy.as_deref(),
            reserved_concurrent_executions: function.reserved_concurrency,
            tags: function.tags.as_ref().filter(|tags| !tags.is_empty()),
            state: function.state.as_deref(),
            state_reason: function.state_reason.as_deref(),
            update_status: function.update_status.as_deref(),
            update_reason: function.update_reason.as_deref(),
            last_modified: function.last_modified.as_deref(),
            revision_id: function.revision.as_deref(),
            master_arn: function.primary_reference.as_deref(),
        }
    }
}

/// The private network (VPC) of a function.
#[derive(Debug, Serialize, JsonSchema)]
pub struct NetworkView<'a> {
    /// Whether outbound IPv6 traffic is allowed in dual-stack subnets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ipv6_allowed_for_dual_stack: Option<bool>,
    /// The security groups of the function.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub security_group_ids: &'a [String],
    /// The subnets.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub subnet_ids: &'a [String],
}

impl<'a> NetworkView<'a> {
    /// `None` if nothing is set.
    fn new(network: &'a Network) -> Option<Self> {
        let Network { subnets, security_groups, ipv6 } = network;
        (*network != Network::default()).then(|| Self {
            ipv6_allowed_for_dual_stack: *ipv6,
            security_group_ids: security_groups,
            subnet_ids: subnets,
        })
    }
}

/// A file system that a function mounts.
#[derive(Debug, Serialize, JsonSchema)]
pub struct FileSystemView<'a> {
    /// The provider's reference of the access point.
    pub arn: &'a str,
    /// The path at which the function mounts it.
    pub path: &'a str,
}

impl<'a> FileSystemView<'a> {
    fn new(system: &'a FileSystemMount) -> Self {
        let FileSystemMount { reference, path } = system;
        Self { arn: reference, path }
    }
}

/// Overrides of a container image's configuration.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ImageView<'a> {
    /// The arguments that replace those of the image.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub command: &'a [String],
    /// The entry point that replaces that of the image.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub entry_point: &'a [String],
    /// The working directory.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub working_directory: Option<&'a str>,
}

impl<'a> ImageView<'a> {
    /// `None` if nothing is overridden.
    fn new(image: &'a ImageSettings) -> Option<Self> {
        let ImageSettings { entry_point, command, working_directory } = image;
        let view = Self {
            command: command.as_deref().unwrap_or_default(),
            entry_point: entry_point.as_deref().unwrap_or_default(),
            working_directory: working_directory.as_deref(),
        };
        let is_set =
            !view.command.is_empty() || !view.entry_point.is_empty() || view.working_directory.is_some();
        is_set.then_some(view)
    }
}

/// The logging configuration of a function.
#[derive(Debug, Serialize, JsonSchema)]
pub struct LoggingView<'a> {
    /// The lowest level of the function's own log lines that are kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub application_level: Option<&'a str>,
    /// The format of the log lines.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<&'a str>,
    /// The log group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<&'a str>,
    /// The lowest level of the provider's log lines that are kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub system_level: Option<&'a str>,
}

impl<'a> LoggingView<'a> {
    /// `None` if nothing is set.
    fn new(logging: &'a LoggingSettings) -> Option<Self> {
        let LoggingSettings { format, application_level, system_level, group } = logging;
        (*logging != LoggingSettings::default()).then_some(Self {
            application_level: application_level.as_deref(),
            format: format.as_deref(),
            group: group.as_deref(),
            system_level: system_level.as_deref(),
        })
    }
}

/// The configuration of durable executions.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DurableView<'a> {
    /// The maximum duration of an execution in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub execution_timeout_seconds: Option<u32>,
    /// The key that encrypts executions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kms_key_arn: Option<&'a str>,
    /// How long an ended execution is kept, in days.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retention_days: Option<u32>,
}

impl<'a> DurableView<'a> {
    /// `None` if nothing is set.
    fn new(durable: &'a DurableSettings) -> Option<Self> {
        let DurableSettings { execution_timeout_seconds, retention_days, encryption_key } = durable;
        (*durable != DurableSettings::default()).then_some(Self {
            execution_timeout_seconds: *execution_timeout_seconds,
            kms_key_arn: encryption_key.as_deref(),
            retention_days: *retention_days,
        })
    }
}

/// The capacity provider that a function runs on.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CapacityView<'a> {
    /// The provider's reference of the capacity provider.
    pub arn: &'a str,
    /// The memory per virtual CPU in GiB.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub execution_environment_memory_gib_per_vcpu: Option<f64>,
    /// The number of calls that one execution environment runs at the same time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_execution_environment_max_concurrency: Option<u32>,
}

impl<'a> CapacityView<'a> {
    fn new(capacity: &'a CapacitySettings) -> Self {
        let CapacitySettings { reference, concurrency_per_environment, memory_gib_per_processor } = capacity;
        Self {
            arn: reference,
            execution_environment_memory_gib_per_vcpu: *memory_gib_per_processor,
            per_execution_environment_max_concurrency: *concurrency_per_environment,
        }
    }
}
