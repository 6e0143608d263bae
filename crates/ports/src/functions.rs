//! Creates, updates and deletes functions.

use crate::{ChangeError, Changed, Effect, Page, PortError, UploadWatch};
use async_trait::async_trait;
use lamplight_domain::{
    Function, FunctionCode, FunctionName, FunctionRef, FunctionSettings, Qualifier, Tags,
};
use std::{fmt::Debug, sync::Arc};

/// A function, or one of its versions or aliases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QualifiedFunction {
    /// The function.
    pub function: FunctionRef,
    /// The version or alias.
    pub qualifier: Option<Qualifier>,
}

/// Whether a change of a function also publishes a version.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Publish {
    /// Do not publish a version.
    #[default]
    No,
    /// Publish a version.
    Version,
    /// Publish a version, and make it what the provider calls the latest published version.
    LatestPublished,
}

/// A request to create a function.
#[derive(Debug, Clone)]
pub struct CreateFunction {
    /// The bare name.
    pub name: FunctionName,
    /// The code.
    pub code: FunctionCode,
    /// The settings.
    pub settings: FunctionSettings,
    /// The tags.
    pub tags: Tags,
    /// Whether to publish the first version.
    pub publish: Publish,
    /// The provider's reference of a code signing configuration.
    pub code_signing: Option<String>,
    /// How tenants are isolated, in the provider's words.
    pub tenancy: Option<String>,
    /// Receives the progress of the upload.
    pub watch: Option<Arc<dyn UploadWatch>>,
}

/// A request to update the code of a function.
#[derive(Debug, Clone)]
pub struct UpdateCode {
    /// The function.
    pub function: FunctionRef,
    /// The code.
    pub code: FunctionCode,
    /// Whether to publish a version.
    pub publish: Publish,
    /// If given, the request fails unless the function still has this revision.
    pub if_revision: Option<String>,
    /// Receives the progress of the upload.
    pub watch: Option<Arc<dyn UploadWatch>>,
}

/// A request to update the settings of a function.
#[derive(Debug, Clone)]
pub struct UpdateSettings {
    /// The function.
    pub function: FunctionRef,
    /// The settings to change. `None` keeps the current value.
    pub settings: FunctionSettings,
    /// If given, the request fails unless the function still has this revision.
    pub if_revision: Option<String>,
}

/// A request to publish the current code and settings of a function as a version.
#[derive(Debug, Clone)]
pub struct PublishVersion {
    /// The function.
    pub function: FunctionRef,
    /// The description of the version; `None` is the description of the function.
    pub description: Option<String>,
    /// If given, the request fails unless the code has this checksum.
    pub if_code_sha256: Option<String>,
    /// If given, the request fails unless the function still has this revision.
    pub if_revision: Option<String>,
    /// Whether to make it what the provider calls the latest published version.
    pub latest_published: bool,
}

/// A request to list a page of a function's versions.
#[derive(Debug, Clone)]
pub struct ListVersions {
    /// The function.
    pub function: FunctionRef,
    /// The marker of the previous page; `None` for the first one.
    pub marker: Option<String>,
    /// The maximum number of items, 1–10,000. The provider may return fewer.
    pub page_size: Option<u32>,
}

/// Tags to set and to remove.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TagChange {
    /// Tags to set, whether or not their keys exist.
    pub set: Tags,
    /// Keys to remove, whether or not they exist.
    pub remove: Vec<String>,
}

/// Creates, updates and deletes functions.
///
/// # Guarantees
/// - One call makes at most one change and repeats nothing. Only [`tag`](Self::tag) may make two changes: first it sets
///   tags, then it removes tags.
/// - A request that the provider refuses as not valid is [`InvalidRequest`](crate::PortErrorKind::InvalidRequest), with
///   the provider's own words as its cause. A request that the adapter knows to fail or to do harm is refused before
///   anything is sent, and the error names every reason.
/// - [`Applied::No`](crate::Applied::No) is returned only if it is proven.
/// - With [`Effect::Show`] nothing is changed, and the preview is what [`Effect::Make`] would send.
/// - A function or version that does not exist is [`NotFound`](crate::PortErrorKind::NotFound). One that already
///   exists, is being changed, or has another revision than expected is [`Conflict`](crate::PortErrorKind::Conflict).
/// - Code and values of environment variables do not appear in errors or logs.
#[async_trait]
pub trait FunctionManager: Debug + Send + Sync + 'static {
    /// Creates a function. It may not be [`Ready`](lamplight_domain::Readiness::Ready) yet when this returns.
    async fn create(&self, request: CreateFunction, effect: Effect)
    -> Result<Changed<Function>, ChangeError>;

    /// Updates the code of a function.
    async fn update_code(
        &self,
        request: UpdateCode,
        effect: Effect,
    ) -> Result<Changed<Function>, ChangeError>;

    /// Updates the settings of a function.
    async fn update_settings(
        &self,
        request: UpdateSettings,
        effect: Effect,
    ) -> Result<Changed<Function>, ChangeError>;

    /// Publishes a version.
    ///
    /// # Guarantees
    /// - If nothing changed since the last version, no new one is published and the last one is returned.
    async fn publish(
        &self,
        request: PublishVersion,
        effect: Effect,
    ) -> Result<Changed<Function>, ChangeError>;

    /// Deletes a function with all its versions, or only the given version.
    async fn delete(
        &self,
        function: &FunctionRef,
        version: Option<&Qualifier>,
        effect: Effect,
    ) -> Result<Changed<()>, ChangeError>;

    /// Lists a page of versions, including the unpublished one.
    async fn versions(&self, request: ListVersions) -> Result<Page<Function>, PortError>;

    /// Reads the tags of a function.
    async fn tags(&self, function: &FunctionRef) -> Result<Tags, PortError>;

    /// Changes the tags of a function. [`Effect::Show`] shows only the first of the two changes.
    async fn tag(
        &self,
        function: &FunctionRef,
        change: TagChange,
        effect: Effect,
    ) -> Result<Changed<()>, ChangeError>;

    /// Reads the reserved concurrency of a function.
    async fn reserved_concurrency(&self, function: &FunctionRef) -> Result<Option<u32>, PortError>;

    /// Sets the reserved concurrency of a function, which is also its maximum; `None` removes it.
    async fn reserve_concurrency(
        &self,
        function: &FunctionRef,
        reserved: Option<u32>,
        effect: Effect,
    ) -> Result<Changed<()>, ChangeError>;
}
