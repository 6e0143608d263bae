//! Converts the settings of a function to the SDK's types.
//!
//! An empty text or list is sent as it is, because that is how a setting is removed at Lambda.

use crate::lambda::function::whole_number;
use aws_sdk_lambda::types::{
    ApplicationLogLevel, CapacityProviderConfig, DeadLetterConfig, DurableConfig, Environment,
    EphemeralStorage, FileSystemConfig, ImageConfig, LambdaManagedInstancesCapacityProviderConfig, LogFormat,
    LoggingConfig, Runtime, SnapStart, SnapStartApplyOn, SystemLogLevel, TenancyConfig, TenantIsolationMode,
    TracingConfig, TracingMode, VpcConfig,
};
use aws_smithy_types::error::operation::BuildError;
use lamplight_domain::{
    CapacitySettings, DurableSettings, EnvironmentVariable, ErrorCode, FileSystemMount, FunctionSettings,
    ImageSettings, LoggingSettings, Network,
};
use lamplight_ports::{PortError, PortErrorKind};

/// The members that `CreateFunction` and `UpdateFunctionConfiguration` have in common.
pub(super) struct WireSettings {
    pub(super) description: Option<String>,
    pub(super) runtime: Option<Runtime>,
    pub(super) handler: Option<String>,
    pub(super) role: Option<String>,
    pub(super) timeout: Option<i32>,
    pub(super) memory_size: Option<i32>,
    pub(super) ephemeral_storage: Option<EphemeralStorage>,
    pub(super) environment: Option<Environment>,
    pub(super) kms_key_arn: Option<String>,
    pub(super) layers: Option<Vec<String>>,
    pub(super) tracing_config: Option<TracingConfig>,
    pub(super) vpc_config: Option<VpcConfig>,
    pub(super) dead_letter_config: Option<DeadLetterConfig>,
    pub(super) file_system_configs: Option<Vec<FileSystemConfig>>,
    pub(super) image_config: Option<ImageConfig>,
    pub(super) snap_start: Option<SnapStart>,
    pub(super) logging_config: Option<LoggingConfig>,
    pub(super) durable_config: Option<DurableConfig>,
    pub(super) capacity_provider_config: Option<CapacityProviderConfig>,
}

/// Sets the members on the builder of either operation. This is a macro because the builders have no common type.
macro_rules! with_settings {
    ($builder:expr, $settings:expr) => {{
        let settings: $crate::lambda::functions::settings::WireSettings = $settings;
        $builder
            .set_description(settings.description)
            .set_runtime(settings.runtime)
            .set_handler(settings.handler)
            .set_role(settings.role)
            .set_timeout(settings.timeout)
            .set_memory_size(settings.memory_size)
            .set_ephemeral_storage(settings.ephemeral_storage)
            .set_environment(settings.environment)
            .set_kms_key_arn(settings.kms_key_arn)
            .set_layers(settings.layers)
            .set_tracing_config(settings.tracing_config)
            .set_vpc_config(settings.vpc_config)
            .set_dead_letter_config(settings.dead_letter_config)
            .set_file_system_configs(settings.file_system_configs)
            .set_image_config(settings.image_config)
            .set_snap_start(settings.snap_start)
            .set_logging_config(settings.logging_config)
            .set_durable_config(settings.durable_config)
            .set_capacity_provider_config(settings.capacity_provider_config)
    }};
}
pub(super) use with_settings;

