//! Discovered functions as a table and as a view. Environment values are never shown.

use crate::render::table::{one_line, or_dash, table};
use lamplight_app::{Discovery, Import, ImportedFunction};
use lamplight_domain::Function;
use lamplight_views::{DiscoveryView, FoundFunctionView, ImportView, ImportWord};

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

/// The functions found and the jobs made of them, for programs.
pub fn discovery_view<'a>(
    found: &'a Discovery,
    imported: Option<&'a [ImportedFunction]>,
) -> DiscoveryView<'a> {
    DiscoveryView {
        functions: found.functions.iter().map(FoundFunctionView::from).collect(),
        next_marker: found.next_marker.as_deref(),
        imported: imported.map(|all| all.iter().map(import_view).collect()),
    }
}

fn import_view(imported: &ImportedFunction) -> ImportView<'_> {
    let ImportedFunction { function, import, notes } = imported;
    let (outcome, job, reason) = match import {
        Import::Created(job) => (ImportWord::Created, Some(job), None),
        Import::Refreshed(job) => (ImportWord::Refreshed, Some(job), None),
        Import::Unchanged(job) => (ImportWord::Unchanged, Some(job), None),
        Import::Skipped(reason) => (ImportWord::Skipped, None, Some(reason.as_str())),
    };
    ImportView { function, outcome, job: job.map(lamplight_domain::JobName::as_str), reason, notes }
}
