//! Tables without borders, as kubectl and gh print them.

use comfy_table::{ContentArrangement, Table, presets};
pub use lamplight_views::one_line;

/// A table of rows under headings. Columns are never cut, because programs read them too.
pub fn table<const N: usize>(headings: [&str; N], rows: impl IntoIterator<Item = [String; N]>) -> String {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Disabled)
        .set_header(headings);
    for row in rows {
        table.add_row(row.map(|cell| one_line(&cell)));
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    let lines: Vec<String> = table.to_string().lines().map(|line| line.trim_end().to_owned()).collect();
    lines.join("\n")
}

/// Labels and values, one pair per line, the values aligned.
pub fn details(rows: &[(&str, String)]) -> String {
    let width = rows.iter().map(|(label, _)| label.len()).max().unwrap_or_default();
    let lines: Vec<String> = rows
        .iter()
        .map(|(label, value)| {
            let value = value.replace('\n', &format!("\n{:width$}  ", ""));
            format!("{label:width$}  {value}").trim_end().to_owned()
        })
        .collect();
    lines.join("\n")
}

/// A value, or a dash if it is missing.
pub fn or_dash<T: ToString>(value: Option<T>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| value.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_aligned_and_have_no_trailing_space() {
        let text =
            table(["NAME", "N"], [["a".to_owned(), "1".to_owned()], ["longer".to_owned(), "-".to_owned()]]);
        assert_eq!(text, "NAME    N\na       1\nlonger  -");
        let hostile = table(["A", "B"], [["x\ny\u{202e}".to_owned(), "z".to_owned()]]);
        assert_eq!(hostile, "A     B\nx y\u{fffd}  z");
        assert_eq!(details(&[("a", "1\n2".into()), ("long", "x".into())]), "a     1\n      2\nlong  x");
    }
}
