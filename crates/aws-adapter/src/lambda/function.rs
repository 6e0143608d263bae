//! Converts Lambda's description of a function.

use aws_sdk_lambda::types::{
    CapacityProviderConfig, DurableConfig, EnvironmentResponse, FunctionConfiguration, ImageConfigResponse,
    LastUpdateStatus, LoggingConfig, State, VpcConfigResponse,
};
use lamplight_domain::{
    CapacitySettings, DurableSettings, EnvironmentVariable, ErrorCode, FileSystemMount, Function,
    FunctionSettings, ImageSettings, LoggingSettings, Network, Readiness, Redacted,
};
use lamplight_ports::{PortError, PortErrorKind};

/// Converts an answer with the members of a configuration into a [`FunctionConfiguration`]. The SDK has a separate output
/// type for each operation.
macro_rules! configuration_of {
    ($output:expr) => {{
        let output = $output;
        ::aws_sdk_lambda::types::FunctionConfiguration::builder()
            .set_function_name(output.function_name)
            .set_function_arn(output.function_arn)
            .set_runtime(output.runtime)
            .set_role(output.role)
            .set_handler(output.handler)
            .code_size(output.code_size)
            .set_description(output.description)
            .set_timeout(output.timeout)
            .set_memory_size(output.memory_size)
            .set_last_modified(output.last_modified)
            .set_code_sha256(output.code_sha256)
            .set_version(output.version)
            .set_vpc_config(output.vpc_config)
            .set_dead_letter_config(output.dead_letter_config)
            .set_environment(output.environment)
            .set_kms_key_arn(output.kms_key_arn)
            .set_tracing_config(output.tracing_config)
            .set_master_arn(output.master_arn)
            .set_revision_id(output.revision_id)
            .set_layers(output.layers)
            .set_state(output.state)
            .set_state_reason(output.state_reason)
            .set_state_reason_code(output.state_reason_code)
            .set_last_update_status(output.last_update_status)
            .set_last_update_status_reason(output.last_update_status_reason)
            .set_last_update_status_reason_code(output.last_update_status_reason_code)
            .set_file_system_configs(output.file_system_configs)
            .set_package_type(output.package_type)
            .set_image_config_response(output.image_config_response)
            .set_architectures(output.architectures)
            .set_ephemeral_storage(output.ephemeral_storage)
            .set_snap_start(output.snap_start)
            .set_logging_config(output.logging_config)
            .set_tenancy_config(output.tenancy_config)
            .set_capacity_provider_config(output.capacity_provider_config)
            .set_durable_config(output.durable_config)
            .build()
    }};
}
pub(crate) use configuration_of;

