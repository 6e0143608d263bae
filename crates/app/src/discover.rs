//! Discovers functions: all of them, or page by page.

use crate::{
    AppError, AuthGate,
    manage::{FunctionFilter, PageLimits, list_functions},
};
use lamplight_domain::Function;
use lamplight_ports::Connection;
use std::ops::ControlFlow;

/// What to discover.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DiscoverRequest {
    /// Where to start: the marker of an earlier discovery.
    pub marker: Option<String>,
    /// The number of functions requested by one call, 1–10,000.
    pub page_size: Option<u32>,
    /// The maximum number of functions; `None` is all.
    pub max_items: Option<u32>,
}

/// The result of a discovery.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Discovery {
    /// The functions, in the provider's order.
    pub functions: Vec<Function>,
    /// Where to continue; `None` if all functions were listed.
    pub next_marker: Option<String>,
}

/// Lists the functions of a connection.
///
/// # Guarantees
/// - If credentials expire in between, `gate` waits for valid ones, and no page is lost or read twice.
/// - At most `max_items` are returned, and nothing is left out if a discovery continues with the next marker: it says
///   where in a page this one ended.
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
