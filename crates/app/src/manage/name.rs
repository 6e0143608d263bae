//! What function a text means, with and without version or alias.

use crate::AppError;
use lamplight_domain::{FunctionRef, ReferenceError};
use lamplight_ports::{Connection, QualifiedFunction};

/// A function as a whole: a text that names a version or alias too is refused.
pub fn unqualified_function(connection: &Connection, text: &str) -> Result<FunctionRef, AppError> {
    let function = connection.platform.parse_function(text)?;
    match &function.qualifier {
        None => Ok(function),
        Some(qualifier) => Err(refused(format!(
            "{text:?} names {qualifier} of function {}; this is done to the function as a whole",
            function.name
        ))),
    }
}

/// A function, or the version or alias of it that the text or `qualifier` names; not both, unless they are the same.
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
        (Some(within), Some(beside)) if within != beside => Err(refused(format!(
            "{text:?} names {within}, and {beside} is given as well: give one of the two"
        ))),
        (within, beside) => Ok(QualifiedFunction { function, qualifier: within.or(beside) }),
    }
}

fn refused(message: String) -> AppError {
    AppError::Reference(ReferenceError { message })
}
