//! Code that functions share, and who may use it.

use crate::{ChangeError, Changed, Effect, Page, PortError};
use async_trait::async_trait;
use lamplight_domain::{Layer, LayerVersion, PermissionPolicy, PermissionStatement};
use std::fmt::Debug;

/// Which layers or versions, and where the page begins.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListLayers {
    /// Only what is for this runtime.
    pub runtime: Option<String>,
    /// Only what is for this processor architecture.
    pub architecture: Option<String>,
    /// Where to go on: the marker of the page before.
    pub marker: Option<String>,
    /// How many at the most, 1–50; the provider may give fewer.
    pub page_size: Option<u32>,
}

/// One version of a layer, as people name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayerVersionRef {
    /// The layer's name or full reference.
    pub layer: String,
    /// The version's number.
    pub version: u64,
}

/// Reads layers and keeps who may use them.
///
/// # Guarantees
/// Those of [`FunctionManager`](crate::FunctionManager), for layers.
#[async_trait]
pub trait Layers: Debug + Send + Sync + 'static {
    /// Lists a page of layers.
    async fn list(&self, request: ListLayers) -> Result<Page<Layer>, PortError>;

    /// Lists a page of a layer's versions, newest first.
    async fn versions(&self, layer: &str, request: ListLayers) -> Result<Page<LayerVersion>, PortError>;

    /// Describes one version; `None` means that the provider says there is none.
    async fn get(&self, version: &LayerVersionRef) -> Result<Option<LayerVersion>, PortError>;

    /// Reads the policy of a version; `None` means that there is none, or no such version.
    async fn policy(&self, version: &LayerVersionRef) -> Result<Option<PermissionPolicy>, PortError>;

    /// Adds a statement. One of the same id is a conflict, whatever it says.
    async fn add_permission(
        &self,
        version: &LayerVersionRef,
        statement: &PermissionStatement,
        if_revision: Option<&str>,
        effect: Effect,
    ) -> Result<Changed<()>, ChangeError>;

    /// Removes the statement of that id.
    async fn remove_permission(
        &self,
        version: &LayerVersionRef,
        statement: &str,
        if_revision: Option<&str>,
        effect: Effect,
    ) -> Result<Changed<()>, ChangeError>;
}
