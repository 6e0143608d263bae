//! Reading a table of settings into a type, with the path of keys to every mistake. Nothing here knows how the table was
//! written; who does finds the place in the file by the path.

mod reader;
mod words;

pub use words::{distance, nearest, plain_words, without_quotes};

use crate::Hint;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::fmt;

/// Which part of a setting is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableSpot {
    /// Its key.
    Key,
    /// Its value.
    Value,
}

/// A mistake in a table of settings. No value of the table is repeated: any may be a secret in the wrong place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableError {
    /// The keys from the table down to the mistake; an element of an array is its number, from 0.
    pub path: Vec<String>,
    /// Which part of the setting at the end of the path is wrong.
    pub spot: TableSpot,
    /// What is wrong.
    pub message: String,
    /// What would be right.
    pub hint: Option<Hint>,
}

impl TableError {
    /// A mistake of the setting at `path`, told at its key.
    pub fn new<K: Into<String>>(path: impl IntoIterator<Item = K>, message: impl Into<String>) -> Self {
        Self {
            path: path.into_iter().map(Into::into).collect(),
            spot: TableSpot::Key,
            message: message.into(),
            hint: None,
        }
    }

    /// The same mistake with what would be right.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<Hint>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// The path, as people write it, and what is wrong there.
impl fmt::Display for TableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            return f.write_str(&self.message);
        }
        write!(f, "{}: {}", self.path.join("."), self.message)
    }
}

impl std::error::Error for TableError {}

/// Reads a table. A name without settings may stand as an empty table too: `{ "x": {} }` is `"x"` where an enum is read.
///
/// ```
/// use lamplight_domain::{TableSpot, read_table};
///
/// #[derive(serde::Deserialize)]
/// #[serde(deny_unknown_fields)]
/// struct Own {
///     url: String,
/// }
///
/// let table = serde_json::json!({ "ulr": "https://example.com" });
/// let mistake = read_table::<Own>(table.as_object().ok_or("a table")?).err().ok_or("a mistake")?;
/// assert_eq!((mistake.path.join("."), mistake.spot), ("ulr".to_owned(), TableSpot::Key));
/// assert_eq!(mistake.message, "unknown key \"ulr\"");
/// # Ok::<(), &str>(())
/// ```
///
/// # Errors
/// The first mistake, in plain words, with the nearest name that would be right.
pub fn read_table<T: DeserializeOwned>(table: &Map<String, Value>) -> Result<T, TableError> {
    T::deserialize(reader::Table(table)).map_err(reader::Mistake::plain)
}
