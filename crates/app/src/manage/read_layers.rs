//! Reading layers.

use super::list::{Listed, PageLimits, walk};
use crate::AppError;
use lamplight_domain::{Layer, LayerVersion, PermissionPolicy};
use lamplight_ports::{Connection, LayerVersionRef, ListLayers};
use std::ops::ControlFlow;

/// The largest page of layers or versions that may be asked for.
const LARGEST_PAGE: u32 = 50;

/// Lists layers; `filter` says for which runtime and architecture, the limits how many.
pub async fn list_layers(
    connection: &Connection,
    filter: &ListLayers,
    limits: &PageLimits,
    on_page: &mut (dyn FnMut(Vec<Layer>) -> ControlFlow<()> + Send),
) -> Result<Listed, AppError> {
    let fetch = |marker, page_size| async move {
        let page =
            connection.management()?.layers.list(ListLayers { marker, page_size, ..filter.clone() }).await?;
        Ok((page.items, page.next_marker))
    };
    walk(limits, LARGEST_PAGE, fetch, on_page).await
}

/// Lists the versions of a layer, newest first.
pub async fn list_layer_versions(
    connection: &Connection,
    layer: &str,
    filter: &ListLayers,
    limits: &PageLimits,
    on_page: &mut (dyn FnMut(Vec<LayerVersion>) -> ControlFlow<()> + Send),
) -> Result<Listed, AppError> {
    let fetch = |marker, page_size| async move {
        let wanted = ListLayers { marker, page_size, ..filter.clone() };
        let page = connection.management()?.layers.versions(layer, wanted).await?;
        Ok((page.items, page.next_marker))
    };
    walk(limits, LARGEST_PAGE, fetch, on_page).await
}

/// Describes one version of a layer.
pub async fn show_layer_version(
    connection: &Connection,
    wanted: &LayerVersionRef,
) -> Result<LayerVersion, AppError> {
    let found = connection.management()?.layers.get(wanted).await?;
    found
        .ok_or_else(|| not_found(connection, format!("version {} of layer {}", wanted.version, wanted.layer)))
}

/// Reads who else may use a version of a layer; one that has no policy is not found.
pub async fn show_layer_policy(
    connection: &Connection,
    wanted: &LayerVersionRef,
) -> Result<PermissionPolicy, AppError> {
    let found = connection.management()?.layers.policy(wanted).await?;
    let thing = || format!("policy of version {} of layer {}", wanted.version, wanted.layer);
    found.ok_or_else(|| not_found(connection, thing()))
}

fn not_found(connection: &Connection, thing: String) -> AppError {
    AppError::ThingNotFound { thing, connection: connection.name.to_string() }
}
