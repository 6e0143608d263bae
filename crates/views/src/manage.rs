//! Results of changes, previews of requests, and removed things.

use lamplight_domain::Tags;
use lamplight_ports::{LayerVersionRef, QualifiedFunction, RequestPreview};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, value::RawValue};

/// The outcome of a change, and the thing as it is now.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ChangeView<T> {
    /// The outcome of the change.
    pub outcome: ChangeWord,
    /// The thing that was changed.
    #[serde(flatten)]
    pub thing: T,
}

/// The outcome of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChangeWord {
    /// The provider confirmed the change.
    Made,
    /// The provider's answer was lost; a later check shows the requested state, which may have existed before.
    Found,
    /// The requested state existed already; nothing was changed.
    Unchanged,
}

/// A request that was not sent, as the provider would receive it, without credentials and signature.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PreviewView<'a> {
    /// The operation, as the provider names it.
    pub operation: &'a str,
    /// The HTTP method.
    pub method: &'a str,
    /// The URL.
    pub url: &'a str,
    /// The body; null if there is none. Values of environment variables are masked unless secrets were requested.
    #[schemars(with = "Value")]
    pub body: Option<&'a RawValue>,
    /// What exists now and would not exist afterwards, in words: the request does not name it.
    pub removes: &'a [String],
}

impl<'a> PreviewView<'a> {
    /// The view of a request that would also remove these things.
    pub fn new(preview: &'a RequestPreview, removes: &'a [String]) -> Self {
        let RequestPreview { operation, method, url, body } = preview;
        Self {
            operation,
            method,
            url,
            // The provider's own client wrote the body, so it is always JSON.
            body: body.as_deref().and_then(|body| serde_json::from_str(body).ok()),
            removes,
        }
    }
}

/// A function, or one of its versions or aliases.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SubjectView<'a> {
    /// The bare name of the function.
    pub function: &'a str,
    /// The version or alias; null for the function as a whole.
    pub qualifier: Option<&'a str>,
}

impl<'a> From<&'a QualifiedFunction> for SubjectView<'a> {
    fn from(subject: &'a QualifiedFunction) -> Self {
        let QualifiedFunction { function, qualifier } = subject;
        Self {
            function: function.name.as_str(),
            qualifier: qualifier.as_ref().map(lamplight_domain::Qualifier::as_str),
        }
    }
}

/// An alias that was removed.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RemovedAliasView<'a> {
    /// The bare name of the function.
    pub function: &'a str,
    /// The alias.
    pub name: &'a str,
}

/// A permission on a function that was removed.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RemovedPermissionView<'a> {
    /// The function that the permission was for.
    #[serde(flatten)]
    pub subject: SubjectView<'a>,
    /// The statement ID of the permission.
    pub statement_id: &'a str,
}

/// A permission on a layer version that was removed.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RemovedLayerPermissionView<'a> {
    /// The layer, as the user named it.
    pub layer: &'a str,
    /// The statement ID of the permission.
    pub statement_id: &'a str,
    /// The version number, from 1.
    pub version: u64,
}

impl<'a> RemovedLayerPermissionView<'a> {
    /// The view of the permission with that statement ID.
    pub fn new(version: &'a LayerVersionRef, statement_id: &'a str) -> Self {
        let LayerVersionRef { layer, version } = version;
        Self { layer, statement_id, version: *version }
    }
}

/// The tags of a function.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TagsView<'a> {
    /// The tags, by key.
    pub tags: &'a Tags,
}

/// The reserved concurrency of a function.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ConcurrencyView {
    /// The number of reserved concurrent executions; null if none are reserved.
    pub reserved_concurrent_executions: Option<u32>,
}
