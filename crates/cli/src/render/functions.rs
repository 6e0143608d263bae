//! Functions with all that is known of them, as rows, details and JSON. Values of environment variables are masked.

use crate::render::table::{details, one_line, or_dash, table};
use lamplight_domain::{Function, FunctionSettings, ImageSettings, MASK, Tags};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};

/// The headings of [`function_row`].
pub const FUNCTION_COLUMNS: [&str; 7] =
    ["NAME", "VERSION", "RUNTIME", "TIMEOUT", "MEMORY", "MODIFIED", "DESCRIPTION"];

/// A function as a row.
pub fn function_row(function: &Function) -> [String; 7] {
    let settings = &function.settings;
    [
        function.name.to_string(),
        or_dash(function.version.as_ref()),
        or_dash(settings.runtime.as_ref().or(function.package_type.as_ref())),
        or_dash(settings.timeout_seconds.map(|seconds| format!("{seconds} s"))),
        or_dash(settings.memory_mb.map(|mb| format!("{mb} MB"))),
        or_dash(function.last_modified.as_ref()),
        one_line(settings.description.as_deref().unwrap_or_default()),
    ]
}

/// A function as programs read it: what is not known or not set is left out. The order is the one people read in.
#[derive(Debug)]
pub struct DescribedFunction(Vec<(&'static str, Value)>);

impl Serialize for DescribedFunction {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, value)| (key, value)))
    }
}

impl DescribedFunction {
    /// One function; with `secrets` the values of its environment are told.
    pub fn new(function: &Function, secrets: bool) -> Self {
        let mut all = Vec::new();
        let mut put = |key: &'static str, mut value: Value| {
            if let Value::Object(members) = &mut value {
                members.retain(|_, member| is_told(member));
            }
            if is_told(&value) {
                all.push((key, value));
            }
        };
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
        put("name", json!(function.name));
        put("reference", json!(function.reference));
        put("version", json!(function.version));
        put("description", json!(description));
        put("runtime", json!(runtime));
        put("handler", json!(handler));
        put("role", json!(role));
        put("timeout_seconds", json!(timeout_seconds));
        put("memory_mb", json!(memory_mb));
        put("ephemeral_storage_mb", json!(ephemeral_storage_mb));
        put("architecture", json!(function.architecture));
        put("package_type", json!(function.package_type));
        put("code_sha256", json!(function.code_sha256));
        put("code_bytes", json!(function.code_size));
        put("image_uri", json!(function.image));
        put("environment", Value::Object(environment(function, secrets)));
        put("environment_error", json!(function.environment_error));
        put("kms_key_arn", json!(encryption_key));
        put("layers", json!(layers));
        put("tracing_mode", json!(tracing));
        if let Some(network) = network {
            put(
                "vpc",
                json!({ "subnet_ids": network.subnets, "security_group_ids": network.security_groups, "ipv6_allowed_for_dual_stack": network.ipv6 }),
            );
        }
        put("dead_letter_target_arn", json!(dead_letter_target));
        let systems = file_systems.iter().flatten();
        put(
            "file_systems",
            systems.map(|system| json!({ "arn": system.reference, "path": system.path })).collect(),
        );
        if let Some(image) = image {
            put("image", image_json(image));
        }
        put("snap_start", json!(snapshot_start));
        if let Some(logging) = logging {
            put(
                "logging",
                json!({ "format": logging.format, "application_level": logging.application_level, "system_level": logging.system_level, "group": logging.group }),
            );
        }
        if let Some(durable) = durable {
            put(
                "durable",
                json!({ "execution_timeout_seconds": durable.execution_timeout_seconds, "retention_days": durable.retention_days, "kms_key_arn": durable.encryption_key }),
            );
        }
        if let Some(capacity) = capacity {
            put(
                "capacity_provider",
                json!({ "arn": capacity.reference, "per_execution_environment_max_concurrency": capacity.concurrency_per_environment, "execution_environment_memory_gib_per_vcpu": capacity.memory_gib_per_processor }),
            );
        }
        put("tenant_isolation_mode", json!(function.tenancy));
        put("reserved_concurrent_executions", json!(function.reserved_concurrency));
        put("tags", json!(function.tags));
        put("state", json!(function.state));
        put("state_reason", json!(function.state_reason));
        put("update_status", json!(function.update_status));
        put("update_reason", json!(function.update_reason));
        put("last_modified", json!(function.last_modified));
        put("revision_id", json!(function.revision));
        put("master_arn", json!(function.primary_reference));
        Self(all)
    }
}

fn is_told(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Array(items) => !items.is_empty(),
        Value::Object(members) => !members.is_empty(),
        _ => true,
    }
}

fn environment(function: &Function, secrets: bool) -> Map<String, Value> {
    let shown = |value: &lamplight_domain::Redacted<String>| {
        Value::String(if secrets { value.reveal().clone() } else { MASK.to_owned() })
    };
    function.environment().iter().map(|variable| (variable.key.clone(), shown(&variable.value))).collect()
}

/// A function as people read it, label and value a line.
pub fn function_details(function: &Function, secrets: bool) -> String {
    let DescribedFunction(all) = DescribedFunction::new(function, secrets);
    let mut rows: Vec<(String, String)> = Vec::new();
    for (key, value) in &all {
        let label = key.replace('_', " ");
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    rows.push((format!("{label} {name}"), text(member)));
                }
            }
            // Some services write out what is not set as an empty text.
            Value::String(text) if text.is_empty() => {}
            other => rows.push((label, text(other))),
        }
    }
    let rows: Vec<(&str, String)> =
        rows.iter().map(|(label, value)| (label.as_str(), value.clone())).collect();
    details(&rows)
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => one_line(text),
        Value::Array(items) => items.iter().map(text).collect::<Vec<_>>().join("\n"),
        other => other.to_string(),
    }
}

/// Tags as a table.
pub fn tags_table(tags: &Tags) -> String {
    table(["KEY", "VALUE"], tags.iter().map(|(key, value)| [one_line(key), one_line(value)]))
}

/// How a container is started; what is its image's own is empty.
fn image_json(image: &ImageSettings) -> Value {
    json!({
        "entry_point": image.entry_point.as_deref().unwrap_or_default(),
        "command": image.command.as_deref().unwrap_or_default(),
        "working_directory": image.working_directory,
    })
}
