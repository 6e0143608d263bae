//! Discovered functions as a table and as a view. Environment values are never shown.

use crate::render::table::{one_line, or_dash, table};
use lamplight_app::{Discovery, Import, ImportedFunction};
use lamplight_domain::{Function, ImportAction, ImportChange, ImportField};
use lamplight_views::{DiscoveryView, FoundFunctionView, ImportChangeView, ImportView, ImportWord};

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
    dry_run: bool,
) -> DiscoveryView<'a> {
    DiscoveryView {
        functions: found.functions.iter().map(FoundFunctionView::from).collect(),
        next_marker: found.next_marker.as_deref(),
        imported: imported.map(|all| all.iter().map(import_view).collect()),
        dry_run,
    }
}

/// What an import changes in one job, or keeps because it was edited, as a diff; `None` if nothing.
pub fn import_difference(imported: &ImportedFunction) -> Option<String> {
    let name = match &imported.import {
        Import::Created(name) => format!("job {name} (new)"),
        Import::Refreshed(name) | Import::Unchanged(name) => format!("job {name}"),
        Import::Skipped(_) => return None,
    };
    if imported.changes.is_empty() && !matches!(imported.import, Import::Created(_)) {
        return None;
    }
    let lines = imported.changes.iter().map(change_line);
    Some(std::iter::once(name).chain(lines).collect::<Vec<_>>().join("\n"))
}

fn change_line(change: &ImportChange) -> String {
    let value = |value: &Option<String>| value.as_deref().map_or_else(|| "none".to_owned(), shorten);
    let (before, after) = (value(&change.before), value(&change.after));
    let parameter = change.parameter.as_ref().map(ToString::to_string).unwrap_or_default();
    let part = match (change.field, parameter.is_empty()) {
        (ImportField::Parameter, _) => parameter,
        (field, true) => field.to_string(),
        (field, false) => format!("{parameter} {field}"),
    };
    match (change.action, change.field) {
        (ImportAction::Added, _) => format!("+ {part}: {after}"),
        (ImportAction::Removed, _) => format!("- {part}: {before}"),
        (ImportAction::Changed, _) => format!("~ {part}: {before} -> {after}"),
        (ImportAction::Kept, ImportField::Parameter) => {
            format!("= {part}: kept as edited, but the function does not have it any more")
        }
        (ImportAction::Kept, _) => format!("= {part}: kept as edited; in the function: {before} -> {after}"),
    }
}

/// A value on one line of a diff.
fn shorten(value: &str) -> String {
    let line = one_line(value);
    let end = line.floor_char_boundary(LONGEST_VALUE);
    let cut = if end < line.len() { "…" } else { "" };
    format!("{}{cut}", &line[..end])
}

/// How much of a value a diff shows, in bytes.
const LONGEST_VALUE: usize = 100;

fn import_view(imported: &ImportedFunction) -> ImportView<'_> {
    let ImportedFunction { function, import, changes, notes } = imported;
    let (outcome, job, reason) = match import {
        Import::Created(job) => (ImportWord::Created, Some(job), None),
        Import::Refreshed(job) => (ImportWord::Refreshed, Some(job), None),
        Import::Unchanged(job) => (ImportWord::Unchanged, Some(job), None),
        Import::Skipped(reason) => (ImportWord::Skipped, None, Some(reason.as_str())),
    };
    ImportView {
        function,
        outcome,
        job: job.map(lamplight_domain::JobName::as_str),
        reason,
        changes: changes.iter().map(ImportChangeView::from).collect(),
        notes,
    }
}
