//! Values of columns.

use rusqlite::{Row, types::ValueRef};

/// The text of a column, with a substitute for what is not valid text.
pub(crate) fn lossy_text(row: &Row<'_>, column: usize) -> Result<String, rusqlite::Error> {
    Ok(match row.get_ref(column)? {
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        ValueRef::Null | ValueRef::Integer(_) | ValueRef::Real(_) => String::new(),
    })
}

/// The text of a column that may be empty, with a substitute for what is not valid text.
pub(crate) fn optional_text(row: &Row<'_>, column: usize) -> Result<Option<String>, rusqlite::Error> {
    match row.get_ref(column)? {
        ValueRef::Null => Ok(None),
        _ => lossy_text(row, column).map(Some),
    }
}

/// SQLite's integers are signed; no revision or size comes near the limit.
pub(crate) fn to_integer(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
