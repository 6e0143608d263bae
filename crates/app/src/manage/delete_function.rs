//! Deleting a function or one of its versions.

use super::change::{Changing, Outcome, Seen, make};
use crate::AppError;
use lamplight_ports::QualifiedFunction;

/// Deletes a function with all its versions and aliases, or the one version named.
///
/// # Guarantees
/// - One that does not exist is not found.
pub async fn delete_function(
    changing: &Changing<'_>,
    wanted: &QualifiedFunction,
) -> Result<Outcome<()>, AppError> {
    let QualifiedFunction { function, qualifier } = wanted;
    let connection = changing.connection;
    let thing = match qualifier {
        Some(version) => format!("version {version} of function {}", function.name),
        None => format!("function {}", function.name),
    };
    let look = || async {
        let found = connection.catalogue.configuration(function, qualifier.as_ref()).await?;
        Ok(if found.is_none() { Seen::AsAsked(()) } else { Seen::NotYet })
    };
    let manager = &connection.management.functions;
    make(changing, &thing, || manager.delete(function, qualifier.as_ref(), changing.effect), look).await
}
