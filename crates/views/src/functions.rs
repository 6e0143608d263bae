//! Pages of functions and of function versions.

use crate::FunctionView;
use schemars::JsonSchema;
use serde::Serialize;

/// A page of functions.
#[derive(Debug, Serialize, JsonSchema)]
pub struct FunctionsView<'a> {
    /// The functions, in the provider's order.
    pub functions: Vec<FunctionView<'a>>,
    /// The marker of the next page; null on the last page.
    pub next_marker: Option<&'a str>,
}

/// A page of the versions of a function.
#[derive(Debug, Serialize, JsonSchema)]
pub struct VersionsView<'a> {
    /// The versions, in the provider's order.
    pub versions: Vec<FunctionView<'a>>,
    /// The marker of the next page; null on the last page.
    pub next_marker: Option<&'a str>,
}
