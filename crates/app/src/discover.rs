//! Discovering functions: all of them, or page by page.

use crate::{AppError, AuthGate};
use lamplight_domain::Function;
use lamplight_ports::{Connection, ListFunctions, PortError};

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
/// - Nothing that the provider gave is left out: where it gives more than was asked for, the result is longer
///   than `max_items`, so that the next marker never skips a function.
pub async fn discover(
    connection: &Connection,
    request: &DiscoverRequest,
    gate: &AuthGate<'_>,
) -> Result<Discovery, AppError> {
    for (name, value) in [("page size", request.page_size), ("number of items", request.max_items)] {
        if value.is_some_and(|value| !(1..=10_000).contains(&value)) {
            return Err(AppError::Setting(format!("the {name} must be 1-10000")));
        }
    }
    let mut found = Discovery { functions: Vec::new(), next_marker: request.marker.clone() };
    loop {
        let left = request
            .max_items
            .map(|most| most.saturating_sub(u32::try_from(found.functions.len()).unwrap_or(u32::MAX)));
        let page_size = match (request.page_size, left) {
            (Some(size), Some(left)) => Some(size.min(left)),
            (size, left) => size.or(left),
        };
        let wanted =
            ListFunctions { marker: found.next_marker.take(), page_size, ..ListFunctions::default() };
        let listed = gate.run(|| connection.catalogue.list(wanted.clone())).await;
        let page = listed.map_err(|error| with_place(error, &wanted, found.functions.len()))?;
        found.functions.extend(page.functions);
        found.next_marker = page.next_marker;
        let enough = request.max_items.is_some_and(|most| found.functions.len() >= most as usize);
        if enough || found.next_marker.is_none() {
            return Ok(found);
        }
    }
}

/// Says where a walk that failed on the way can be taken up again.
fn with_place(error: PortError, wanted: &ListFunctions, before: usize) -> PortError {
    let Some(marker) = wanted.marker.as_deref().filter(|_| before > 0) else { return error };
    let place = format!("{before} functions were listed before: go on from marker {marker}");
    let hint = match &error.hint {
        Some(hint) => format!("{hint}; {place}"),
        None => place,
    };
    error.with_hint(hint)
}
