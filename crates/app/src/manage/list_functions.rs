//! Listing functions and their versions, page by page.

use super::list::{Listed, PageLimits, walk};
use crate::{AppError, AuthGate};
use lamplight_domain::{Function, FunctionRef};
use lamplight_ports::{Connection, ListFunctions, ListVersions};
use std::ops::ControlFlow;

/// The largest page of functions or versions that may be asked for.
const LARGEST_PAGE: u32 = 10_000;

/// Which functions are listed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FunctionFilter {
    /// Whether every published version is listed beside the unpublished one.
    pub all_versions: bool,
    /// Only copies of functions whose home is this region; goes with `all_versions` alone.
    pub primary_region: Option<String>,
}

/// Lists functions; each page is handed to `on_page` before the next is asked for.
///
/// # Guarantees
/// - Credentials that end during the walk are waited for at the gate, and no page is lost or read twice.
/// - No more than `max_items` are shown, and nothing is left out where walks follow each other.
pub async fn list_functions(
    connection: &Connection,
    filter: &FunctionFilter,
    limits: &PageLimits,
    gate: &AuthGate<'_>,
    on_page: &mut (dyn FnMut(Vec<Function>) -> ControlFlow<()> + Send),
) -> Result<Listed, AppError> {
    if filter.primary_region.is_some() && !filter.all_versions {
        return Err(AppError::Setting(
            "copies of another region's functions are versions: list all versions".into(),
        ));
    }
    let fetch = |marker, page_size| async move {
        let wanted = ListFunctions {
            all_versions: filter.all_versions,
            primary_region: filter.primary_region.clone(),
            marker,
            page_size,
        };
        let page = gate.run(|| connection.catalogue.list(wanted.clone())).await?;
        Ok((page.items, page.next_marker))
    };
    walk(limits, LARGEST_PAGE, fetch, on_page).await
}

/// Lists the versions of a function, the unpublished one first.
pub async fn list_versions(
    connection: &Connection,
    function: &FunctionRef,
    limits: &PageLimits,
    on_page: &mut (dyn FnMut(Vec<Function>) -> ControlFlow<()> + Send),
) -> Result<Listed, AppError> {
    let fetch = |marker, page_size| async move {
        let wanted = ListVersions { function: function.clone(), marker, page_size };
        let page = connection.management()?.functions.versions(wanted).await?;
        Ok((page.items, page.next_marker))
    };
    walk(limits, LARGEST_PAGE, fetch, on_page).await
}