/// Enum values that this SDK version does not know are kept unchanged.
pub(crate) fn function(described: FunctionConfiguration) -> Result<Function, PortError> {
    let arn = described.function_arn.unwrap_or_default();
    let name = described.function_name.as_deref().and_then(|name| name.parse().ok()).ok_or_else(|| {
        let message = format!("Lambda returned a function without a valid name, ARN {arn:?}");
        PortError::new(PortErrorKind::Corrupt, ErrorCode::UnexpectedAnswer, message)
    })?;
    let mut function = Function::new(name, reference(&arn, described.version.as_deref()));
    let (environment, environment_error) = described.environment.map_or((None, None), variables);
    function.settings = FunctionSettings {
        description: non_empty(described.description),
        runtime: described.runtime.map(|runtime| runtime.as_str().to_owned()),
        handler: non_empty(described.handler),
        role: non_empty(described.role),
        timeout_seconds: described.timeout.and_then(number),
        memory_mb: described.memory_size.and_then(number),
        ephemeral_storage_mb: described.ephemeral_storage.and_then(|storage| number(storage.size)),
        environment,
        encryption_key: non_empty(described.kms_key_arn),
        layers: described.layers.map(|layers| layers.into_iter().filter_map(|layer| layer.arn).collect()),
        tracing: described
            .tracing_config
            .and_then(|tracing| tracing.mode)
            .map(|mode| mode.as_str().to_owned()),
        network: described.vpc_config.and_then(network),
        dead_letter_target: described.dead_letter_config.and_then(|dead| non_empty(dead.target_arn)),
        file_systems: described.file_system_configs.map(|systems| {
            let mount = |system: aws_sdk_lambda::types::FileSystemConfig| FileSystemMount {
                reference: system.arn,
                path: system.local_mount_path,
            };
            systems.into_iter().map(mount).collect()
        }),
        image: described.image_config_response.and_then(image),
        snapshot_start: described
            .snap_start
            .and_then(|snapshot| snapshot.apply_on)
            .map(|apply| apply.as_str().to_owned()),
        logging: described.logging_config.map(logging),
        durable: described.durable_config.map(durable),
        capacity: described.capacity_provider_config.and_then(capacity),
    };
    function.environment_error = environment_error;
    function.readiness = readiness(described.state.as_ref(), described.last_update_status.as_ref());
    function.version = described.version;
    function.architecture = described
        .architectures
        .and_then(|all| all.into_iter().next())
        .map(|architecture| architecture.as_str().to_owned());
    function.package_type = described.package_type.map(|kind| kind.as_str().to_owned());
    function.code_sha256 = non_empty(described.code_sha256);
    function.code_size = u64::try_from(described.code_size).ok();
    function.last_modified = described.last_modified;
    function.revision = non_empty(described.revision_id);
    function.primary_reference = non_empty(described.master_arn);
    function.state = described.state.map(|state| state.as_str().to_owned());
    function.state_reason = non_empty(described.state_reason);
    function.update_status = described.last_update_status.map(|status| status.as_str().to_owned());
    function.update_reason = non_empty(described.last_update_status_reason);
    function.tenancy =
        described.tenancy_config.map(|tenancy| tenancy.tenant_isolation_mode.as_str().to_owned());
    Ok(function)
}

/// `None` for an empty text, which Lambda sends if a value is not set.
pub(crate) fn non_empty(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}

