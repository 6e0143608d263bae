//! The JSON Schema of every view.

use crate::{
    AliasView, AliasesView, AppliedJobsView, AsyncListView, AsyncView, CancelView, ChangeView, ChecksView,
    ConcurrencyView, ConnectionSettingsView, ConnectionsView, DiscoveryView, ErrorView, FunctionView,
    FunctionsView, JobView, JobsView, LayerVersionView, LayerVersionsView, LayersView, MonitorView,
    PermissionView, PolicyView, PreviewView, QuotasView, RemovedAliasView, RemovedLayerPermissionView,
    RemovedPermissionView, RunView, RunsView, StatusView, SubjectView, TagsView, VersionsView,
};
use schemars::{JsonSchema, Schema, generate::SchemaSettings};

/// The name of a view, and the function that generates its schema.
type Named = (&'static str, fn() -> Schema);

/// Every view that is written by itself: its name, and the function that generates its schema.
///
/// # Guarantees
/// - A schema describes the output as it is written: properties that are always written are required, and properties
///   that are left out if they are not known are not.
/// - A schema allows further properties, because a later version may add some.
pub fn schemas() -> impl Iterator<Item = Named> {
    let all: [Named; 39] = [
        ("run", of::<RunView<'_>>),
        ("runs", of::<RunsView<'_>>),
        ("status", of::<StatusView<'_>>),
        ("cancel", of::<CancelView<'_>>),
        ("monitor", of::<MonitorView<'_>>),
        ("job", of::<JobView<'_>>),
        ("jobs", of::<JobsView<'_>>),
        ("applied-jobs", of::<AppliedJobsView<'_>>),
        ("discovery", of::<DiscoveryView<'_>>),
        ("checks", of::<ChecksView>),
        ("connections", of::<ConnectionsView>),
        ("connection-settings", of::<ConnectionSettingsView<'_>>),
        ("quotas", of::<QuotasView>),
        ("error", of::<ErrorView<'_>>),
        ("preview", of::<PreviewView<'_>>),
        ("function", of::<FunctionView<'_>>),
        ("functions", of::<FunctionsView<'_>>),
        ("versions", of::<VersionsView<'_>>),
        ("changed-function", of::<ChangeView<FunctionView<'_>>>),
        ("removed-function", of::<ChangeView<SubjectView<'_>>>),
        ("tags", of::<TagsView<'_>>),
        ("changed-tags", of::<ChangeView<TagsView<'_>>>),
        ("concurrency", of::<ConcurrencyView>),
        ("changed-concurrency", of::<ChangeView<ConcurrencyView>>),
        ("async", of::<AsyncView<'_>>),
        ("async-list", of::<AsyncListView<'_>>),
        ("changed-async", of::<ChangeView<AsyncView<'_>>>),
        ("removed-async", of::<ChangeView<SubjectView<'_>>>),
        ("alias", of::<AliasView<'_>>),
        ("aliases", of::<AliasesView<'_>>),
        ("changed-alias", of::<ChangeView<AliasView<'_>>>),
        ("removed-alias", of::<ChangeView<RemovedAliasView<'_>>>),
        ("policy", of::<PolicyView<'_>>),
        ("changed-permission", of::<ChangeView<PermissionView<'_>>>),
        ("removed-permission", of::<ChangeView<RemovedPermissionView<'_>>>),
        ("layers", of::<LayersView<'_>>),
        ("layer-version", of::<LayerVersionView<'_>>),
        ("layer-versions", of::<LayerVersionsView<'_>>),
        ("removed-layer-permission", of::<ChangeView<RemovedLayerPermissionView<'_>>>),
    ];
    all.into_iter()
}

fn of<T: JsonSchema>() -> Schema {
    SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<T>()
}
