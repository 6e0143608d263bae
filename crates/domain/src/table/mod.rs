//! Deserialises a table of settings, and reports mistakes with the path of keys to them. The caller, who knows the file
//! format, finds the position in the file by that path.

mod messages;
mod reader;

pub use messages::{did_you_mean, distance, explain_parse_error, nearest, remove_quoted};

use crate::Hint;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::fmt;

/// Which part of a setting a mistake is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableSpot {
    /// The key.
    Key,
    /// The value.
    Value,
}

/// A mistake in a table of settings. It does not repeat values of the table, because any of them may be a secret in the
/// wrong place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableError {
    /// The keys from the root of the table to the mistake. Array elements are numbered from 0.
    pub path: Vec<String>,
    /// Which part of the setting at the end of the path it is in.
    pub spot: TableSpot,
    /// What is wrong.
    pub message: String,
    /// What would be valid.
    pub hint: Option<Hint>,
}

impl TableError {
    /// A mistake in the key at `path`.
    pub fn new<K: Into<String>>(path: impl IntoIterator<Item = K>, message: impl Into<String>) -> Self {
        Self {
            path: path.into_iter().map(Into::into).collect(),
            spot: TableSpot::Key,
            message: message.into(),
            hint: None,
        }
    }

    /// The same mistake with a hint.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<Hint>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// The path with dots, and what is wrong there.
impl fmt::Display for TableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            return f.write_str(&self.message);
        }
        write!(f, "{}: {}", self.path.join("."), self.message)
    }
}

impl std::error::Error for TableError {}

/// Deserialises a table. For an enum, `{ "x": {} }` is accepted in place of `"x"`.
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
/// The first mistake, in plain words, with the most similar valid name.
pub fn read_table<T: DeserializeOwned>(table: &Map<String, Value>) -> Result<T, TableError> {
    T::deserialize(reader::Table(table)).map_err(reader::Mistake::into_table_error)
}
