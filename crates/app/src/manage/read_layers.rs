//! Reads layers and their policies.

use super::list::{ListResult, PageLimits, list_pages};
use crate::AppError;
use lamplight_domain::{Layer, LayerVersion, PermissionPolicy};
use lamplight_ports::{Connection, LayerVersionRef, ListLayers};
use std::ops::ControlFlow;

/// The maximum page size for layers and versions.
const LARGEST_PAGE: u32 = 50;

/// Lists layers. Of `filter`, only the runtime and the architecture are used.
pub async fn list_layers(
    connection: &Connection,
    filter: &ListLayers,
    limits: &PageLimits,
    on_page: &mut (dyn FnMut(Vec<Layer>) -> ControlFlow<()> + Send),
) -> Result<ListResult, AppError> {
    let fetch = |marker, page_size| async move {
        let page =
            connection.management()?.layers.list(ListLayers { marker, page_size, ..filter.clone() }).await?;
        Ok((page.items, page.next_marker))
    };
    list_pages(limits, LARGEST_PAGE, fetch, on_page).await
}

/// Lists the versions of a layer, newest first.
pub async fn list_layer_versions(
    connection: &Connection,
    layer: &str,
    filter: &ListLayers,
    limits: &PageLimits,
    on_page: &mut (dyn FnMut(Vec<LayerVersion>) -> ControlFlow<()> + Send),
) -> Result<ListResult, AppError> {
    let fetch = |marker, page_size| async move {
        let wanted = ListLayers { marker, page_size, ..filter.clone() };
        let page = connection.management()?.layers.versions(layer, wanted).await?;
        Ok((page.items, page.next_marker))
    };
    list_pages(limits, LARGEST_PAGE, fetch, on_page).await
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

/// Reads the policy of a layer version. If it has none, the result is an error.
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
