//! Names that lead to versions of a function.

use crate::{ChangeError, Changed, Effect, Page, PortError};
use async_trait::async_trait;
use lamplight_domain::{Alias, FunctionRef, Routing};
use std::fmt::Debug;

/// An alias to be made.
#[derive(Debug, Clone, PartialEq)]
pub struct CreateAlias {
    /// The function.
    pub function: FunctionRef,
    /// The name.
    pub name: String,
    /// The version it leads to.
    pub version: String,
    /// What it is for.
    pub description: Option<String>,
    /// The calls that go elsewhere.
    pub routing: Routing,
}

/// An alias to be changed; `None` stays as it is.
#[derive(Debug, Clone, PartialEq)]
pub struct UpdateAlias {
    /// The function.
    pub function: FunctionRef,
    /// The name.
    pub name: String,
    /// The version it is to lead to.
    pub version: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// The calls that go elsewhere, as a whole; an empty map sends all to the alias's own version.
    pub routing: Option<Routing>,
    /// What the alias must not have changed from.
    pub if_revision: Option<String>,
}

/// A page of a function's aliases.
#[derive(Debug, Clone, PartialEq)]
pub struct ListAliases {
    /// The function.
    pub function: FunctionRef,
    /// Only those that lead to this version.
    pub version: Option<String>,
    /// Where to go on: the marker of the page before.
    pub marker: Option<String>,
    /// How many at the most, 1–10,000; the provider may give fewer.
    pub page_size: Option<u32>,
}

/// Keeps names that lead to versions.
///
/// # Guarantees
/// Those of [`FunctionManager`](crate::FunctionManager), for aliases.
#[async_trait]
pub trait Aliases: Debug + Send + Sync + 'static {
    /// Describes one; `None` means that the provider says there is no such alias. Where it tells that the function itself
    /// is absent, that is [`NotFound`](crate::PortErrorKind::NotFound).
    async fn get(&self, function: &FunctionRef, name: &str) -> Result<Option<Alias>, PortError>;

    /// Lists a page.
    async fn list(&self, request: ListAliases) -> Result<Page<Alias>, PortError>;

    /// Makes one.
    async fn create(&self, request: CreateAlias, effect: Effect) -> Result<Changed<Alias>, ChangeError>;

    /// Changes one.
    async fn update(&self, request: UpdateAlias, effect: Effect) -> Result<Changed<Alias>, ChangeError>;

    /// Deletes one. Whether the provider tells that there was none is its own affair; the use case looks first.
    async fn delete(
        &self,
        function: &FunctionRef,
        name: &str,
        effect: Effect,
    ) -> Result<Changed<()>, ChangeError>;
}
