//! Finds and removes whole lines of the file without changing any other byte. `DocumentMut` cannot do that: it rewrites
//! the whole file, groups all dotted keys of a table and drops carriage returns.

use std::ops::Range;
use toml_edit::{Document, Item, Key, Table, TomlError};

/// A heading or a key with its value.
#[derive(Debug)]
pub(crate) struct Entry {
    /// The range of its whole lines, including the last line ending.
    pub lines: Range<usize>,
    pub is_heading: bool,
    /// Whether it is at or below the requested path.
    is_below: bool,
}

/// The entries of `text` in their order; `is_below` marks those at or below `path`.
pub(crate) fn entries(text: &str, path: &[&str]) -> Result<Vec<Entry>, TomlError> {
    let document = Document::parse(text)?;
    let mut entries = Vec::new();
    collect(document.as_table(), Some(path), text, &mut entries);
    entries.sort_by_key(|entry| entry.lines.start);
    Ok(entries)
}

/// `path` is the rest of the requested path within `table`; `None` if the table is not on it.
fn collect(table: &Table, path: Option<&[&str]>, text: &str, into: &mut Vec<Entry>) {
    for (name, item) in table {
        let path = path.and_then(|path| match path {
            [] => Some(path),
            [first, rest @ ..] => (*first == name).then_some(rest),
        });
        let span = match item {
            Item::Table(inner) => {
                collect(inner, path, text, into);
                inner.span().filter(|_| !inner.is_implicit() && !inner.is_dotted())
            }
            Item::Value(value) => {
                let key = table.key(name).and_then(Key::span);
                key.zip(value.span()).map(|(key, value)| key.start..value.end)
            }
            Item::None | Item::ArrayOfTables(_) => None,
        };
        if let Some(span) = span {
            let is_below = path.is_some_and(<[_]>::is_empty);
            into.push(Entry { lines: whole_lines(text, &span), is_heading: item.is_table(), is_below });
        }
    }
}

/// Removes the lines at and below `path`, the blank line that separates them from others and, with `with_comments`, the
/// comments directly above them.
pub(crate) fn remove_entries(text: &str, path: &[&str], with_comments: bool) -> Result<String, TomlError> {
    let entries = entries(text, path)?;
    let mut edited = text.to_owned();
    // Backwards, so that a cut does not move the ranges that are cut after it.
    for run in entries.chunk_by(|a, b| a.is_below == b.is_below).rev() {
        let ([first, ..], [.., last]) = (run, run) else { continue };
        if !first.is_below {
            continue;
        }
        let mut start = first.lines.start;
        if with_comments {
            start = comments_above(&edited, start);
        }
        let range = match start {
            0 => 0..blank_below(&edited, last.lines.end),
            _ => blank_above(&edited, start)..last.lines.end,
        };
        edited = cut(&edited, &range);
    }
    Ok(edited)
}

fn whole_lines(text: &str, span: &Range<usize>) -> Range<usize> {
    let start = line_start(text, span.start);
    let rest = text.get(span.end..).unwrap_or_default();
    let end = rest.find('\n').map_or(text.len(), |at| span.end + at + 1);
    start..end
}

fn line_start(text: &str, at: usize) -> usize {
    text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1)
}

/// The line before the one that begins at `at`; `None` at the beginning of the file.
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

/// The start of the blank line directly above `at`, or `at` if that line is not blank.
fn blank_above(text: &str, at: usize) -> usize {
    match line_before(text, at) {
        Some((start, "")) => start,
        _ => at,
    }
}

/// The end of the blank line that begins at `at`, or `at` if that line is not blank.
fn blank_below(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    match rest.split_once('\n') {
        Some((line, _)) if line.trim().is_empty() => at + line.len() + 1,
        _ => at,
    }
}

/// Removes a range of whole lines. If the last line of the text has no line ending, that of the result has none either.
fn cut(text: &str, range: &Range<usize>) -> String {
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

/// The line ending of the file, taken from its first line.
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
        let found: Vec<_> = entries(text, &["c", "d e"])
            .unwrap()
            .into_iter()
            .map(|one| (&text[one.lines], one.is_heading, one.is_below))
            .collect();
        let expected = [
            ("a.b = 1 # x\r\n", false, false),
            ("[ c . \"d e\" ]\r\n", true, true),
            ("  f = [\r\n 1]\r\n", false, true),
            ("[g.h]\r\n", true, false),
            ("i = { j = 2 }", false, false),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn comments_and_blank_lines_around_a_line_are_found() {
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
