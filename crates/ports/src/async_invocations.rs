//! What becomes of a function's queued calls.

use crate::{ChangeError, Changed, Effect, Page, PortError, QualifiedFunction};
use async_trait::async_trait;
use lamplight_domain::{AsyncSettings, DescribedAsyncSettings, FunctionRef};
use std::fmt::Debug;

/// Keeps what becomes of queued calls, of a function or one of its versions or aliases.
///
/// # Guarantees
/// Those of [`FunctionManager`](crate::FunctionManager), for these settings.
#[async_trait]
pub trait AsyncInvocations: Debug + Send + Sync + 'static {
    /// Describes what is set; `None` means that nothing is, or that there is no such function.
    async fn get(&self, subject: &QualifiedFunction) -> Result<Option<DescribedAsyncSettings>, PortError>;

    /// Lists a page of what is set for a function and its versions and aliases; at most 1–50 a page.
    async fn list(
        &self,
        function: &FunctionRef,
        marker: Option<String>,
        page_size: Option<u32>,
    ) -> Result<Page<DescribedAsyncSettings>, PortError>;

    /// Sets all of it: what is `None` takes the provider's default.
    async fn put(
        &self,
        subject: &QualifiedFunction,
        settings: &AsyncSettings,
        effect: Effect,
    ) -> Result<Changed<DescribedAsyncSettings>, ChangeError>;

    /// Sets some of it: what is `None` stays as it is.
    async fn update(
        &self,
        subject: &QualifiedFunction,
        settings: &AsyncSettings,
        effect: Effect,
    ) -> Result<Changed<DescribedAsyncSettings>, ChangeError>;

    /// Goes back to the provider's defaults.
    async fn delete(&self, subject: &QualifiedFunction, effect: Effect) -> Result<Changed<()>, ChangeError>;
}
