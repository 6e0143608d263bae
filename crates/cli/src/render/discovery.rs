//! Discovered functions as a table and as JSON. Environment values are never shown.

use crate::render::table::{one_line, or_dash, table};
use lamplight_app::{Discovery, Import, ImportedFunction};
use lamplight_domain::Function;
use serde::Serialize;

/// Functions as a table.
pub fn functions_table(functions: &[Function]) -> String {
    let rows = functions.iter().map(|function| {
        [
            function.name.to_string(),
            or_dash(function.settings.runtime.as_ref().or(function.package_type.as_ref())),
            or_dash(function.settings.timeout_seconds.map(|seconds| format!("{seconds} s"))),
            or_dash(function.settings.memory_mb.map(|mb| format!("{mb} MB"))),
            or_dash(function.last_modified.as_ref()),
            one_line(function.settings.description.as_deref().unwrap_or_default()),
        ]
    });
    table(["NAME", "RUNTIME", "TIMEOUT", "MEMORY", "MODIFIED", "DESCRIPTION"], rows)
}

/// What was discovered.
#[derive(Debug, Serialize)]
pub struct DiscoveryJson<'a> {
    functions: Vec<FunctionJson<'a>>,
    next_marker: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    imported: Option<Vec<ImportJson<'a>>>,
}

#[derive(Debug, Serialize)]
struct FunctionJson<'a> {
    name: &'a str,
    reference: &'a str,
    version: Option<&'a str>,
    description: Option<&'a str>,
    runtime: Option<&'a str>,
    handler: Option<&'a str>,
    timeout_seconds: Option<u32>,
    memory_mb: Option<u32>,
    architecture: Option<&'a str>,
    package_type: Option<&'a str>,
    last_modified: Option<&'a str>,
    log_group: Option<&'a str>,
    state: Option<&'a str>,
    environment_keys: Vec<&'a str>,
}

#[derive(Debug, Serialize)]
struct ImportJson<'a> {
    function: &'a str,
    outcome: &'static str,
    job: Option<&'a str>,
    reason: Option<&'a str>,
    notes: &'a [String],
}

impl<'a> DiscoveryJson<'a> {
    /// What was found, and what was made of it.
    pub fn new(found: &'a Discovery, imported: Option<&'a [ImportedFunction]>) -> Self {
        Self {
            functions: found.functions.iter().map(FunctionJson::new).collect(),
            next_marker: found.next_marker.as_deref(),
            imported: imported.map(|all| all.iter().map(ImportJson::new).collect()),
        }
    }
}

impl<'a> FunctionJson<'a> {
    fn new(function: &'a Function) -> Self {
        Self {
            name: function.name.as_str(),
            reference: &function.reference,
            version: function.version.as_deref(),
            description: function.settings.description.as_deref(),
            runtime: function.settings.runtime.as_deref(),
            handler: function.settings.handler.as_deref(),
            timeout_seconds: function.settings.timeout_seconds,
            memory_mb: function.settings.memory_mb,
            architecture: function.architecture.as_deref(),
            package_type: function.package_type.as_deref(),
            last_modified: function.last_modified.as_deref(),
            log_group: function.settings.logging.as_ref().and_then(|logging| logging.group.as_deref()),
            state: function.state.as_deref(),
            environment_keys: function.environment().iter().map(|variable| variable.key.as_str()).collect(),
        }
    }
}

impl<'a> ImportJson<'a> {
    fn new(imported: &'a ImportedFunction) -> Self {
        let (outcome, job, reason) = match &imported.import {
            Import::Created(job) => ("created", Some(job), None),
            Import::Refreshed(job) => ("refreshed", Some(job), None),
            Import::Unchanged(job) => ("unchanged", Some(job), None),
            Import::Skipped(reason) => ("skipped", None, Some(reason.as_str())),
        };
        Self {
            function: &imported.function,
            outcome,
            job: job.map(lamplight_domain::JobName::as_str),
            reason,
            notes: &imported.notes,
        }
    }
}
