//! What functions there are.

use crate::{Page, PortError};
use async_trait::async_trait;
use lamplight_domain::{Function, FunctionRef, Qualifier};
use std::fmt::Debug;

/// One page of a listing. The default lists every function once, as it is unpublished.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListFunctions {
    /// Whether every published version is listed beside it.
    pub all_versions: bool,
    /// Only copies of functions whose home is this region, in the provider's words; goes with `all_versions` alone.
    pub primary_region: Option<String>,
    /// Where to go on: the marker of the page before, as the provider gave it.
    pub marker: Option<String>,
    /// How many functions at the most, 1–10,000. The provider may give fewer, whatever is asked for.
    pub page_size: Option<u32>,
}

/// The functions of one connection.
///
/// # Guarantees
/// - Reading changes nothing; every method may be repeated.
/// - Walking from no marker along `next_marker` to the end gives every function that exists throughout the
///   walk exactly once, whatever page sizes the provider chooses.
/// - A function's environment values appear in no error and no log.
#[async_trait]
pub trait FunctionCatalogue: Debug + Send + Sync + 'static {
    /// Lists a page.
    ///
    /// # Guarantees
    /// - A marker that the provider did not give is [`InvalidRequest`](crate::PortErrorKind::InvalidRequest)
    ///   where the provider can tell.
    async fn list(&self, request: ListFunctions) -> Result<Page<Function>, PortError>;

    /// Describes one function with its state.
    ///
    /// # Guarantees
    /// - `None` means that the provider says there is no such function or qualifier.
    async fn get(
        &self,
        function: &FunctionRef,
        qualifier: Option<&Qualifier>,
    ) -> Result<Option<Function>, PortError>;

    /// Describes one function's settings alone, where that needs fewer permissions than [`get`](Self::get), which it
    /// is by default.
    ///
    /// # Guarantees
    /// - `None` means that the provider says there is no such function or qualifier.
    async fn configuration(
        &self,
        function: &FunctionRef,
        qualifier: Option<&Qualifier>,
    ) -> Result<Option<Function>, PortError> {
        self.get(function, qualifier).await
    }
}
