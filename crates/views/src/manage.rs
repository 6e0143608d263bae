//! Changes: what they came to, what would be sent, and what was taken away.

use lamplight_domain::Tags;
use lamplight_ports::{LayerVersionRef, QualifiedFunction, RequestPreview};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, value::RawValue};

/// What a change came to, and the thing as it is now.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ChangeView<T> {
    /// What it came to.
    pub outcome: ChangeWord,
    /// The thing that was changed.
    #[serde(flatten)]
    pub thing: T,
}

/// What a change came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChangeWord {
    /// It was made just now: the provider's answer says so.
    Made,
    /// The answer was lost, and looking shows that it is as it was asked for; it may have been so before.
    Found,
    /// It was so already, and nothing was changed.
    Unchanged,
}

/// A request that was not sent, as the provider would see it, without credentials and signature.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PreviewView<'a> {
    /// What is asked for, in the provider's words.
    pub operation: &'a str,
    /// The HTTP method.
    pub method: &'a str,
    /// The address.
    pub url: &'a str,
    /// The body; null where there is none. Values of environment variables are masked unless they were asked for.
    #[schemars(with = "Value")]
    pub body: Option<&'a RawValue>,
}

impl<'a> From<&'a RequestPreview> for PreviewView<'a> {
    fn from(preview: &'a RequestPreview) -> Self {
        let RequestPreview { operation, method, url, body } = preview;
        Self {
            operation,
            method,
            url,
            // A body that is no JSON does not occur: the provider's own client wrote it.
            body: body.as_deref().and_then(|body| serde_json::from_str(body).ok()),
        }
    }
}

/// A function, or the version or alias of it that is meant.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SubjectView<'a> {
    /// The bare name of the function.
    pub function: &'a str,
    /// The version or alias; null is the function as a whole.
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

/// An alias that was taken away.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RemovedAliasView<'a> {
    /// The bare name of the function.
    pub function: &'a str,
    /// The alias.
    pub name: &'a str,
}

/// A permission on a function that was taken away.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RemovedPermissionView<'a> {
    /// What it was for.
    #[serde(flatten)]
    pub subject: SubjectView<'a>,
    /// What told it from the others.
    pub statement_id: &'a str,
}

/// A permission on a version of a layer that was taken away.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RemovedLayerPermissionView<'a> {
    /// The layer, as it was named.
    pub layer: &'a str,
    /// What told it from the others.
    pub statement_id: &'a str,
    /// The version's number, from 1.
    pub version: u64,
}

impl<'a> RemovedLayerPermissionView<'a> {
    /// The permission of that id.
    pub fn new(version: &'a LayerVersionRef, statement_id: &'a str) -> Self {
        let LayerVersionRef { layer, version } = version;
        Self { layer, statement_id, version: *version }
    }
}

/// What a function is marked with.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TagsView<'a> {
    /// The tags, by key.
    pub tags: &'a Tags,
}

/// How many calls are kept for a function alone.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ConcurrencyView {
    /// So many; null is none.
    pub reserved_concurrent_executions: Option<u32>,
}
