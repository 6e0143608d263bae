//! Manages the aliases of functions.

use crate::{ChangeError, Changed, Effect, Page, PortError};
use async_trait::async_trait;
use lamplight_domain::{Alias, FunctionRef, Routing};
use std::fmt::Debug;

/// A request to create an alias.
#[derive(Debug, Clone, PartialEq)]
pub struct CreateAlias {
    /// The function.
    pub function: FunctionRef,
    /// The name.
    pub name: String,
    /// The version that it points to.
    pub version: String,
    /// What the alias is for.
    pub description: Option<String>,
    /// The shares of other versions.
    pub routing: Routing,
}

/// A request to update an alias. `None` keeps the current value.
#[derive(Debug, Clone, PartialEq)]
pub struct UpdateAlias {
    /// The function.
    pub function: FunctionRef,
    /// The name.
    pub name: String,
    /// The version that it is to point to.
    pub version: Option<String>,
    /// What the alias is for.
    pub description: Option<String>,
    /// The shares of other versions, which replace all current ones. An empty map sends all calls to the alias's own
    /// version.
    pub routing: Option<Routing>,
    /// If given, the update fails unless the alias still has this revision.
    pub if_revision: Option<String>,
}

/// A request to list a page of a function's aliases.
#[derive(Debug, Clone, PartialEq)]
pub struct ListAliases {
    /// The function.
    pub function: FunctionRef,
    /// If given, only aliases that point to this version.
    pub version: Option<String>,
    /// The marker of the previous page; `None` for the first one.
    pub marker: Option<String>,
    /// The maximum number of items, 1–10,000. The provider may return fewer.
    pub page_size: Option<u32>,
}

/// Manages aliases.
///
/// # Guarantees
/// Those of [`FunctionManager`](crate::FunctionManager), applied to aliases.
#[async_trait]
pub trait Aliases: Debug + Send + Sync + 'static {
    /// Describes one alias; `None` means that the provider says it does not exist. If the provider reports that the
    /// function does not exist, the error is [`NotFound`](crate::PortErrorKind::NotFound).
    async fn get(&self, function: &FunctionRef, name: &str) -> Result<Option<Alias>, PortError>;

    /// Lists a page of aliases.
    async fn list(&self, request: ListAliases) -> Result<Page<Alias>, PortError>;

    /// Creates an alias.
    async fn create(&self, request: CreateAlias, effect: Effect) -> Result<Changed<Alias>, ChangeError>;

    /// Updates an alias.
    async fn update(&self, request: UpdateAlias, effect: Effect) -> Result<Changed<Alias>, ChangeError>;

    /// Deletes an alias. Some providers do not report whether it existed, so the use case checks that first.
    async fn delete(
        &self,
        function: &FunctionRef,
        name: &str,
        effect: Effect,
    ) -> Result<Changed<()>, ChangeError>;
}
