//! Pages of a listing. A marker names the item after which a page begins, so changes in between do not move pages.

use lamplight_domain::ErrorCode;
use lamplight_ports::{Page, PortError, PortErrorKind};

/// The place of an item in a listing: by name, then by number.
pub(crate) type Place<'a> = (&'a str, u64);

/// The page of `items` after `marker`; `items` are sorted by place.
pub(crate) fn page<'a, X, T>(
    items: impl Iterator<Item = (Place<'a>, X)>,
    marker: Option<&str>,
    size: usize,
    describe: impl Fn(X) -> T,
) -> Result<Page<T>, PortError> {
    let begin = marker.map(read).transpose()?;
    let mut left = items.skip_while(|(place, _)| begin.is_some_and(|begin| *place <= begin)).peekable();
    let (mut page, mut end) = (Vec::new(), None);
    while page.len() < size
        && let Some((place, item)) = left.next()
    {
        end = Some(place);
        page.push(describe(item));
    }
    let next_marker =
        end.filter(|_| left.peek().is_some()).map(|(name, number)| format!("after-{number}-{name}"));
    Ok(Page { items: page, next_marker })
}

fn read(marker: &str) -> Result<Place<'_>, PortError> {
    let place = marker.strip_prefix("after-").and_then(|rest| rest.split_once('-'));
    let place = place.and_then(|(number, name)| Some((name, number.parse().ok()?)));
    place.ok_or_else(|| {
        let message = format!("marker {marker:?} is not valid: this provider did not return it");
        PortError::new(PortErrorKind::InvalidRequest, ErrorCode::InvalidRequest, message)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_between_two_pages_do_not_move_the_second() {
        let names = |names: &[&'static str]| names.iter().map(|name| ((*name, 0), *name)).collect::<Vec<_>>();
        let first = page(names(&["a", "c", "e"]).into_iter(), None, 2, str::to_owned).unwrap();
        assert_eq!(first.items, ["a", "c"]);
        let marker = first.next_marker.unwrap();
        let rest = page(names(&["b", "d", "e"]).into_iter(), Some(&marker), 2, str::to_owned).unwrap();
        assert_eq!((rest.items, rest.next_marker), (vec!["d".to_owned(), "e".to_owned()], None));
    }

    #[test]
    fn names_may_contain_the_parts_of_a_marker() {
        let place = ("after-1-x", 7);
        assert_eq!(read("after-7-after-1-x").unwrap(), place);
        for foreign in ["", "after-", "after-x", "after-x-y", "before-1-x"] {
            assert_eq!(read(foreign).unwrap_err().kind, PortErrorKind::InvalidRequest, "{foreign}");
        }
    }
}
