//! Describes one function.

use crate::AppError;
use lamplight_domain::Function;
use lamplight_ports::{Connection, QualifiedFunction};

/// How much of a function to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FunctionDetail {
    /// Everything, including tags, reserved concurrency and image.
    Whole,
    /// Only its settings, which needs fewer permissions.
    Settings,
}

/// Describes a function, version or alias.
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
    found.ok_or_else(|| function_not_found(connection, wanted))
}

/// The error for a function, version or alias that does not exist.
pub(crate) fn function_not_found(connection: &Connection, wanted: &QualifiedFunction) -> AppError {
    let function = match &wanted.qualifier {
        Some(qualifier) => format!("{} with version or alias {qualifier}", wanted.function.name),
        None => wanted.function.name.to_string(),
    };
    AppError::FunctionNotFound { function, connection: connection.name.to_string() }
}

/// The error for a part of a function, version or alias that was not found, such as its policy: the provider's answer does
/// not say whether the function, version or alias itself exists, so it is read.
pub(crate) async fn no_part(connection: &Connection, of: &QualifiedFunction, part: String) -> AppError {
    match connection.catalogue.configuration(&of.function, of.qualifier.as_ref()).await {
        Ok(None) => function_not_found(connection, of),
        // Without the permission to read it, no more can be said.
        Ok(Some(_)) | Err(_) => {
            AppError::ThingNotFound { thing: part, connection: connection.name.to_string() }
        }
    }
}
