//! Finds the line and column of keys and values in the file.

use std::{
    fmt,
    ops::Range,
    sync::{Arc, OnceLock},
};
use toml_edit::{Document, Item, Key};

/// A place in a text. Both numbers start at 1; columns count characters, not bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

impl Place {
    pub(crate) fn at(text: &str, offset: usize) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        Self { line, column }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// The text of a file. It is parsed on the first request for a place, and only once.
#[derive(Clone, Default)]
pub(crate) struct Source {
    text: Arc<str>,
    parsed: OnceLock<Option<Document<Arc<str>>>>,
}

impl Source {
    pub(crate) fn new(text: &str) -> Self {
        Self { text: text.into(), parsed: OnceLock::new() }
    }

    /// The place of the key at the end of `path`, such as `["connections", "prod", "region"]`.
    pub(crate) fn place_of(&self, path: &[&str]) -> Option<Place> {
        let (key, item) = self.find(path)?;
        // A table without its own heading, such as `a` in `[a.b]`, has no span; the first key in it is used.
        self.at(key?.span().or_else(|| item.span()).or_else(|| first_span(item)))
    }

    /// The place of the value at the end of `path`, whose last part may also be the index of an array element.
    pub(crate) fn place_of_value(&self, path: &[&str]) -> Option<Place> {
        let (key, item) = self.find(path)?;
        self.at(item.span().or_else(|| key?.span()).or_else(|| first_span(item)))
    }

    fn at(&self, span: Option<Range<usize>>) -> Option<Place> {
        Some(Place::at(&self.text, span?.start))
    }

    /// The item at the end of `path`, with its key; array elements have none.
    fn find(&self, path: &[&str]) -> Option<(Option<&Key>, &Item)> {
        let document = self.parsed.get_or_init(|| Document::parse(Arc::clone(&self.text)).ok());
        let root = (None, document.as_ref()?.as_item());
        path.iter().try_fold(root, |(_, item), part| match item.as_table_like() {
            Some(table) => table.get_key_value(part).map(|(key, item)| (Some(key), item)),
            None => Some((None, item.get(part.parse::<usize>().ok()?)?)),
        })
    }
}

impl PartialEq for Source {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Source {}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source").field("bytes", &self.text.len()).finish_non_exhaustive()
    }
}

fn first_span(item: &Item) -> Option<Range<usize>> {
    let table = item.as_table_like()?;
    table.iter().find_map(|(name, item)| {
        let own = table.key(name).and_then(Key::span);
        own.or_else(|| item.span()).or_else(|| first_span(item))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_found_however_tables_are_written() {
        let text =
            "# ä comment\n[a.b]\nc = 1\n  d = { 'ü' = { f = 2 } }\n  list = [1, 2]\n[a.b.g]\nh.i = 3\n";
        let source = Source::new(text);
        let at = |path: &[&str]| source.place_of(path).map(|place| place.to_string());
        assert_eq!(at(&["a", "b", "c"]).as_deref(), Some("3:1"));
        assert_eq!(at(&["a", "b", "d"]).as_deref(), Some("4:3"));
        assert_eq!(at(&["a", "b", "d", "ü", "f"]).as_deref(), Some("4:17"));
        assert_eq!(at(&["a", "b", "g", "h", "i"]).as_deref(), Some("7:3"));
        assert_eq!(at(&["a", "b"]).as_deref(), Some("2:4"));
        assert_eq!(at(&["a", "absent"]), None);
        let value = |path: &[&str]| source.place_of_value(path).map(|place| place.to_string());
        assert_eq!(value(&["a", "b", "c"]).as_deref(), Some("3:5"));
        assert_eq!(value(&["a", "b", "d", "ü", "f"]).as_deref(), Some("4:21"));
        assert_eq!(value(&["a", "b", "list", "1"]).as_deref(), Some("5:14"));
        assert_eq!(value(&["a", "b", "list", "2"]), None);
        assert_eq!(at(&[]), None);
    }

    #[test]
    fn invalid_toml_has_no_positions() {
        assert_eq!(Source::new("[a").place_of(&["a"]), None);
        assert_eq!(Source::default().place_of(&["a"]), None);
    }
}
