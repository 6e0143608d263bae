//! Discovered functions and what an import did with them. Values of environment variables are never shown.

use lamplight_domain::{Function, FunctionSettings, ImportAction, ImportChange};
use schemars::JsonSchema;
use serde::Serialize;

/// The discovered functions.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DiscoveryView<'a> {
    /// The functions, in the provider's order.
    pub functions: Vec<FoundFunctionView<'a>>,
    /// The marker of the next page; null on the last page.
    pub next_marker: Option<&'a str>,
    /// What the import did for each function; left out if nothing was to be imported.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub imported: Option<Vec<ImportView<'a>>>,
    /// True if this only says what an import would do.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub dry_run: bool,
}

/// A discovered function; null is what the provider does not say.
#[derive(Debug, Serialize, JsonSchema)]
pub struct FoundFunctionView<'a> {
    /// The bare name.
    pub name: &'a str,
    /// The provider's full reference.
    pub reference: &'a str,
    /// The version that is described, as the provider names it.
    pub version: Option<&'a str>,
    /// What the function does, for people.
    pub description: Option<&'a str>,
    /// The language runtime.
    pub runtime: Option<&'a str>,
    /// The entry point.
    pub handler: Option<&'a str>,
    /// The function's own time limit in seconds.
    pub timeout_seconds: Option<u32>,
    /// The function's memory in MiB.
    pub memory_mb: Option<u32>,
    /// The processor architecture, as the provider names it.
    pub architecture: Option<&'a str>,
    /// How the code is packaged, as the provider names it.
    pub package_type: Option<&'a str>,
    /// When the function was last changed, as the provider writes it.
    pub last_modified: Option<&'a str>,
    /// The log group of the function.
    pub log_group: Option<&'a str>,
    /// The provider's state of the function, such as `Active`.
    pub state: Option<&'a str>,
    /// The names of the environment variables.
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

/// What the import did for one function.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ImportView<'a> {
    /// The function's name.
    pub function: &'a str,
    /// What was done.
    pub outcome: ImportWord,
    /// The job; null if none was created.
    pub job: Option<&'a str>,
    /// Why no job was created, if none was.
    pub reason: Option<&'a str>,
    /// What changes in the job, and what stays because it was edited.
    pub changes: Vec<ImportChangeView<'a>>,
    /// What the suggested parameters leave out, without values.
    pub notes: &'a [String],
}

/// A difference between a job before and after an import.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ImportChangeView<'a> {
    /// What the import does.
    pub action: ImportActionWord,
    /// The parameter; null if the change is about the job itself.
    pub parameter: Option<&'a str>,
    /// The part: `parameter` for a whole one, `type`, `default`, `secret`, `description`, `reference`, `timeout`,
    /// `architecture` or `open`.
    pub field: &'static str,
    /// The value at the last import; masked if the parameter is secret.
    pub before: Option<&'a str>,
    /// The value now; masked if the parameter is secret.
    pub after: Option<&'a str>,
}

impl<'a> From<&'a ImportChange> for ImportChangeView<'a> {
    fn from(change: &'a ImportChange) -> Self {
        let ImportChange { action, parameter, field, before, after } = change;
        Self {
            action: match action {
                ImportAction::Added => ImportActionWord::Added,
                ImportAction::Removed => ImportActionWord::Removed,
                ImportAction::Changed => ImportActionWord::Changed,
                ImportAction::Kept => ImportActionWord::Kept,
            },
            parameter: parameter.as_ref().map(lamplight_domain::ParamName::as_str),
            field: field.as_str(),
            before: before.as_deref(),
            after: after.as_deref(),
        }
    }
}

/// What an import does with a part of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ImportActionWord {
    /// The parameter is new.
    Added,
    /// The function does not have the variable any more.
    Removed,
    /// The part follows the function.
    Changed,
    /// The function has changed, but the part was edited and stays as it is.
    Kept,
}

/// What an import did for a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ImportWord {
    /// A job was created.
    Created,
    /// A job of this function exists and was updated; what was edited was kept.
    Refreshed,
    /// A job of this function exists, and nothing has changed.
    Unchanged,
    /// No job was created.
    Skipped,
}
