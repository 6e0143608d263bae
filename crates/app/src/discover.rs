//! Discovering functions: all of them, or page by page.

use crate::{
    AppError, AuthGate,
    manage::{FunctionFilter, PageLimits, list_functions},
};
use lamplight_domain::Function;
use lamplight_ports::Connection;
use std::ops::ControlFlow;

/// How much is to be discovered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DiscoverRequest {
    /// Where to begin: a marker that an earlier walk gave.
    pub marker: Option<String>,
    /// How many functions one call asks for, 1–10,000.
    pub page_size: Option<u32>,
    /// After how many functions the walk ends; `None` is never.
    pub max_items: Option<u32>,
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Discovery {
    /// The functions, in the provider's order.
    pub functions: Vec<Function>,
    /// Where to go on; `None` at the end.
    pub next_marker: Option<String>,
}

/// Walks the catalogue.
///
/// # Guarantees
/// - Credentials that end during the walk are waited for at the gate, and no page is lost or read twice.
/// - No more than `max_items` are shown, and nothing is left out where walks follow each other: the next marker says
///   where in a page the walk ended.
pub async fn discover(
    connection: &Connection,
    request: &DiscoverRequest,
    gate: &AuthGate<'_>,
) -> Result<Discovery, AppError> {
    let limits = PageLimits {
        marker: request.marker.clone(),
        page_size: request.page_size,
        max_items: request.max_items,
    };
    let mut functions = Vec::new();
    let mut keep = |page: Vec<Function>| {
        functions.extend(page);
        ControlFlow::Continue(())
    };
    let listed = list_functions(connection, &FunctionFilter::default(), &limits, gate, &mut keep).await?;
    Ok(Discovery { functions, next_marker: listed.next_marker })
}
