//! Mistakes in the file, told with their place and without any value that may be a secret.

use crate::Place;
use lamplight_domain::{Hint, explain_parse_error};
use std::fmt;

/// A mistake in the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    /// The file, as people know it.
    pub shown: String,
    /// Where in it.
    pub place: Option<Place>,
    /// What is wrong.
    pub message: String,
    /// What would be right.
    pub hint: Option<Hint>,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)?;
        if let Some(place) = self.place {
            write!(f, ":{place}")?;
        }
        write!(f, ": {}", self.message)
    }
}

impl std::error::Error for ConfigError {}

/// A mistake that the parser found.
pub(crate) fn of_parser(error: &toml_edit::de::Error, text: &str, shown: &str) -> ConfigError {
    let place =
        error.span().map(|span| Place::at(text, span.start)).or_else(|| longest_key(text, error.message()));
    let (message, hint) = explain_parse_error(error.message());
    ConfigError { shown: shown.to_owned(), place, message, hint: hint.map(Hint::from) }
}

/// Where a key has too many parts: the one mistake that the parser gives no place.
fn longest_key(text: &str, words: &str) -> Option<Place> {
    const TOO_MANY: usize = 80;
    let is_long = |line: &str| line.split('=').any(|part| part.split('.').count() >= TOO_MANY);
    let line = text.lines().position(is_long).filter(|_| words == "recursion limit")?;
    Some(Place { line: line + 1, column: 1 })
}