/// A number as Lambda's signed type. A number that is too large is sent as the maximum, because leaving it out would mean
/// the default.
pub(crate) fn whole_number(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

pub(crate) fn number(number: i32) -> Option<u32> {
    u32::try_from(number).ok()
}

/// Lambda's states and update states, from its API model. Values that this SDK version does not know are not interpreted.
fn readiness(state: Option<&State>, update: Option<&LastUpdateStatus>) -> Option<Readiness> {
    match (state, update) {
        (Some(State::Failed | State::Deactivated), _) | (_, Some(LastUpdateStatus::Failed)) => {
            Some(Readiness::Failed)
        }
        (Some(State::Pending | State::Deactivating | State::Deleting), _)
        | (_, Some(LastUpdateStatus::InProgress)) => Some(Readiness::Pending),
        (Some(State::Inactive), _) => Some(Readiness::Asleep),
        // A function that does not accept such calls is in the requested state.
        (Some(State::Active | State::ActiveNonInvocable), _) => Some(Readiness::Ready),
        _ => None,
    }
}

/// The environment variables, sorted by key, or why Lambda could not decrypt them.
fn variables(environment: EnvironmentResponse) -> (Option<Vec<EnvironmentVariable>>, Option<String>) {
    let variables = environment.variables.map(|variables| {
        let mut variables: Vec<_> = variables
            .into_iter()
            .map(|(key, value)| EnvironmentVariable { key, value: Redacted::new(value) })
            .collect();
        variables.sort_by(|one, other| one.key.cmp(&other.key));
        variables
    });
    let error = environment.error.map(|error| match (error.error_code, error.message) {
        (Some(code), Some(message)) => format!("{code}: {message}"),
        (code, message) => code.or(message).unwrap_or_else(|| "no reason given".to_owned()),
    });
    (variables, error)
}

/// `None` for a function without a VPC, whose configuration has no subnets.
fn network(network: VpcConfigResponse) -> Option<Network> {
    let subnets = network.subnet_ids.filter(|subnets| !subnets.is_empty())?;
    Some(Network {
        subnets,
        security_groups: network.security_group_ids.unwrap_or_default(),
        ipv6: network.ipv6_allowed_for_dual_stack,
    })
}

fn image(image: ImageConfigResponse) -> Option<ImageSettings> {
    let image = image.image_config?;
    Some(ImageSettings {
        entry_point: image.entry_point.filter(|words| !words.is_empty()),
        command: image.command.filter(|words| !words.is_empty()),
        working_directory: non_empty(image.working_directory),
    })
}

fn logging(logging: LoggingConfig) -> LoggingSettings {
    LoggingSettings {
        format: logging.log_format.map(|format| format.as_str().to_owned()),
        application_level: logging.application_log_level.map(|level| level.as_str().to_owned()),
        system_level: logging.system_log_level.map(|level| level.as_str().to_owned()),
        group: non_empty(logging.log_group),
    }
}

fn durable(durable: DurableConfig) -> DurableSettings {
    DurableSettings {
        execution_timeout_seconds: durable.execution_timeout.and_then(number),
        retention_days: durable.retention_period_in_days.and_then(number),
        encryption_key: non_empty(durable.kms_key_arn),
    }
}

fn capacity(capacity: CapacityProviderConfig) -> Option<CapacitySettings> {
    let machines = capacity.lambda_managed_instances_capacity_provider_config?;
    Some(CapacitySettings {
        reference: machines.capacity_provider_arn,
        concurrency_per_environment: machines.per_execution_environment_max_concurrency.and_then(number),
        memory_gib_per_processor: machines.execution_environment_memory_gib_per_v_cpu,
    })
}

/// The ARN of the published version, or of the function if it is not a published version. Lambda's own ARN ends like the
/// request: without a qualifier, with an alias, or with `$LATEST`.
fn reference(arn: &str, version: Option<&str>) -> String {
    let whole = without_qualifier(arn);
    match version.filter(|version| version.bytes().all(|byte| byte.is_ascii_digit())) {
        Some(number) if !whole.is_empty() && !number.is_empty() => format!("{whole}:{number}"),
        _ => whole,
    }
}

/// The first seven parts of an ARN, `arn:aws:lambda:eu-west-1:123456789012:function:name`, without the qualifier that may
/// follow.
pub(crate) fn without_qualifier(arn: &str) -> String {
    arn.split(':').take(7).collect::<Vec<_>>().join(":")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reference_does_not_contain_the_qualifier() {
        let arn = "arn:aws:lambda:eu-west-1:123456789012:function:adder";
        assert_eq!(without_qualifier(arn), arn);
        assert_eq!(without_qualifier(&format!("{arn}:live")), arn);
        assert_eq!(without_qualifier(&format!("{arn}:$LATEST")), arn);
        assert_eq!(without_qualifier("adder"), "adder");
    }

    #[test]
    fn a_published_version_has_a_reference_of_its_own() {
        let arn = "arn:aws:lambda:eu-west-1:123456789012:function:adder";
        let seventh = format!("{arn}:7");
        for (answered, version, expected) in [
            (arn, Some("$LATEST"), arn),
            (&format!("{arn}:$LATEST"), Some("$LATEST"), arn),
            (&format!("{arn}:$LATEST.PUBLISHED"), Some("$LATEST.PUBLISHED"), arn),
            (arn, None, arn),
            (&seventh, Some("7"), &seventh),
            (&format!("{arn}:live"), Some("7"), &seventh),
            (arn, Some("7"), &seventh),
        ] {
            assert_eq!(reference(answered, version), expected, "{answered} {version:?}");
        }
    }

    #[test]
    fn a_failed_update_outweighs_an_active_state() {
        let (active, pending) = (State::Active, State::Pending);
        for (state, update, expected) in [
            (Some(&active), None, Some(Readiness::Ready)),
            (Some(&active), Some(LastUpdateStatus::Successful), Some(Readiness::Ready)),
            (Some(&active), Some(LastUpdateStatus::InProgress), Some(Readiness::Pending)),
            (Some(&active), Some(LastUpdateStatus::Failed), Some(Readiness::Failed)),
            (Some(&pending), None, Some(Readiness::Pending)),
            (Some(&State::Inactive), None, Some(Readiness::Asleep)),
            (Some(&State::Failed), Some(LastUpdateStatus::Successful), Some(Readiness::Failed)),
            (Some(&State::from("Dreaming")), None, None),
            (None, None, None),
        ] {
            assert_eq!(readiness(state, update.as_ref()), expected, "{state:?} {update:?}");
        }
    }
}
