//! Errors in the configuration file, with their line and column and without any value that may be a secret.

use crate::Place;
use lamplight_domain::{Hint, explain_parse_error};
use std::fmt;

/// An error in the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    /// The name under which the file is shown to users.
    pub shown: String,
    /// The line and column; `None` if unknown.
    pub place: Option<Place>,
    /// What is wrong.
    pub message: String,
    /// How to fix it.
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

/// Translates an error of the TOML parser or of serde.
pub(crate) fn from_parser(error: &toml_edit::de::Error, text: &str, shown: &str) -> ConfigError {
    let place =
        error.span().map(|span| Place::at(text, span.start)).or_else(|| longest_key(text, error.message()));
    let (message, hint) = explain_parse_error(error.message());
    ConfigError { shown: shown.to_owned(), place, message, hint: hint.map(Hint::from) }
}

/// The place of a key with too many parts: the only error that the parser reports without a place.
fn longest_key(text: &str, words: &str) -> Option<Place> {
    const TOO_MANY: usize = 80;
    let is_long = |line: &str| line.split('=').any(|part| part.split('.').count() >= TOO_MANY);
    let line = text.lines().position(is_long).filter(|_| words == "recursion limit")?;
    Some(Place { line: line + 1, column: 1 })
}
