//! Where in the file something stands.

use std::{fmt, ops::Range};
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

/// The place of the key at the end of `path`, such as `["connections", "prod", "region"]`.
pub fn place_of(text: &str, path: &[&str]) -> Option<Place> {
    let document = Document::parse(text).ok()?;
    let span = key_span(document.as_table(), path)?;
    Some(Place::at(text, span.start))
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
        let text = "# ä comment\n[a.b]\nc = 1\n  d = { 'ü' = { f = 2 } }\n[a.b.g]\nh.i = 3\n";
        let at = |path: &[&str]| place_of(text, path).map(|place| place.to_string());
        assert_eq!(at(&["a", "b", "c"]).as_deref(), Some("3:1"));
        assert_eq!(at(&["a", "b", "d"]).as_deref(), Some("4:3"));
        assert_eq!(at(&["a", "b", "d", "ü", "f"]).as_deref(), Some("4:17"));
        assert_eq!(at(&["a", "b", "g", "h", "i"]).as_deref(), Some("6:3"));
        assert_eq!(at(&["a", "b"]).as_deref(), Some("2:4"));
        assert_eq!(at(&["a", "absent"]), None);
        assert_eq!(at(&[]), None);
    }
}
