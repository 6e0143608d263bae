//! Lists functions and their versions, page by page.

use super::list::{ListResult, PageLimits, list_pages};
use crate::{AppError, AuthGate};
use lamplight_domain::{Function, FunctionRef};
use lamplight_ports::{Connection, ListFunctions, ListVersions};
use std::ops::ControlFlow;

/// The maximum page size for functions and versions.
const LARGEST_PAGE: u32 = 10_000;

/// Which functions to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FunctionFilter {
    /// Whether to list every published version in addition to the unpublished one.
    pub all_versions: bool,
    /// If given, only replicas of functions from this region. Valid only with `all_versions`.
    pub primary_region: Option<String>,
}

/// Lists functions. Each page is passed to `on_page` before the next one is fetched.
///
/// # Guarantees
/// - If credentials expire in between, `gate` waits for valid ones, and no page is lost or read twice.
/// - At most `max_items` are listed, and lists that continue each other leave nothing out.
pub async fn list_functions(
    connection: &Connection,
    filter: &FunctionFilter,
    limits: &PageLimits,
    gate: &AuthGate<'_>,
    on_page: &mut (dyn FnMut(Vec<Function>) -> ControlFlow<()> + Send),
) -> Result<ListResult, AppError> {
    if filter.primary_region.is_some() && !filter.all_versions {
        return Err(AppError::Setting(
            "replicas of another region's functions are versions; list all versions to filter by region"
                .into(),
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
    list_pages(limits, LARGEST_PAGE, fetch, on_page).await
}

/// Lists the versions of a function, the unpublished one first.
pub async fn list_versions(
    connection: &Connection,
    function: &FunctionRef,
    limits: &PageLimits,
    on_page: &mut (dyn FnMut(Vec<Function>) -> ControlFlow<()> + Send),
) -> Result<ListResult, AppError> {
    let fetch = |marker, page_size| async move {
        let wanted = ListVersions { function: function.clone(), marker, page_size };
        let page = connection.management()?.functions.versions(wanted).await?;
        Ok((page.items, page.next_marker))
    };
    list_pages(limits, LARGEST_PAGE, fetch, on_page).await
}
