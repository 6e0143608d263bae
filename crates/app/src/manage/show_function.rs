//! Describing one function.

use crate::AppError;
use lamplight_domain::Function;
use lamplight_ports::{Connection, QualifiedFunction};

/// How much of a function is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FunctionDetail {
    /// All of it, with tags, reserved concurrency and image.
    Whole,
    /// What is set about it alone, which needs fewer permissions.
    Settings,
}

/// Describes a function, or a version or alias of it.
pub async fn show_function(
    connection: &Connection,
    wanted: &QualifiedFunction,
    detail: FunctionDetail,
) -> Result<Function, AppError> {
    let QualifiedFunction { function, qualifier } = wanted;
    let found = match detail {
        FunctionDetail::Whole => connection.catalogue.get(function, qualifier.as_ref()).await?,
        FunctionDetail::Settings => connection.catalogue.configuration(function, qualifier.as_ref()).await?,
    };
    found.ok_or_else(|| no_function(connection, wanted))
}

/// The failure that names what is not there.
pub(crate) fn no_function(connection: &Connection, wanted: &QualifiedFunction) -> AppError {
    let function = match &wanted.qualifier {
        Some(qualifier) => format!("{} with version or alias {qualifier}", wanted.function.name),
        None => wanted.function.name.to_string(),
    };
    AppError::FunctionNotFound { function, connection: connection.name.to_string() }
}
