//! Lists and describes functions.

use crate::{Page, PortError};
use async_trait::async_trait;
use lamplight_domain::{Function, FunctionRef, Qualifier};
use std::fmt::Debug;

/// A request to list a page of functions. By default, only the unpublished version of each function is listed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListFunctions {
    /// Whether to list every published version, too.
    pub all_versions: bool,
    /// If given, only replicas of functions from this region, in the provider's words. Valid only with `all_versions`.
    pub primary_region: Option<String>,
    /// The marker of the previous page, as the provider gave it; `None` for the first one.
    pub marker: Option<String>,
    /// The maximum number of functions, 1–10,000. The provider may return fewer.
    pub page_size: Option<u32>,
}

/// The functions of one connection.
///
/// # Guarantees
/// - Calls change nothing and may be repeated.
/// - Following `next_marker` from the first page to the last one returns every function that exists during the whole
///   time exactly once, whatever page sizes the provider chooses.
/// - Values of environment variables do not appear in errors or logs.
#[async_trait]
pub trait FunctionCatalogue: Debug + Send + Sync + 'static {
    /// Lists a page of functions.
    ///
    /// # Guarantees
    /// - A marker that the provider did not give is [`InvalidRequest`](crate::PortErrorKind::InvalidRequest), if the
    ///   provider notices it.
    async fn list(&self, request: ListFunctions) -> Result<Page<Function>, PortError>;

    /// Describes one function, including its state.
    ///
    /// # Guarantees
    /// - `None` means that the provider says the function or the qualifier does not exist.
    async fn get(
        &self,
        function: &FunctionRef,
        qualifier: Option<&Qualifier>,
    ) -> Result<Option<Function>, PortError>;

    /// Describes only the settings of one function, if that needs fewer permissions than [`get`](Self::get). By default
    /// it is the same as `get`.
    ///
    /// # Guarantees
    /// - `None` means that the provider says the function or the qualifier does not exist.
    async fn configuration(
        &self,
        function: &FunctionRef,
        qualifier: Option<&Qualifier>,
    ) -> Result<Option<Function>, PortError> {
        self.get(function, qualifier).await
    }
}
