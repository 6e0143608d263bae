//! Walking a listing that comes in pages.

use crate::AppError;
use lamplight_ports::PortError;
use std::ops::ControlFlow;

/// How much of a listing is wanted, and where it begins.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Limits {
    /// Where to begin: a marker that an earlier walk gave.
    pub marker: Option<String>,
    /// How many things one call asks for; `None` is as many as the provider gives.
    pub page_size: Option<u32>,
    /// After how many things the walk ends; `None` is never.
    pub max_items: Option<u32>,
}

/// How far a walk came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listed {
    /// How many things it showed.
    pub count: u64,
    /// Where to go on; `None` at the end.
    pub next_marker: Option<String>,
}

/// Walks page by page, and hands each page on before it asks for the next.
///
/// # Guarantees
/// - Nothing that the provider gave is left out: where it gives more than was asked for, more than `max_items` is
///   handed on, so that the next marker never skips a thing.
/// - A walk that fails on the way says where it can be taken up again.
pub(crate) async fn walk<T, F, FF>(
    limits: &Limits,
    largest_page: u32,
    mut fetch: F,
    on_page: &mut (dyn FnMut(Vec<T>) -> ControlFlow<()> + Send),
) -> Result<Listed, AppError>
where
    F: FnMut(Option<String>, Option<u32>) -> FF,
    FF: Future<Output = Result<(Vec<T>, Option<String>), PortError>>,
{
    let ranges =
        [("page size", limits.page_size, largest_page), ("number of items", limits.max_items, 10_000)];
    for (name, value, most) in ranges {
        if value.is_some_and(|value| !(1..=most).contains(&value)) {
            return Err(AppError::Setting(format!("the {name} must be 1-{most}")));
        }
    }
    let mut listed = Listed { count: 0, next_marker: limits.marker.clone() };
    loop {
        let left = limits.max_items.map(|most| {
            let left = u64::from(most).saturating_sub(listed.count);
            u32::try_from(left).unwrap_or(u32::MAX).min(largest_page)
        });
        let page_size = match (limits.page_size, left) {
            (Some(size), Some(left)) => Some(size.min(left)),
            (size, left) => size.or(left),
        };
        let marker = listed.next_marker.take();
        let (items, next_marker) = fetch(marker.clone(), page_size)
            .await
            .map_err(|error| with_place(error, marker, listed.count))?;
        listed.count += items.len() as u64;
        listed.next_marker = next_marker;
        let stopped = on_page(items).is_break();
        let enough = limits.max_items.is_some_and(|most| listed.count >= u64::from(most));
        if stopped || enough || listed.next_marker.is_none() {
            return Ok(listed);
        }
    }
}

/// Says where a walk that failed on the way can be taken up again.
fn with_place(error: PortError, marker: Option<String>, before: u64) -> PortError {
    let Some(marker) = marker.filter(|_| before > 0) else { return error };
    let place = format!("{before} were listed before: go on from marker {marker}");
    let hint = match &error.hint {
        Some(hint) => format!("{hint}; {place}"),
        None => place,
    };
    error.with_hint(hint)
}
