//! Finds lists that never end: a marker that comes back, or more pages than there can be.

use lamplight_domain::ErrorCode;
use lamplight_ports::{PortError, PortErrorKind};
use std::collections::HashSet;

/// More items than an account can have of anything: code storage and quotas end far below.
const MOST_ITEMS: u32 = 500_000;
/// The size of a page if the caller asks for none.
const USUAL_PAGE: u32 = 50;
/// Pages without items that may follow each other: the provider may leave out items that it has read, but not forever.
const MOST_EMPTY: u32 = 1_000;

/// The pages of one list that have been read.
#[derive(Debug)]
pub(crate) struct Markers {
    seen: HashSet<String>,
    most_pages: u32,
    pages: u32,
    empty: u32,
}

impl Markers {
    /// A list that is read from `first`, in pages of this size.
    pub(crate) fn new(first: Option<&str>, page_size: Option<u32>) -> Self {
        let most_pages = MOST_ITEMS / page_size.unwrap_or(USUAL_PAGE).clamp(1, USUAL_PAGE);
        Self { seen: first.map(str::to_owned).into_iter().collect(), most_pages, pages: 0, empty: 0 }
    }

    /// Notes that a page with this many items was read, and that `next` continues the list.
    ///
    /// # Errors
    /// The list would never end.
    pub(crate) fn page(&mut self, items: usize, next: Option<&str>) -> Result<(), PortError> {
        let Some(next) = next else { return Ok(()) };
        self.pages += 1;
        self.empty = if items == 0 { self.empty + 1 } else { 0 };
        let problem = if !self.seen.insert(next.to_owned()) {
            format!("a marker came back after {} page{}", self.pages, if self.pages == 1 { "" } else { "s" })
        } else if self.empty >= MOST_EMPTY {
            format!("{} pages in a row have no items", self.empty)
        } else if self.pages >= self.most_pages {
            format!("it has {} pages and still goes on", self.pages)
        } else {
            return Ok(());
        };
        let message = format!("the provider's list does not end: {problem}");
        Err(PortError::new(PortErrorKind::Corrupt, ErrorCode::UnexpectedAnswer, message).with_hint(
            "check that the endpoint belongs to the provider, and that no proxy changes or keeps answers",
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_that_ends_is_read_to_its_end() {
        let mut markers = Markers::new(None, None);
        for page in 0..5_000 {
            // Some pages are empty.
            markers.page(page % 3, Some(&page.to_string())).unwrap();
        }
        markers.page(1, None).unwrap();
    }

    #[test]
    fn a_list_without_end_is_an_error() {
        let mut first = Markers::new(Some("a"), None);
        assert_eq!(
            first.page(1, Some("a")).unwrap_err().message,
            "the provider's list does not end: a marker came back after 1 page"
        );
        let mut circle = Markers::new(None, None);
        for next in ["a", "b", "c"] {
            circle.page(1, Some(next)).unwrap();
        }
        assert!(circle.page(1, Some("b")).is_err());
        for (items, most) in [(0, 1_000), (1, 10_000)] {
            let mut fresh = Markers::new(None, None);
            let ended = (0..20_000).position(|page: u32| fresh.page(items, Some(&page.to_string())).is_err());
            assert_eq!(ended, Some(most - 1), "{items}");
        }
        let mut small = Markers::new(None, Some(1));
        assert!((0..20_000).all(|page: u32| small.page(1, Some(&page.to_string())).is_ok()));
    }
}
