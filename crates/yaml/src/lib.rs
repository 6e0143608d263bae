//! Reads and writes YAML, with errors in plain words: the only crate that uses the YAML library.

use serde::{Serialize, de::DeserializeOwned};
use serde_saphyr::{Error, MessageFormatter as _, UserMessageFormatter};

/// A text that is not the YAML that is expected. It repeats keys of the text, never values, which may be secrets.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {problem}")]
pub struct ReadError {
    /// What is wrong.
    problem: String,
    /// From 1.
    line: u64,
    /// From 1.
    column: u64,
}

impl ReadError {
    /// The same error without anything of the text: for a file that may be another one than the user meant, such as one with
    /// a key.
    #[must_use]
    pub fn without_content(mut self) -> Self {
        // What is repeated stands in quotes.
        if self.problem.contains(['"', '\'', '`']) {
            let rest = self.problem.split_once("; ").map(|(_, rest)| rest.to_owned());
            let rest = rest.filter(|rest| !rest.contains(['"', '\'', '`']));
            self.problem = match rest {
                Some(rest) => format!("the document does not have the expected form; {rest}"),
                None => "the document does not have the expected form".to_owned(),
            };
        }
        self
    }
}

/// A value that YAML cannot hold.
#[derive(Debug, thiserror::Error)]
#[error("could not write the value as YAML")]
pub struct WriteError(#[source] serde_saphyr::ser::Error);

/// Reads a text with one document.
///
/// ```
/// let error = lamplight_yaml::read::<bool>("maybe").unwrap_err();
/// assert_eq!(error.to_string(), "line 1, column 1: expected true or false");
/// ```
///
/// # Errors
/// The text is not YAML, has no or several documents, or a document does not have the form of `T`.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, ReadError> {
    serde_saphyr::from_str(text).map_err(|error| read_error(&error))
}

/// Reads a text with any number of documents.
///
/// # Errors
/// As of [`read`].
pub fn read_all<T: DeserializeOwned>(text: &str) -> Result<Vec<T>, ReadError> {
    serde_saphyr::from_multiple(text).map_err(|error| read_error(&error))
}

/// Writes one document.
///
/// # Errors
/// YAML cannot hold the value.
pub fn write<T: Serialize>(value: &T) -> Result<String, WriteError> {
    serde_saphyr::to_string(value).map_err(WriteError)
}

fn read_error(error: &Error) -> ReadError {
    // With a snippet, the library repeats the lines around the error, which may hold a secret.
    let error = error.without_snippet();
    let (line, column) = error.location().map_or((1, 1), |place| (place.line(), place.column()));
    ReadError { problem: problem(error), line, column }
}

fn problem(error: &Error) -> String {
    match error {
        Error::AliasError { error, .. } => problem(error),
        Error::SerdeUnknownField { field, expected, .. } => {
            format!("unknown key {field:?}; valid keys: {}", expected.join(", "))
        }
        Error::SerdeUnknownVariant { expected, .. } => {
            format!("unknown value; valid values: {}", expected.join(", "))
        }
        Error::SerdeMissingField { field, .. } => format!("the key {field} is missing"),
        Error::SerdeInvalidType { expected, .. }
        | Error::SerdeInvalidValue { expected, .. }
        | Error::SerdeInvalidLength { expected, .. } => format!("expected {}", form(expected)),
        Error::Unexpected { expected, .. } | Error::InvalidScalar { ty: expected, .. } => {
            format!("expected {}", form(expected))
        }
        Error::InvalidBooleanStrict { .. } => "expected true or false".to_owned(),
        Error::DuplicateMappingKey { key: Some(key), .. } => format!("the key {key:?} is given twice"),
        other => {
            let text = UserMessageFormatter.format_message(other);
            text.lines().next().unwrap_or_default().to_owned()
        }
    }
}

/// The library's word for what it expects, as the author of a document would say it.
fn form(expected: &str) -> &str {
    match expected {
        "mapping start" | "map" | "a map" => "a mapping",
        "sequence start" | "seq" | "a sequence" => "a list",
        "string scalar" | "string" | "a string" => "a text",
        "a boolean" | "bool" | "boolean" => "true or false",
        "i8" | "i16" | "i32" | "i64" | "an integer" => "a whole number",
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number of 0 or more",
        "f32" | "f64" | "floating point" => "a number",
        rust if rust.starts_with("struct ") => "a mapping",
        other => other,
    }
}
