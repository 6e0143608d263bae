//! Where in the file something stands.

use std::{
    fmt,
    ops::Range,
    sync::{Arc, OnceLock},
};
use toml_edit::{Document, Item, TableLike};

/// A place in a text; both numbers begin with 1, and columns count characters.
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

/// The text of a file, which is parsed once for all the places that are asked for, and not before the first one.
#[derive(Clone, Default)]
pub(crate) struct Source {
    text: Arc<str>,
    parsed: OnceLock<Arc<Parsed>>,
}

#[derive(Default)]
struct Parsed {
    document: Option<Document<Arc<str>>>,
    /// Where the lines begin.
    lines: Vec<usize>,
}

impl Source {
    pub(crate) fn new(text: &str) -> Self {
        Self { text: text.into(), parsed: OnceLock::new() }
    }

    /// The place of the key at the end of `path`, such as `["connections", "prod", "region"]`.
    pub(crate) fn place_of(&self, path: &[&str]) -> Option<Place> {
        let parsed = self.parsed();
        self.place(parsed, key_span(parsed.document.as_ref()?.as_table(), path)?)
    }

    /// The place of the value at the end of `path`, whose parts may be numbers of elements too.
    pub(crate) fn place_of_value(&self, path: &[&str]) -> Option<Place> {
        let parsed = self.parsed();
        self.place(parsed, value_span(parsed.document.as_ref()?.as_table(), path)?)
    }

    fn parsed(&self) -> &Parsed {
        self.parsed.get_or_init(|| Arc::new(self.parse()))
    }

    fn place(&self, parsed: &Parsed, span: Range<usize>) -> Option<Place> {
        let line = parsed.lines.partition_point(|start| *start <= span.start);
        let start = *parsed.lines.get(line.checked_sub(1)?)?;
        let column = self.text.get(start..span.start)?.chars().count() + 1;
        Some(Place { line, column })
    }

    fn parse(&self) -> Parsed {
        let ends = self.text.match_indices('\n').map(|(at, _)| at + 1);
        Parsed {
            document: Document::parse(Arc::clone(&self.text)).ok(),
            lines: std::iter::once(0).chain(ends).collect(),
        }
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

fn key_span(table: &dyn TableLike, path: &[&str]) -> Option<Range<usize>> {
    let (first, rest) = path.split_first()?;
    let (key, item) = table.get_key_value(first)?;
    if rest.is_empty() {
        // A table that its own heading does not name, as `a` in `[a.b]`, has no place of its own.
        return key.span().or_else(|| item.span()).or_else(|| first_span(item));
    }
    key_span(item.as_table_like()?, rest)
}

fn value_span(table: &dyn TableLike, path: &[&str]) -> Option<Range<usize>> {
    let (first, rest) = path.split_first()?;
    let (key, item) = table.get_key_value(first)?;
    match (rest, item.as_table_like()) {
        ([], _) => item.span().or_else(|| key.span()).or_else(|| first_span(item)),
        (_, Some(table)) => value_span(table, rest),
        ([number, ..], None) => item.as_array()?.get(number.parse().ok()?)?.span(),
    }
}

fn first_span(item: &Item) -> Option<Range<usize>> {
    let table = item.as_table_like()?;
    table.iter().find_map(|(name, item)| {
        let own = table.key(name).and_then(toml_edit::Key::span);
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
    fn a_text_that_cannot_be_parsed_has_no_places() {
        assert_eq!(Source::new("[a").place_of(&["a"]), None);
        assert_eq!(Source::default().place_of(&["a"]), None);
    }
}