impl WireSettings {
    pub(super) fn of(settings: &FunctionSettings) -> Result<Self, PortError> {
        let storage =
            |megabytes| EphemeralStorage::builder().size(whole_number(megabytes)).build().map_err(incomplete);
        let mounts = |mounts: &Vec<FileSystemMount>| mounts.iter().map(file_system).collect();
        Ok(Self {
            description: settings.description.clone(),
            runtime: settings.runtime.as_deref().map(Runtime::from),
            handler: settings.handler.clone(),
            role: settings.role.clone(),
            timeout: settings.timeout_seconds.map(whole_number),
            memory_size: settings.memory_mb.map(whole_number),
            ephemeral_storage: settings.ephemeral_storage_mb.map(storage).transpose()?,
            environment: settings.environment.as_deref().map(environment),
            kms_key_arn: settings.encryption_key.clone(),
            layers: settings.layers.clone(),
            tracing_config: settings
                .tracing
                .as_deref()
                .map(|mode| TracingConfig::builder().mode(TracingMode::from(mode)).build()),
            vpc_config: settings.network.as_ref().map(network),
            dead_letter_config: settings
                .dead_letter_target
                .as_deref()
                .map(|target| DeadLetterConfig::builder().target_arn(target).build()),
            file_system_configs: settings.file_systems.as_ref().map(mounts).transpose()?,
            image_config: settings.image.as_ref().map(image),
            snap_start: settings
                .snapshot_start
                .as_deref()
                .map(|apply_on| SnapStart::builder().apply_on(SnapStartApplyOn::from(apply_on)).build()),
            logging_config: settings.logging.as_ref().map(logging),
            durable_config: settings.durable.as_ref().map(durable),
            capacity_provider_config: settings.capacity.as_ref().map(capacity).transpose()?,
        })
    }
}

/// The tenant isolation mode, which can be set only when a function is created.
pub(super) fn tenancy(mode: Option<&str>) -> Result<Option<TenancyConfig>, PortError> {
    let build = |mode| {
        TenancyConfig::builder()
            .tenant_isolation_mode(TenantIsolationMode::from(mode))
            .build()
            .map_err(incomplete)
    };
    mode.map(build).transpose()
}

/// The error if a member that the SDK requires is missing. All of them are always given, so this should not happen.
fn incomplete(error: BuildError) -> PortError {
    PortError::new(
        PortErrorKind::InvalidRequest,
        ErrorCode::InvalidRequest,
        "the request lacks a required value",
    )
    .with_source(error)
}

fn environment(variables: &[EnvironmentVariable]) -> Environment {
    let pairs =
        variables.iter().map(|variable| (variable.key.clone(), variable.value.reveal().clone())).collect();
    Environment::builder().set_variables(Some(pairs)).build()
}

fn network(network: &Network) -> VpcConfig {
    VpcConfig::builder()
        .set_subnet_ids(Some(network.subnets.clone()))
        .set_security_group_ids(Some(network.security_groups.clone()))
        .set_ipv6_allowed_for_dual_stack(network.ipv6)
        .build()
}

fn file_system(mount: &FileSystemMount) -> Result<FileSystemConfig, PortError> {
    FileSystemConfig::builder()
        .arn(&mount.reference)
        .local_mount_path(&mount.path)
        .build()
        .map_err(incomplete)
}

fn image(image: &ImageSettings) -> ImageConfig {
    ImageConfig::builder()
        .set_entry_point(image.entry_point.clone())
        .set_command(image.command.clone())
        .set_working_directory(image.working_directory.clone())
        .build()
}

fn logging(logging: &LoggingSettings) -> LoggingConfig {
    LoggingConfig::builder()
        .set_log_format(logging.format.as_deref().map(LogFormat::from))
        .set_application_log_level(logging.application_level.as_deref().map(ApplicationLogLevel::from))
        .set_system_log_level(logging.system_level.as_deref().map(SystemLogLevel::from))
        .set_log_group(logging.group.clone())
        .build()
}

fn durable(durable: &DurableSettings) -> DurableConfig {
    DurableConfig::builder()
        .set_kms_key_arn(durable.encryption_key.clone())
        .set_retention_period_in_days(durable.retention_days.map(whole_number))
        .set_execution_timeout(durable.execution_timeout_seconds.map(whole_number))
        .build()
}

fn capacity(capacity: &CapacitySettings) -> Result<CapacityProviderConfig, PortError> {
    let machines = LambdaManagedInstancesCapacityProviderConfig::builder()
        .capacity_provider_arn(&capacity.reference)
        .set_per_execution_environment_max_concurrency(capacity.concurrency_per_environment.map(whole_number))
        .set_execution_environment_memory_gib_per_v_cpu(capacity.memory_gib_per_processor)
        .build()
        .map_err(incomplete)?;
    Ok(CapacityProviderConfig::builder().lambda_managed_instances_capacity_provider_config(machines).build())
}
