//! Reads layers and manages their policies.

use crate::{ChangeError, Changed, Effect, Page, PortError};
use async_trait::async_trait;
use lamplight_domain::{Layer, LayerVersion, PermissionPolicy, PermissionStatement};
use std::fmt::Debug;

/// A request to list a page of layers or layer versions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListLayers {
    /// If given, only layers for this runtime.
    pub runtime: Option<String>,
    /// If given, only layers for this processor architecture.
    pub architecture: Option<String>,
    /// The marker of the previous page; `None` for the first one.
    pub marker: Option<String>,
    /// The maximum number of items, 1–50. The provider may return fewer.
    pub page_size: Option<u32>,
}

/// One version of a layer, as users refer to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayerVersionRef {
    /// The layer's name or full reference.
    pub layer: String,
    /// The version number.
    pub version: u64,
}

/// Reads layers and manages their policies.
///
/// # Guarantees
/// Those of [`FunctionManager`](crate::FunctionManager), applied to layers.
#[async_trait]
pub trait Layers: Debug + Send + Sync + 'static {
    /// Lists a page of layers.
    async fn list(&self, request: ListLayers) -> Result<Page<Layer>, PortError>;

    /// Lists a page of a layer's versions, newest first.
    async fn versions(&self, layer: &str, request: ListLayers) -> Result<Page<LayerVersion>, PortError>;

    /// Describes one version; `None` means that the provider says it does not exist.
    async fn get(&self, version: &LayerVersionRef) -> Result<Option<LayerVersion>, PortError>;

    /// Reads the policy of a version; `None` means that it has none, or that it does not exist.
    async fn policy(&self, version: &LayerVersionRef) -> Result<Option<PermissionPolicy>, PortError>;

    /// Adds a statement. An existing statement with the same ID is a conflict, even if it is identical.
    async fn add_permission(
        &self,
        version: &LayerVersionRef,
        statement: &PermissionStatement,
        if_revision: Option<&str>,
        effect: Effect,
    ) -> Result<Changed<()>, ChangeError>;

    /// Removes the statement with this ID.
    async fn remove_permission(
        &self,
        version: &LayerVersionRef,
        statement: &str,
        if_revision: Option<&str>,
        effect: Effect,
    ) -> Result<Changed<()>, ChangeError>;
}
