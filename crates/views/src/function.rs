//! Functions with all that is known of them. Values of environment variables are masked.

use lamplight_domain::{
    CapacitySettings, DurableSettings, FileSystemMount, Function, FunctionSettings, ImageSettings,
    LoggingSettings, MASK, Network, Tags,
};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// A function. What is not known or not set is left out; the order is the one people read in.
#[derive(Debug, Serialize, JsonSchema)]
pub struct FunctionView<'a> {
    /// The bare name.
    pub name: &'a str,
    /// The provider's full reference: that of a published version ends with its number.
    pub reference: &'a str,
    /// The version described, in the provider's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<&'a str>,
    /// What it does, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<&'a str>,
    /// The language runtime.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub runtime: Option<&'a str>,
    /// The entry point.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handler: Option<&'a str>,
    /// The identity it runs as.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<&'a str>,
    /// Its own time limit in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout_seconds: Option<u32>,
    /// Its memory in MiB.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory_mb: Option<u32>,
    /// Its disk for temporary files in MiB.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ephemeral_storage_mb: Option<u32>,
    /// The processor architecture, in the provider's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub architecture: Option<&'a str>,
    /// How its code is packaged, in the provider's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub package_type: Option<&'a str>,
    /// The checksum of its code, in the provider's form.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code_sha256: Option<&'a str>,
    /// The size of its code as it was uploaded, in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code_bytes: Option<u64>,
    /// The container image it was made of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_uri: Option<&'a str>,
    /// Its environment, by key; values are masked unless they were asked for.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub environment: BTreeMap<&'a str, &'a str>,
    /// Why the environment could not be read, where it could not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment_error: Option<&'a str>,
    /// The key that its environment is encrypted with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kms_key_arn: Option<&'a str>,
    /// The versions of layers it is built upon, in their order.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub layers: &'a [String],
    /// How its calls are traced.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tracing_mode: Option<&'a str>,
    /// The private network it is attached to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vpc: Option<NetworkView<'a>>,
    /// Where events go that it failed on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dead_letter_target_arn: Option<&'a str>,
    /// The file systems it mounts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub file_systems: Vec<FileSystemView<'a>>,
    /// How its container is started; what is the image's own is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<ImageView<'a>>,
    /// When a snapshot of it is taken that calls start from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub snap_start: Option<&'a str>,
    /// How it writes its log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logging: Option<LoggingView<'a>>,
    /// How its long executions are kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub durable: Option<DurableView<'a>>,
    /// The machines of the account's own that it runs on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capacity_provider: Option<CapacityView<'a>>,
    /// How callers are kept apart, in the provider's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant_isolation_mode: Option<&'a str>,
    /// How many calls are kept for it alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reserved_concurrent_executions: Option<u32>,
    /// What it is marked with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<&'a Tags>,
    /// Whether it can be called, in the provider's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<&'a str>,
    /// Why it is in that state, in the provider's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state_reason: Option<&'a str>,
    /// How its last change went, in the provider's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub update_status: Option<&'a str>,
    /// Why its last change went so, in the provider's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub update_reason: Option<&'a str>,
    /// When it last changed, in the provider's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_modified: Option<&'a str>,
    /// What it is to be changed from, for changes that must not undo another's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision_id: Option<&'a str>,
    /// The function in another region that this one is a copy of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub master_arn: Option<&'a str>,
}

impl<'a> FunctionView<'a> {
    /// One function; with `secrets` the values of its environment are told.
    pub fn new(function: &'a Function, secrets: bool) -> Self {
        // Taken apart, so that a setting which is added later cannot be forgotten here.
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

/// A private network that a function is attached to.
#[derive(Debug, Serialize, JsonSchema)]
pub struct NetworkView<'a> {
    /// Whether IPv6 may leave subnets that have both.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ipv6_allowed_for_dual_stack: Option<bool>,
    /// The security groups of the function in it.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub security_group_ids: &'a [String],
    /// Its subnets.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub subnet_ids: &'a [String],
}

impl<'a> NetworkView<'a> {
    /// `None` where nothing is set.
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
    /// The provider's reference of its access point.
    pub arn: &'a str,
    /// Where the function sees it.
    pub path: &'a str,
}

impl<'a> FileSystemView<'a> {
    fn new(system: &'a FileSystemMount) -> Self {
        let FileSystemMount { reference, path } = system;
        Self { arn: reference, path }
    }
}

/// How a container is started.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ImageView<'a> {
    /// The arguments in place of the image's own.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub command: &'a [String],
    /// The program in place of the image's own.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub entry_point: &'a [String],
    /// The folder it starts in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub working_directory: Option<&'a str>,
}

impl<'a> ImageView<'a> {
    /// `None` where all is the image's own.
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

/// How a function writes its log.
#[derive(Debug, Serialize, JsonSchema)]
pub struct LoggingView<'a> {
    /// The least severe line of its own that is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub application_level: Option<&'a str>,
    /// The form of its lines.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<&'a str>,
    /// Where they go.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<&'a str>,
    /// The least severe line of the provider that is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub system_level: Option<&'a str>,
}

impl<'a> LoggingView<'a> {
    /// `None` where nothing is set.
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

/// How executions are kept that outlive one call.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DurableView<'a> {
    /// The longest that one may take, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub execution_timeout_seconds: Option<u32>,
    /// The key that it is encrypted with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kms_key_arn: Option<&'a str>,
    /// How long an ended one is kept, in days.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retention_days: Option<u32>,
}

impl<'a> DurableView<'a> {
    /// `None` where nothing is set.
    fn new(durable: &'a DurableSettings) -> Option<Self> {
        let DurableSettings { execution_timeout_seconds, retention_days, encryption_key } = durable;
        (*durable != DurableSettings::default()).then_some(Self {
            execution_timeout_seconds: *execution_timeout_seconds,
            kms_key_arn: encryption_key.as_deref(),
            retention_days: *retention_days,
        })
    }
}

/// Machines of the account's own that a function runs on.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CapacityView<'a> {
    /// The provider's reference of them.
    pub arn: &'a str,
    /// How much memory in GiB comes with each processor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub execution_environment_memory_gib_per_vcpu: Option<f64>,
    /// How many calls one environment serves at once.
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
