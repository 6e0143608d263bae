//! What was discovered, and what was made of it. Environment values are never shown.

use lamplight_domain::{Function, FunctionSettings};
use schemars::JsonSchema;
use serde::Serialize;

/// What was discovered.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DiscoveryView<'a> {
    /// The functions, in the provider's order.
    pub functions: Vec<FoundFunctionView<'a>>,
    /// Where to go on; null at the end.
    pub next_marker: Option<&'a str>,
    /// What became of each function, where jobs were to be made of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub imported: Option<Vec<ImportView<'a>>>,
}

/// A function as it was discovered; null is what the provider does not say.
#[derive(Debug, Serialize, JsonSchema)]
pub struct FoundFunctionView<'a> {
    /// The bare name.
    pub name: &'a str,
    /// The provider's full reference.
    pub reference: &'a str,
    /// The version described, in the provider's words.
    pub version: Option<&'a str>,
    /// What it does, for people.
    pub description: Option<&'a str>,
    /// The language runtime.
    pub runtime: Option<&'a str>,
    /// The entry point.
    pub handler: Option<&'a str>,
    /// Its own time limit in seconds.
    pub timeout_seconds: Option<u32>,
    /// Its memory in MiB.
    pub memory_mb: Option<u32>,
    /// The processor architecture, in the provider's words.
    pub architecture: Option<&'a str>,
    /// How its code is packaged, in the provider's words.
    pub package_type: Option<&'a str>,
    /// When it last changed, in the provider's words.
    pub last_modified: Option<&'a str>,
    /// Where its log goes.
    pub log_group: Option<&'a str>,
    /// Whether it can be called, in the provider's words.
    pub state: Option<&'a str>,
    /// The keys of its environment.
    pub environment_keys: Vec<&'a str>,
}

impl<'a> From<&'a Function> for FoundFunctionView<'a> {
    fn from(function: &'a Function) -> Self {
        let FunctionSettings { description, runtime, handler, timeout_seconds, memory_mb, logging, .. } =
            &function.settings;
        Self {
            name: function.name.as_str(),
            reference: &function.reference,
            version: function.version.as_deref(),
            description: description.as_deref(),
            runtime: runtime.as_deref(),
            handler: handler.as_deref(),
            timeout_seconds: *timeout_seconds,
            memory_mb: *memory_mb,
            architecture: function.architecture.as_deref(),
            package_type: function.package_type.as_deref(),
            last_modified: function.last_modified.as_deref(),
            log_group: logging.as_ref().and_then(|logging| logging.group.as_deref()),
            state: function.state.as_deref(),
            environment_keys: function.environment().iter().map(|variable| variable.key.as_str()).collect(),
        }
    }
}

/// What became of one function of an import.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ImportView<'a> {
    /// The function's name.
    pub function: &'a str,
    /// What was done.
    pub outcome: ImportWord,
    /// The job; null where none was made.
    pub job: Option<&'a str>,
    /// Why no job was made, where none was.
    pub reason: Option<&'a str>,
    /// What was left out of the suggested parameters, without values.
    pub notes: &'a [String],
}

/// What was done for a function that was to be imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ImportWord {
    /// A job was made.
    Created,
    /// A job of this function exists, and what discovery knows of the function was brought up to date.
    Refreshed,
    /// A job of this function exists and nothing has changed.
    Unchanged,
    /// No job was made.
    Skipped,
}
