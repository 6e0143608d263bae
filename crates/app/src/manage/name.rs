//! Parses the name of a function, with or without a version or alias.

use crate::AppError;
use lamplight_domain::{FunctionRef, ReferenceError};
use lamplight_ports::{Connection, QualifiedFunction};

/// Parses a function. A text with a version or alias is refused.
pub fn unqualified_function(connection: &Connection, text: &str) -> Result<FunctionRef, AppError> {
    let function = connection.platform.parse_function(text)?;
    match &function.qualifier {
        None => Ok(function),
        Some(qualifier) => Err(reference_error(format!(
            "{text:?} includes qualifier {qualifier}, but this applies to the whole function; use {}",
            function.name
        ))),
    }
}

/// Parses a function with an optional version or alias, which may be in the text or in `qualifier`. If both are given,
/// they must be the same.
pub fn qualified_function(
    connection: &Connection,
    text: &str,
    qualifier: Option<&str>,
) -> Result<QualifiedFunction, AppError> {
    let platform = &connection.platform;
    let mut function = platform.parse_function(text)?;
    let within = function.qualifier.take();
    let beside = qualifier.map(|text| platform.parse_qualifier(text)).transpose()?;
    match (within, beside) {
        (Some(within), Some(beside)) if within != beside => Err(reference_error(format!(
            "{text:?} includes qualifier {within}, but qualifier {beside} is also given; use only one of them"
        ))),
        (within, beside) => Ok(QualifiedFunction { function, qualifier: within.or(beside) }),
    }
}

fn reference_error(message: String) -> AppError {
    AppError::Reference(ReferenceError { message })
}
