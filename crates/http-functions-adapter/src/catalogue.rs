//! Lists the declared functions, ordered by name.

use crate::Functions;
use async_trait::async_trait;
use lamplight_domain::{ErrorCode, Function, FunctionName, FunctionRef, Qualifier};
use lamplight_ports::{FunctionCatalogue, ListFunctions, Page, PortError, PortErrorKind, invalid_marker};
use std::{
    ops::Bound::{Excluded, Unbounded},
    sync::Arc,
};

/// The largest page that the port allows, and the default.
const LARGEST_PAGE: u32 = 10_000;

/// [`FunctionCatalogue`] of declared functions. The marker of a page is the name of the last function on the page
/// before.
#[derive(Debug)]
pub(crate) struct HttpCatalogue {
    pub(crate) functions: Arc<Functions>,
}

#[async_trait]
impl FunctionCatalogue for HttpCatalogue {
    async fn list(&self, request: ListFunctions) -> Result<Page<Function>, PortError> {
        if request.primary_region.is_some() {
            return Err(invalid(
                "functions behind a URL do not have regions; list them without a region".to_owned(),
            ));
        }
        let size = request.page_size.unwrap_or(LARGEST_PAGE);
        if !(1..=LARGEST_PAGE).contains(&size) {
            return Err(invalid(format!("page size {size} is not valid; use 1 to {LARGEST_PAGE}")));
        }
        let after = request.marker.as_deref().map(read_marker).transpose()?;
        let begin = after.as_ref().map_or(Unbounded, Excluded);
        let mut left = self.functions.range::<FunctionName, _>((begin, Unbounded)).peekable();
        let mut items = Vec::new();
        while u32::try_from(items.len()).is_ok_and(|count| count < size)
            && let Some((name, function)) = left.next()
        {
            items.push(function.describe(name));
        }
        let last = items.last().map(|function: &Function| function.name.to_string());
        Ok(Page { next_marker: last.filter(|_| left.peek().is_some()), items })
    }

    async fn get(
        &self,
        function: &FunctionRef,
        qualifier: Option<&Qualifier>,
    ) -> Result<Option<Function>, PortError> {
        if qualifier.is_some() {
            return Ok(None);
        }
        Ok(self.functions.get(&function.name).map(|declared| declared.describe(&function.name)))
    }
}

fn read_marker(marker: &str) -> Result<FunctionName, PortError> {
    marker.parse().map_err(|_| invalid_marker(marker))
}

fn invalid(message: String) -> PortError {
    PortError::new(PortErrorKind::InvalidRequest, ErrorCode::InvalidRequest, message)
}
