//! YAML in and out, behind one seam.

use crate::failure::Failure;
use serde::{Serialize, de::DeserializeOwned};

/// Reads one or several documents; a mistake is named with `source`, line and column.
pub fn read_all<T: DeserializeOwned>(text: &str, source: &str) -> Result<Vec<T>, Failure> {
    serde_saphyr::from_multiple(text).map_err(|error| wrong(&error, source))
}

/// Reads one document.
pub fn read<T: DeserializeOwned>(text: &str, source: &str) -> Result<T, Failure> {
    serde_saphyr::from_str(text).map_err(|error| wrong(&error, source))
}

/// Writes one document.
pub fn write<T: Serialize>(value: &T) -> Result<String, Failure> {
    serde_saphyr::to_string(value).map_err(|error| Failure {
        exit_code: crate::ExitCode::Unexpected,
        code: "io".to_owned(),
        message: "the YAML could not be written".to_owned(),
        causes: vec![error.to_string()],
        hint: None,
    })
}

fn wrong(error: &serde_saphyr::Error, source: &str) -> Failure {
    // The rendering with a snippet would repeat the lines around the mistake, and one may hold a secret.
    let problem = error.without_snippet().to_string();
    let problem = problem.lines().next().unwrap_or_default();
    Failure::usage("invalid_yaml", format!("{source}: {problem}"))
}
