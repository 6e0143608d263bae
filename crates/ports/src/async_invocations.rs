//! Manages asynchronous invocation settings.

use crate::{ChangeError, Changed, Effect, Page, PortError, QualifiedFunction};
use async_trait::async_trait;
use lamplight_domain::{AsyncSettings, DescribedAsyncSettings, FunctionRef};
use std::fmt::Debug;

/// Manages the asynchronous invocation settings of functions, versions and aliases.
///
/// # Guarantees
/// Those of [`FunctionManager`](crate::FunctionManager), applied to these settings.
#[async_trait]
pub trait AsyncInvocations: Debug + Send + Sync + 'static {
    /// Describes the settings; `None` means that nothing is set, or that the function does not exist.
    async fn get(&self, subject: &QualifiedFunction) -> Result<Option<DescribedAsyncSettings>, PortError>;

    /// Lists a page of the settings of a function and its versions and aliases. The page size is 1–50.
    async fn list(
        &self,
        function: &FunctionRef,
        marker: Option<String>,
        page_size: Option<u32>,
    ) -> Result<Page<DescribedAsyncSettings>, PortError>;

    /// Replaces all settings: `None` sets the provider's default.
    async fn put(
        &self,
        subject: &QualifiedFunction,
        settings: &AsyncSettings,
        effect: Effect,
    ) -> Result<Changed<DescribedAsyncSettings>, ChangeError>;

    /// Changes some settings: `None` keeps the current value.
    async fn update(
        &self,
        subject: &QualifiedFunction,
        settings: &AsyncSettings,
        effect: Effect,
    ) -> Result<Changed<DescribedAsyncSettings>, ChangeError>;

    /// Deletes the settings, which restores the provider's defaults.
    async fn delete(&self, subject: &QualifiedFunction, effect: Effect) -> Result<Changed<()>, ChangeError>;
}
