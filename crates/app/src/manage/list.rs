//! Walking a listing that comes in pages.

use super::place::Place;
use crate::AppError;
use lamplight_ports::PortError;
use std::ops::ControlFlow;

/// How much of a listing is wanted, and where it begins.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PageLimits {
    /// Where to begin: a marker that an earlier walk gave, or the provider.
    pub marker: Option<String>,
    /// How many things one call asks for; `None` is as many as the provider gives.
    pub page_size: Option<u32>,
    /// How many things the walk shows at the most; `None` is all.
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
/// - No more than `max_items` are handed on. Where the provider gives more than was asked for, the next marker says how
///   many of its page were shown, so that walks one after the other show everything once; what is made or deleted
///   between them moves the place by as many.
/// - A walk that fails on the way says where it can be taken up again.
pub(crate) async fn walk<T, F, FF>(
    limits: &PageLimits,
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
    let mut place = limits.marker.as_deref().map_or(Ok(Place::default()), Place::read)?;
    let mut count = 0;
    loop {
        let left = limits.max_items.map(|most| u64::from(most).saturating_sub(count));
        // As many as are wanted, and those that come before them in the page.
        let wanted = left.map(|left| within(left.saturating_add(place.shown), largest_page));
        let page_size = match (limits.page_size, wanted) {
            (Some(size), Some(wanted)) => Some(size.min(wanted)),
            (size, wanted) => size.or(wanted),
        };
        let (mut items, next_marker) =
            fetch(place.marker.clone(), page_size).await.map_err(|error| with_place(error, &place, count))?;
        let given = items.len() as u64;
        let skipped = place.shown.min(given);
        items.drain(..usize::try_from(skipped).unwrap_or(usize::MAX));
        let shown = left.map_or(given - skipped, |left| left.min(given - skipped));
        items.truncate(usize::try_from(shown).unwrap_or(usize::MAX));
        count += shown;
        let next = if skipped + shown < given {
            Some(Place { marker: place.marker, shown: skipped + shown })
        } else {
            // A page shorter than what was shown of it goes on in the next.
            let shown = place.shown - skipped;
            next_marker.map(|marker| Place { marker: Some(marker), shown })
        };
        let stopped = (shown > 0 || skipped == 0) && on_page(items).is_break();
        let enough = limits.max_items.is_some_and(|most| count >= u64::from(most));
        match next {
            Some(next) if !stopped && !enough => place = next,
            next => return Ok(Listed { count, next_marker: next.and_then(|place| place.write()) }),
        }
    }
}

fn within(number: u64, most: u32) -> u32 {
    u32::try_from(number).unwrap_or(most).min(most)
}

/// Says where a walk that failed on the way can be taken up again.
fn with_place(error: PortError, place: &Place, before: u64) -> PortError {
    let Some(marker) = place.write().filter(|_| before > 0) else { return error };
    let place = format!("{before} were listed before: go on from marker {marker}");
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

    /// A provider of numbers whose pages have `page` of them, whatever is asked for, or fewer where it listens.
    async fn walked(
        total: u32,
        page: u32,
        listens: bool,
        limits: PageLimits,
    ) -> Result<(Vec<u32>, Listed), AppError> {
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
        let listed = walk(&limits, 10_000, fetch, &mut on_page).await?;
        Ok((seen, listed))
    }

    proptest! {
        #[test]
        fn walks_one_after_the_other_show_everything_once_and_none_too_much(
            total in 0_u32..60,
            page in 1_u32..20,
            listens: bool,
            sizes in proptest::collection::vec((1_u32..15, proptest::option::of(1_u32..15)), 60),
        ) {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let (mut all, mut marker) = (Vec::new(), None);
            for (most, page_size) in sizes {
                let limits = PageLimits { marker, page_size, max_items: Some(most) };
                let (seen, listed) = runtime.block_on(walked(total, page, listens, limits)).unwrap();
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
    async fn a_marker_that_was_not_given_whole_is_refused() {
        let limits = PageLimits { max_items: Some(3), ..PageLimits::default() };
        let (seen, listed) = walked(129, 129, false, limits.clone()).await.unwrap();
        assert_eq!(seen, [0, 1, 2]);
        let marker = listed.next_marker.unwrap();
        let broken = PageLimits { marker: Some(marker.replace('3', "4")), ..limits };
        let error = walked(129, 129, false, broken).await.unwrap_err();
        assert_eq!(error.code(), ErrorCode::InvalidSetting);
        assert!(error.to_string().contains("marker"), "{error}");
    }
}
