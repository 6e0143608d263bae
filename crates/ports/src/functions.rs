//! Making, changing and deleting functions.

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

/// Whether a change of a function becomes a numbered version too.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Publish {
    /// No.
    #[default]
    No,
    /// Yes.
    Version,
    /// Yes, and what the provider calls its latest published version follows it.
    LatestPublished,
}

/// A function to be made.
#[derive(Debug, Clone)]
pub struct CreateFunction {
    /// Its bare name.
    pub name: FunctionName,
    /// Its code.
    pub code: FunctionCode,
    /// What is set about it.
    pub settings: FunctionSettings,
    /// What it is marked with.
    pub tags: Tags,
    /// Whether its first version is published.
    pub publish: Publish,
    /// Who must have signed its code.
    pub code_signing: Option<String>,
    /// How its callers are kept apart, in the provider's words.
    pub tenancy: Option<String>,
    /// Is told how far the upload is.
    pub watch: Option<Arc<dyn UploadWatch>>,
}

/// New code for a function.
#[derive(Debug, Clone)]
pub struct UpdateCode {
    /// The function.
    pub function: FunctionRef,
    /// The code.
    pub code: FunctionCode,
    /// Whether it is published.
    pub publish: Publish,
    /// What the function must not have changed from.
    pub if_revision: Option<String>,
    /// Is told how far the upload is.
    pub watch: Option<Arc<dyn UploadWatch>>,
}

/// New settings for a function.
#[derive(Debug, Clone)]
pub struct UpdateSettings {
    /// The function.
    pub function: FunctionRef,
    /// What changes; `None` stays as it is.
    pub settings: FunctionSettings,
    /// What the function must not have changed from.
    pub if_revision: Option<String>,
}

/// A version to be published of what the function is now.
#[derive(Debug, Clone)]
pub struct PublishVersion {
    /// The function.
    pub function: FunctionRef,
    /// What the version is for; `None` is the function's own description.
    pub description: Option<String>,
    /// The checksum that the code must have.
    pub if_code_sha256: Option<String>,
    /// What the function must not have changed from.
    pub if_revision: Option<String>,
    /// Whether what the provider calls its latest published version follows it.
    pub latest_published: bool,
}

/// A page of a function's versions.
#[derive(Debug, Clone)]
pub struct ListVersions {
    /// The function.
    pub function: FunctionRef,
    /// Where to go on: the marker of the page before.
    pub marker: Option<String>,
    /// How many at the most, 1–10,000; the provider may give fewer.
    pub page_size: Option<u32>,
}

/// Marks to be set and to be taken away.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TagChange {
    /// Those to be set, whether they are there or not.
    pub set: Tags,
    /// The keys to be taken away, whether they are there or not.
    pub remove: Vec<String>,
}

/// Makes, changes and deletes functions.
///
/// # Guarantees
/// - One call makes at most one change; nothing is repeated within. Only [`tag`](Self::tag) may make two, one that sets
///   and one that takes away, in this order.
/// - A request that breaks a rule of the provider is [`InvalidRequest`](crate::PortErrorKind::InvalidRequest), names
///   every rule it breaks, and nothing is sent.
/// - [`Applied::No`](crate::Applied::No) is claimed only where it is proven.
/// - With [`Effect::Show`] nothing is changed, and the preview is what [`Effect::Make`] would send.
/// - A function or version that does not exist is [`NotFound`](crate::PortErrorKind::NotFound); one that exists
///   already, is being changed, or is not of the revision asked for is [`Conflict`](crate::PortErrorKind::Conflict).
/// - Code and values of environment variables appear in no error and no log.
#[async_trait]
pub trait FunctionManager: Debug + Send + Sync + 'static {
    /// Makes a function. It may not be [`Ready`](lamplight_domain::Readiness::Ready) yet when this returns.
    async fn create(&self, request: CreateFunction, effect: Effect)
    -> Result<Changed<Function>, ChangeError>;

    /// Gives a function other code.
    async fn update_code(
        &self,
        request: UpdateCode,
        effect: Effect,
    ) -> Result<Changed<Function>, ChangeError>;

    /// Changes what is set about a function.
    async fn update_settings(
        &self,
        request: UpdateSettings,
        effect: Effect,
    ) -> Result<Changed<Function>, ChangeError>;

    /// Publishes a version.
    ///
    /// # Guarantees
    /// - Where nothing changed since the last version, that one is given and none is made.
    async fn publish(
        &self,
        request: PublishVersion,
        effect: Effect,
    ) -> Result<Changed<Function>, ChangeError>;

    /// Deletes a function with all its versions, or the one version named.
    async fn delete(
        &self,
        function: &FunctionRef,
        version: Option<&Qualifier>,
        effect: Effect,
    ) -> Result<Changed<()>, ChangeError>;

    /// Lists versions, with the unpublished one.
    async fn versions(&self, request: ListVersions) -> Result<Page<Function>, PortError>;

    /// What a function is marked with.
    async fn tags(&self, function: &FunctionRef) -> Result<Tags, PortError>;

    /// Changes what a function is marked with. With [`Effect::Show`] the first change of the two is shown.
    async fn tag(
        &self,
        function: &FunctionRef,
        change: TagChange,
        effect: Effect,
    ) -> Result<Changed<()>, ChangeError>;

    /// How many calls are kept for a function alone.
    async fn reserved_concurrency(&self, function: &FunctionRef) -> Result<Option<u32>, PortError>;

    /// Keeps so many calls for a function alone, at most so many at once; `None` keeps none and limits none.
    async fn reserve_concurrency(
        &self,
        function: &FunctionRef,
        reserved: Option<u32>,
        effect: Effect,
    ) -> Result<Changed<()>, ChangeError>;
}
