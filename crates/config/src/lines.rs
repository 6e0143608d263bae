//! Which whole lines of the file say what, so that an edit can take or add lines and leave every other byte alone.

use std::ops::Range;
use toml_edit::{Document, Item, Table, TomlError};

/// A heading or a key with its value.
#[derive(Debug)]
pub(crate) struct Entry {
    /// The path that it sets.
    pub path: Vec<String>,
    /// Its whole lines, with the end of the last one.
    pub lines: Range<usize>,
    /// Its value; empty for a heading.
    pub value: Range<usize>,
    /// Whether it is a heading.
    pub is_heading: bool,
}

/// The entries of `text` as they stand in it.
pub(crate) fn entries(text: &str) -> Result<Vec<Entry>, TomlError> {
    let document = Document::parse(text)?;
    let mut entries = Vec::new();
    collect(document.as_table(), &[], text, &mut entries);
    entries.sort_by_key(|entry| entry.lines.start);
    Ok(entries)
}

fn collect(table: &Table, above: &[String], text: &str, into: &mut Vec<Entry>) {
    for (name, item) in table {
        let path = [above, &[name.to_owned()]].concat();
        match item {
            Item::Table(inner) => {
                let is_heading = !inner.is_implicit() && !inner.is_dotted();
                if let Some(span) = inner.span().filter(|_| is_heading) {
                    let value = span.end..span.end;
                    into.push(Entry { path: path.clone(), lines: whole(text, &span), value, is_heading });
                }
                collect(inner, &path, text, into);
            }
            Item::Value(value) => {
                let key = table.key(name).and_then(toml_edit::Key::span);
                if let (Some(key), Some(value)) = (key, value.span()) {
                    let lines = whole(text, &(key.start..value.end));
                    into.push(Entry { path, lines, value, is_heading: false });
                }
            }
            Item::None | Item::ArrayOfTables(_) => {}
        }
    }
}

fn whole(text: &str, span: &Range<usize>) -> Range<usize> {
    let start = line_start(text, span.start);
    let rest = text.get(span.end..).unwrap_or_default();
    let end = rest.find('\n').map_or(text.len(), |at| span.end + at + 1);
    start..end
}

fn line_start(text: &str, at: usize) -> usize {
    text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1)
}

/// The line that ends where the one at `at` begins; `None` at the beginning of the file.
fn line_before(text: &str, at: usize) -> Option<(usize, &str)> {
    let end = at.checked_sub(1)?;
    let start = line_start(text, end);
    Some((start, text.get(start..end).unwrap_or_default().trim()))
}

/// Where the comments begin that stand right above the line at `at`. An editor's directive, `#:…`, is about the
/// whole file.
pub(crate) fn comments_above(text: &str, mut at: usize) -> usize {
    while let Some((start, line)) = line_before(text, at)
        && line.starts_with('#')
        && !line.starts_with("#:")
    {
        at = start;
    }
    at
}

/// Where the blank line right above `at` begins, or `at` where there is none.
pub(crate) fn blank_above(text: &str, at: usize) -> usize {
    match line_before(text, at) {
        Some((start, "")) => start,
        _ => at,
    }
}

/// Where the blank line that begins at `at` ends, or `at` where there is none.
pub(crate) fn blank_below(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    match rest.split_once('\n') {
        Some((line, _)) if line.trim().is_empty() => at + line.len() + 1,
        _ => at,
    }
}

/// The text without a range of whole lines. A file whose last line has no end keeps that.
pub(crate) fn cut(text: &str, range: &Range<usize>) -> String {
    let (before, after) =
        (text.get(..range.start).unwrap_or_default(), text.get(range.end..).unwrap_or_default());
    let before = if after.is_empty() && !text.ends_with('\n') {
        let line = before.strip_suffix('\n').unwrap_or(before);
        line.strip_suffix('\r').unwrap_or(line)
    } else {
        before
    };
    format!("{before}{after}")
}

/// How the file ends its lines.
pub(crate) fn line_end(text: &str) -> &'static str {
    match text.split_once('\n') {
        Some((first, _)) if first.ends_with('\r') => "\r\n",
        _ => "\n",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_is_found_with_its_whole_lines() {
        let text = "# ä\r\na.b = 1 # x\r\n[ c . \"d e\" ]\r\n  f = [\r\n 1]\r\n[g.h]\r\ni = { j = 2 }";
        let found: Vec<_> = entries(text)
            .unwrap()
            .into_iter()
            .map(|one| (one.path.join("/"), text[one.lines].to_owned(), text[one.value].to_owned()))
            .collect();
        let expected = [
            ("a/b", "a.b = 1 # x\r\n", "1"),
            ("c/d e", "[ c . \"d e\" ]\r\n", ""),
            ("c/d e/f", "  f = [\r\n 1]\r\n", "[\r\n 1]"),
            ("g/h", "[g.h]\r\n", ""),
            ("g/h/i", "i = { j = 2 }", "{ j = 2 }"),
        ];
        let found: Vec<_> = found.iter().map(|(a, b, c)| (a.as_str(), b.as_str(), c.as_str())).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn what_stands_above_and_below_a_line() {
        let text = "#:schema x\n# about a\n[a]\n\n[b]\n";
        assert_eq!(comments_above(text, text.find("[a]").unwrap()), text.find("# about").unwrap());
        assert_eq!(comments_above(text, 0), 0);
        let b = text.find("[b]").unwrap();
        assert_eq!((comments_above(text, b), blank_above(text, b), blank_below(text, b - 1)), (b, b - 1, b));
        assert_eq!(blank_above(text, 0), 0);
        assert_eq!(cut("a\r\nb", &(3..4)), "a");
        assert_eq!(cut("a\nb\n", &(2..4)), "a\n");
    }
}
