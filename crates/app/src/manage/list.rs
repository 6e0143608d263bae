//! Lists resources page by page.

use super::{markers::Markers, place::Place};
use crate::AppError;
use lamplight_ports::PortError;
use std::ops::ControlFlow;

/// Where a list starts and how much of it is wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PageLimits {
    /// Where to start: the marker of an earlier list, or one of the provider.
    pub marker: Option<String>,
    /// The number of items requested by one call; `None` is the provider's default.
    pub page_size: Option<u32>,
    /// The maximum number of items in total; `None` is all.
    pub max_items: Option<u32>,
}

/// How far a list got.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListResult {
    /// The number of items listed.
    pub count: u64,
    /// Where to continue; `None` if everything was listed.
    pub next_marker: Option<String>,
}

/// Fetches page by page, and passes each page to `on_page` before it fetches the next one.
///
/// # Guarantees
/// - At most `max_items` are passed on. If the provider returns more than requested, the next marker says how many
///   items of its page were listed, so that lists that continue each other contain everything once. Items that are
///   created or deleted in between may shift that position.
/// - If it fails after the first page, the error says where to continue.
/// - A list that would never end is an error.
pub(crate) async fn list_pages<T, F, FF>(
    limits: &PageLimits,
    largest_page: u32,
    mut fetch: F,
    on_page: &mut (dyn FnMut(Vec<T>) -> ControlFlow<()> + Send),
) -> Result<ListResult, AppError>
where
    F: FnMut(Option<String>, Option<u32>) -> FF,
    FF: Future<Output = Result<(Vec<T>, Option<String>), PortError>>,
{
    let ranges =
        [("page size", limits.page_size, largest_page), ("number of items", limits.max_items, 10_000)];
    for (name, value, most) in ranges {
        if value.is_some_and(|value| !(1..=most).contains(&value)) {
            return Err(AppError::Setting(format!("the {name} must be 1 to {most}")));
        }
    }
    let mut place = limits.marker.as_deref().map_or(Ok(Place::default()), Place::read)?;
    let mut markers = Markers::new(place.marker.as_deref(), limits.page_size);
    let mut count = 0;
    loop {
        let left = limits.max_items.map(|most| u64::from(most).saturating_sub(count));
        // The items that are still wanted, and those before them in the page that were already listed.
        let wanted = left.map(|left| clamp(left.saturating_add(place.shown), largest_page));
        let page_size = match (limits.page_size, wanted) {
            (Some(size), Some(wanted)) => Some(size.min(wanted)),
            (size, wanted) => size.or(wanted),
        };
        let (mut items, next_marker) = fetch(place.marker.clone(), page_size)
            .await
            .map_err(|error| with_marker(error, &place, count))?;
        markers.page(items.len(), next_marker.as_deref())?;
        let given = items.len() as u64;
        let skipped = place.shown.min(given);
        items.drain(..usize::try_from(skipped).unwrap_or(usize::MAX));
        let shown = left.map_or(given - skipped, |left| left.min(given - skipped));
        items.truncate(usize::try_from(shown).unwrap_or(usize::MAX));
        count += shown;
        let next = if skipped + shown < given {
            Some(Place { marker: place.marker, shown: skipped + shown })
        } else {
            // If the page is now shorter than what was listed of it, the rest is skipped in the next one.
            let shown = place.shown - skipped;
            next_marker.map(|marker| Place { marker: Some(marker), shown })
        };
        let stopped = (shown > 0 || skipped == 0) && on_page(items).is_break();
        let enough = limits.max_items.is_some_and(|most| count >= u64::from(most));
        match next {
            Some(next) if !stopped && !enough => place = next,
            next => return Ok(ListResult { count, next_marker: next.and_then(|place| place.write()) }),
        }
    }
}

fn clamp(number: u64, most: u32) -> u32 {
    u32::try_from(number).unwrap_or(most).min(most)
}

/// Adds to an error where the list can be continued.
fn with_marker(error: PortError, place: &Place, before: u64) -> PortError {
    let Some(marker) = place.write().filter(|_| before > 0) else { return error };
    let place = format!("to continue after the items that were listed, use marker {marker}");
    let hint = match &error.hint {
        Some(hint) => format!("{hint}; {place}"),
        None => place,
    };
    error.with_hint(hint)
}

#[cfg(test)]
mod tests {
    use super::*;
    use lamplight_domain::ErrorCode;
    use proptest::prelude::*;

    /// Lists the numbers below `total` from a provider with pages of `page` numbers. It ignores the requested page size
    /// unless it `listens` and that is smaller.
    async fn list_numbers(
        total: u32,
        page: u32,
        listens: bool,
        limits: PageLimits,
    ) -> Result<(Vec<u32>, ListResult), AppError> {
        let mut seen = Vec::new();
        let fetch = |marker: Option<String>, size: Option<u32>| async move {
            let begin: u32 = marker.map_or(0, |marker| marker.parse().unwrap());
            let size = size.filter(|_| listens).unwrap_or(page).min(page);
            let end = (begin + size).min(total);
            Ok(((begin..end).collect(), (end < total).then(|| end.to_string())))
        };
        let mut on_page = |items: Vec<u32>| {
            seen.extend(items);
            ControlFlow::Continue(())
        };
        let listed = list_pages(&limits, 10_000, fetch, &mut on_page).await?;
        Ok((seen, listed))
    }

    proptest! {
        #[test]
        fn lists_that_continue_each_other_contain_everything_once(
            total in 0_u32..60,
            page in 1_u32..20,
            listens: bool,
            sizes in proptest::collection::vec((1_u32..15, proptest::option::of(1_u32..15)), 60),
        ) {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let (mut all, mut marker) = (Vec::new(), None);
            for (most, page_size) in sizes {
                let limits = PageLimits { marker, page_size, max_items: Some(most) };
                let (seen, listed) = runtime.block_on(list_numbers(total, page, listens, limits)).unwrap();
                prop_assert!(seen.len() as u64 == listed.count && listed.count <= u64::from(most));
                prop_assert!(listed.count == u64::from(most) || listed.next_marker.is_none());
                all.extend(seen);
                marker = listed.next_marker;
                if marker.is_none() {
                    break;
                }
            }
            prop_assert_eq!(all, (0..total).collect::<Vec<_>>());
        }
    }

    #[tokio::test]
    async fn a_damaged_marker_is_refused() {
        let limits = PageLimits { max_items: Some(3), ..PageLimits::default() };
        let (seen, listed) = list_numbers(129, 129, false, limits.clone()).await.unwrap();
        assert_eq!(seen, [0, 1, 2]);
        let marker = listed.next_marker.unwrap();
        let broken = PageLimits { marker: Some(marker.replace('3', "4")), ..limits };
        let error = list_numbers(129, 129, false, broken).await.unwrap_err();
        assert_eq!(error.code(), ErrorCode::InvalidSetting);
        assert!(error.to_string().contains("marker"), "{error}");
    }
}
